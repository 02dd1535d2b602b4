import Foundation
import NosceCore
import NosceExperiment

extension Candidates {
  /// Whether the answer comes first, or its share, and the foremost candidates in words.
  ///
  /// - Parameter scores: the log-probability of each candidate, in nats.
  package func grade(
    _ scores: [Double], by scoring: Choices.Scoring
  ) -> (text: String?, grade: Grade) {
    let own = scores[answer]
    let ranked = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
    guard let first = ranked.first else { return (nil, Grade(.missing, "there was no choice")) }
    let best = scores[first]
    let score: Double
    switch scoring {
    case .top:
      score = own == best ? 1 / Double(scores.count { $0 == best }) : 0
    case .share:
      score = exp(own - best) / scores.reduce(0) { $0 + exp($1 - best) }
    }
    let rank = 1 + scores.count { $0 > own }
    let shown = ranked.prefix(5).map { index in
      "\(names[index]) \(String(format: "%.3f", scores[index]))"
    }
    let detail = "rank \(rank) of \(scores.count); \(shown.joined(separator: ", "))"
    return (names[first], Grade(.scored(score), detail))
  }
}
