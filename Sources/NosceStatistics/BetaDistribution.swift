import Foundation

/// The beta distribution, from which Student's t and the exact binomial bounds follow.
package enum BetaDistribution {
  /// The regularised incomplete beta function: P(X <= x).
  package static func cdf(_ x: Double, a: Double, b: Double) -> Double {
    precondition(a > 0 && b > 0, "the beta distribution needs positive parameters")
    if x.isNaN { return .nan }
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    let logFront =
      logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log1p(-x)
    // The continued fraction converges fast on the near side of the mean; use symmetry otherwise.
    if x < (a + 1) / (a + b + 2) {
      return exp(logFront) * continuedFraction(x, a: a, b: b) / a
    }
    return 1 - exp(logFront) * continuedFraction(1 - x, a: b, b: a) / b
  }

  /// The x at which the distribution function reaches `probability`.
  package static func quantile(_ probability: Double, a: Double, b: Double) -> Double {
    precondition((0...1).contains(probability), "a probability lies in 0...1")
    if probability == 0 { return 0 }
    if probability == 1 { return 1 }
    return bisect(lower: 0, upper: 1) { cdf($0, a: a, b: b) < probability }
  }

  /// The continued fraction of the incomplete beta function, by the modified Lentz method.
  private static func continuedFraction(_ x: Double, a: Double, b: Double) -> Double {
    let smallest = 1e-300
    func away(_ value: Double) -> Double { abs(value) < smallest ? smallest : value }
    var c = 1.0
    var d = 1 / away(1 - (a + b) * x / (a + 1))
    var result = d
    for step in 1...10_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / away(1 + even * d)
      c = away(1 + even / c)
      result *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / away(1 + odd * d)
      c = away(1 + odd / c)
      let change = d * c
      result *= change
      if abs(change - 1) < 1e-15 { break }
    }
    return result
  }
}

/// The point in [lower, upper] where `isBelow` turns from true to false, to the last bit or so.
func bisect(lower: Double, upper: Double, isBelow: (Double) -> Bool) -> Double {
  var lower = lower
  var upper = upper
  for _ in 0..<1_100 {
    let middle = lower + (upper - lower) / 2
    if middle <= lower || middle >= upper { break }
    if isBelow(middle) { lower = middle } else { upper = middle }
  }
  return lower + (upper - lower) / 2
}
