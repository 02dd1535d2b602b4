import Foundation
import NosceCore

/// How the scores of blocks may be distributed, each between 0 and 1.
///
/// A score is made of a standard normal number by the distribution's quantile function, so that
/// blocks which share a part of that number share a part of every score.
package enum SeedDistribution: String, Codable, Sendable, CaseIterable {
  case normal
  /// u to the fourth, u uniform: most blocks low, a few high.
  case skewed
  /// One minus the same.
  case skewedUp = "skewed up"
  /// u to the twentieth: most blocks at nothing, one in twenty far up, as shares of probability are.
  case farSkewed = "far skewed"
  /// Normal with a tenth of the blocks ten times as far off.
  case heavyTails = "heavy tails"
  /// Each block learns or does not, with equal probability.
  case allOrNothing = "all or nothing"
  /// Ten answers, each right with probability 0.9.
  case tenAnswers = "ten answers at 0.9"
  /// Forty answers, each right with probability 0.02: most blocks tie at zero.
  case rareHits = "forty answers at 0.02"
  /// Log-odds that are normal around -8 with a standard deviation of 8.
  case wideLogOdds = "log-odds -8, 8"
  /// The same around -3, and 3.
  case logOdds = "log-odds -3, 3"
  /// Three blocks of ten learn, to 0.9; the others give nothing.
  case learners = "three of ten learn"

  /// Those in which every arm of a design is drawn; with `learners` only a treatment is.
  package static let everywhere = allCases.filter { $0 != .learners }

  /// By how much a treatment is ahead.
  package enum Shift: Codable, Sendable, Hashable {
    /// In log-odds: every score, or where a score counts, the probability behind it.
    case logOdds(Double)
    /// In the score's own unit, as far as there is room; or the probability behind it.
    case own(Double)

    package var name: String {
      switch self {
      case .logOdds(let nats): "+\(nats) nats"
      case .own(let share): "+\(share)"
      }
    }

    func applied(to share: Double) -> Double {
      switch self {
      case .own(let change): return min(1, share + change)
      case .logOdds(let nats):
        // Written so that neither end overflows.
        let odds = exp(nats)
        return share * odds / (1 - share + share * odds)
      }
    }
  }

  /// How many answers a score counts; nil for shares of probability.
  package var answers: Int? {
    switch self {
    case .tenAnswers: 10
    case .rareHits: 40
    default: nil
    }
  }

  /// The probability of a hit, where a score is nothing else.
  private var probability: Double? {
    switch self {
    case .tenAnswers: 0.9
    case .rareHits: 0.02
    case .allOrNothing: 0.5
    case .learners: 0.3
    default: nil
    }
  }

  /// Whether two blocks can have the same score.
  package var hasTies: Bool { probability != nil }

  /// The score of a block whose normal number is `z`.
  package func score(at z: Double, shift: Shift? = nil) -> Double {
    if let probability {
      let likely = shift?.applied(to: probability) ?? probability
      let u = NormalNumber.share(below: z)
      switch self {
      case .learners: return u > 1 - likely ? 0.9 : 0
      case .tenAnswers, .rareHits:
        let count = answers ?? 1
        return Double(Self.hits(of: count, at: likely, quantile: u)) / Double(count)
      default: return u > 1 - likely ? 1 : 0
      }
    }
    let score = continuous(z)
    return shift?.applied(to: score) ?? score
  }

  private func continuous(_ z: Double) -> Double {
    switch self {
    case .skewed: pow(NormalNumber.share(below: z), 4)
    case .skewedUp: 1 - pow(NormalNumber.share(below: -z), 4)
    case .farSkewed: pow(NormalNumber.share(below: z), 20)
    case .heavyTails: 0.5 + HeavyTails.deviation(at: NormalNumber.share(below: z))
    case .wideLogOdds: 1 / (1 + exp(8 - 8 * z))
    case .logOdds: 1 / (1 + exp(3 - 3 * z))
    default: min(1, max(0, 0.5 + 0.1 * z))
    }
  }

  /// The mean of the scores, on 20,000 quantiles.
  package func mean(shift: Shift? = nil) -> Double {
    NormalNumber.mean { score(at: $0, shift: shift) }
  }

  /// The fewest hits that so large a share of draws does not exceed.
  private static func hits(of count: Int, at probability: Double, quantile: Double) -> Int {
    if probability >= 1 { return count }
    var term = pow(1 - probability, Double(count))
    var below = term
    var hits = 0
    while below < quantile, hits < count {
      term *= Double(count - hits) / Double(hits + 1) * probability / (1 - probability)
      hits += 1
      below += term
    }
    return hits
  }
}

/// The standard normal distribution, as far as simulations need it.
enum NormalNumber {
  static func share(below z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

  private static let fine = quantiles(20_000)

  /// Of a function of a standard normal number, on 20,000 quantiles.
  static func mean(of value: (Double) -> Double) -> Double {
    fine.reduce(0) { $0 + value($1) } / Double(fine.count)
  }

  /// The middles of so many equally likely parts.
  static func quantiles(_ count: Int) -> [Double] {
    (0..<count).map { quantile((Double($0) + 0.5) / Double(count)) }
  }

  static func quantile(_ share: Double) -> Double {
    var (low, high) = (-9.0, 9.0)
    for _ in 0..<50 {
      let middle = (low + high) / 2
      if Self.share(below: middle) < share { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

/// Nine tenths normal with a deviation of 0.02, one tenth with 0.2; nothing beyond one half.
private enum HeavyTails {
  private static let parts = 4_096
  /// At 0, 1 / parts, up to 1.
  private static let table: [Double] = (0...parts).map { quantile(Double($0) / Double(parts)) }

  static func deviation(at share: Double) -> Double {
    let place = share * Double(parts)
    let low = min(parts - 1, Int(place))
    return table[low] + (place - Double(low)) * (table[low + 1] - table[low])
  }

  private static func quantile(_ share: Double) -> Double {
    var (low, high) = (-0.5, 0.5)
    for _ in 0..<50 {
      let middle = (low + high) / 2
      let below =
        0.9 * NormalNumber.share(below: middle / 0.02)
        + 0.1 * NormalNumber.share(below: middle / 0.2)
      if below < share { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
