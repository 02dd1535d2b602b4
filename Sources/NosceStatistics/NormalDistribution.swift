import Foundation

/// The standard normal distribution.
package enum NormalDistribution {
  /// P(Z <= z).
  package static func cdf(_ z: Double) -> Double {
    0.5 * erfc(-z / 2.0.squareRoot())
  }

  /// The z at which the distribution function reaches `probability`.
  package static func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "a quantile's probability lies in (0, 1)")
    if probability == 0.5 { return 0 }
    let tail = min(probability, 1 - probability)
    let size = bisect(lower: 0, upper: 40) { cdf(-$0) > tail }
    return probability < 0.5 ? -size : size
  }
}
