import Foundation

/// Student's t distribution.
package enum StudentT {
  /// P(T <= t).
  package static func cdf(_ t: Double, degreesOfFreedom: Double) -> Double {
    precondition(degreesOfFreedom > 0, "degrees of freedom are positive")
    if t.isNaN { return .nan }
    let tail = upperTail(abs(t), degreesOfFreedom: degreesOfFreedom)
    return t > 0 ? 1 - tail : tail
  }

  /// The t at which the distribution function reaches `probability`.
  package static func quantile(_ probability: Double, degreesOfFreedom: Double) -> Double {
    precondition(degreesOfFreedom > 0, "degrees of freedom are positive")
    precondition(probability > 0 && probability < 1, "a quantile's probability lies in (0, 1)")
    if probability == 0.5 { return 0 }
    let tail = min(probability, 1 - probability)
    var upper = 1.0
    while upperTail(upper, degreesOfFreedom: degreesOfFreedom) > tail, upper < 1e150 { upper *= 2 }
    let size = bisect(lower: 0, upper: upper) {
      upperTail($0, degreesOfFreedom: degreesOfFreedom) > tail
    }
    return probability < 0.5 ? -size : size
  }

  /// P(T > t) for t >= 0, accurate far out in the tail.
  private static func upperTail(_ t: Double, degreesOfFreedom: Double) -> Double {
    if t == .infinity { return 0 }
    let x = degreesOfFreedom / (degreesOfFreedom + t * t)
    return 0.5 * BetaDistribution.cdf(x, a: degreesOfFreedom / 2, b: 0.5)
  }
}
