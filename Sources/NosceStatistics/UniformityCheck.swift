import Foundation

/// How far p-values of true null hypotheses are from the distribution that they promise.
///
/// An exact permutation p-value takes the values 1/m, 2/m, … 1, and without ties each is equally
/// likely: the share of p-values up to j/m must then be j/m. Ties can only make it smaller.
package struct UniformityCheck: Codable, Equatable, Sendable {
  /// How many p-values were looked at.
  package var count: Int
  /// How many values a p-value can take.
  package var attainable: Int
  /// The largest amount by which the share of p-values up to some value exceeds that value: false
  /// positives beyond what is promised.
  package var largestExcess: Double
  /// The largest amount by which it falls short: a test that is too careful.
  package var largestDeficit: Double
  /// Where the excess is largest.
  package var worstP: Double
  /// What either exceeds by chance in at most one of twenty such studies (Dvoretzky, Kiefer,
  /// Wolfowitz and Massart; for a discrete distribution the chance is smaller still).
  package var bound: Double

  package init(_ p: [Double], attainable: Int) throws {
    try check(p, "p-values")
    guard attainable > 0 else {
      throw StatisticsError.badParameter(
        name: "attainable", value: Double(attainable), allowed: "1 or more")
    }
    count = p.count
    self.attainable = attainable
    bound = (log(1 / 0.05) / (2 * Double(p.count))).squareRoot()
    (largestExcess, largestDeficit, worstP) = (-.infinity, -.infinity, 1)
    let sorted = p.sorted()
    var below = 0
    for step in 1...attainable {
      let value = Double(step) / Double(attainable)
      // A p-value counted one way equals j/m computed another way.
      while below < sorted.count, sorted[below] <= value * (1 + 1e-12) { below += 1 }
      let excess = Double(below) / Double(p.count) - value
      if excess > largestExcess { (largestExcess, worstP) = (excess, value) }
      largestDeficit = max(largestDeficit, -excess)
    }
  }
}
