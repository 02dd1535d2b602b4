import Foundation
import NosceCore

/// How the scores of seeds may be distributed, each between 0 and 1 and with a known mean.
package enum SeedDistribution: String, Codable, Sendable, CaseIterable {
  case normal
  /// u to the fourth, u uniform: most seeds low, a few high.
  case skewed
  /// One minus the same.
  case skewedUp = "skewed up"
  /// u to the twentieth: most seeds at nothing, one in twenty far up, as shares of probability are.
  case farSkewed = "far skewed"
  /// Normal with a tenth of the seeds ten times as far off.
  case heavyTails = "heavy tails"
  /// Each seed learns or does not, with equal probability.
  case allOrNothing = "all or nothing"
  /// Ten answers, each right with probability 0.9.
  case tenAnswers = "ten answers at 0.9"
  /// Forty answers, each right with probability 0.02: most seeds tie at zero.
  case rareHits = "forty answers at 0.02"

  package var mean: Double {
    switch self {
    case .normal, .heavyTails, .allOrNothing: 0.5
    case .skewed: 0.2
    case .skewedUp: 0.8
    case .farSkewed: 1 / 21
    case .tenAnswers: 0.9
    case .rareHits: 0.02
    }
  }

  /// Whether two seeds can have the same score.
  package var hasTies: Bool {
    switch self {
    case .normal, .skewed, .skewedUp, .farSkewed, .heavyTails: false
    case .allOrNothing, .tenAnswers, .rareHits: true
    }
  }

  package func draw(using generator: inout SeededGenerator) -> Double {
    switch self {
    case .normal: return Self.inside(using: &generator) { 0.1 * $0.normal() }
    case .heavyTails:
      return Self.inside(using: &generator) { source in
        let spread = source.uniform() < 0.1 ? 0.2 : 0.02
        return spread * source.normal()
      }
    case .skewed: return pow(generator.uniform(), 4)
    case .skewedUp: return 1 - pow(generator.uniform(), 4)
    case .farSkewed: return pow(generator.uniform(), 20)
    case .allOrNothing: return generator.uniform() < 0.5 ? 1 : 0
    case .tenAnswers: return Self.share(of: 10, at: 0.9, using: &generator)
    case .rareHits: return Self.share(of: 40, at: 0.02, using: &generator)
    }
  }

  /// One half plus a symmetric deviation, drawn again where it leaves 0...1: the mean stays.
  private static func inside(
    using generator: inout SeededGenerator, _ deviation: (inout SeededGenerator) -> Double
  ) -> Double {
    while true {
      let value = 0.5 + deviation(&generator)
      if (0...1).contains(value) { return value }
    }
  }

  private static func share(
    of count: Int, at probability: Double, using generator: inout SeededGenerator
  ) -> Double {
    var right = 0
    for _ in 0..<count where generator.uniform() < probability { right += 1 }
    return Double(right) / Double(count)
  }
}
