import Foundation
import NosceCore
import NosceExperiment

extension Candidates {
  /// Whether the answer comes first, or its share, and the foremost candidates in words.
  ///
  /// - Parameters:
  ///   - logProbabilities: of each candidate, in nats.
  ///   - floor: the base model's of the same, which are taken away.
  package func grade(
    _ logProbabilities: [Double], less floor: [Double]? = nil, _ choosing: Ask.Choosing
  ) -> (text: String?, grade: Grade) {
    let scores = floor.map { zip(logProbabilities, $0).map { $0 - $1 } } ?? logProbabilities
    let mass = min(1, logProbabilities.reduce(0) { $0 + exp($1) })
    let own = scores[answer]
    let ranked = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
    guard let first = ranked.first else { return (nil, Grade(.missing, "there was no choice")) }
    let best = scores[first]
    let score: Double
    switch choosing.scoring {
    case .top:
      score = own == best ? 1 / Double(scores.count { $0 == best }) : 0
    case .share:
      score = exp(own - best) / scores.reduce(0) { $0 + exp($1 - best) }
    case .order: score = Self.shareInOrder(scores)
    }
    let rank = 1 + scores.count { $0 > own }
    let shown = ranked.prefix(5).map { index in
      "\(names[index]) \(String(format: "%.3f", scores[index]))"
    }
    let detail =
      "rank \(rank) of \(scores.count); mass \(ProbabilityText.of(mass)); "
      + shown.joined(separator: ", ")
    return (
      names[first],
      mass < choosing.leastMass
        ? .tooThin(detail, mass: mass, least: choosing.leastMass)
        : Grade(.scored(score), detail, mass: mass)
    )
  }
}
