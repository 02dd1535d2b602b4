import Foundation
import NosceCore
import NosceExperiment

/// Readings by which it is seen whether a subject still answers, and still speaks.
extension Distribution {
  /// How many of the other questions an answer fits less than its own, and the question that it fits
  /// best. Others that it fits as well count half.
  ///
  /// - Parameter scores: the log-probability of the answer under each question, its own first.
  func ownQuestion(_ scores: [Double]) -> (text: String?, grade: Grade) {
    guard let own = scores.first, scores.count > 1 else {
      return (nil, Grade(.missing, "there was no other question"))
    }
    let others = scores.dropFirst()
    let beaten = others.reduce(0) { $0 + ($1 < own ? 1 : $1 == own ? 0.5 : 0) }
    let best = scores.indices.min { (-scores[$0], $0) < (-scores[$1], $1) } ?? 0
    let nearest = others.max() ?? own
    return (
      texts[best],
      Grade(
        .scored(beaten / Double(others.count)),
        String(format: "%+.2f nats beside the nearest other question", own - nearest))
    )
  }

  /// The factor by which a word is less likely than to base, at most 1: base's perplexity by word over
  /// the subject's.
  func perWord(_ score: Double, less floor: Double?, words: Int) -> (text: String?, grade: Grade) {
    guard let floor, words > 0 else {
      return (nil, Grade(.missing, "there was nothing to compare with"))
    }
    let change = (score - floor) / Double(words)
    return (
      texts[0],
      Grade(.scored(min(1, exp(change))), String(format: "%+.3f nats a word beside base", change))
    )
  }
}
