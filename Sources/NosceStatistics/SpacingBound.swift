import Foundation

/// A confidence bound for the mean of values that cannot leave a known range, whatever their shape.
///
/// Gaffke's bound (Mathematical Methods of Statistics 14, 2005). Give each of the n values and the
/// end of the range a random weight, all weights summing to one and uniformly distributed; the
/// bound is a quantile of the weighted mean. Where the values are all 0 or 1 it is exactly the
/// Clopper-Pearson bound, and where all agree it is the same bound in closed form. That it holds
/// for every distribution is a conjecture that no known case contradicts.
package enum SpacingBound {
  /// The value that the mean exceeds with a probability of at most `tail`.
  package static func upper(_ values: [Double], limit: Double, tail: Double) -> Double {
    let knots = (values.map { min($0, limit) } + [limit]).sorted()
    if allAgree(values) {
      return knots[0] + (limit - knots[0]) * (1 - pow(tail, 1 / Double(values.count)))
    }
    return bisect(lower: knots[0], upper: limit) { exceedance($0, knots: knots) > tail }
  }

  /// The value that the mean falls short of with a probability of at most `tail`.
  package static func lower(_ values: [Double], limit: Double, tail: Double) -> Double {
    -upper(values.map { -$0 }, limit: -limit, tail: tail)
  }

  /// P(sum of weight times knot > threshold) for uniformly distributed weights that sum to one.
  ///
  /// The density of that sum is a B-spline with these knots; its integral follows the same
  /// recursion over neighbouring groups of knots, a weighted mean at every step and so stable.
  package static func exceedance(_ threshold: Double, knots: [Double]) -> Double {
    var probability = knots.map { threshold < $0 ? 1.0 : 0.0 }
    for order in 1..<max(knots.count, 1) {
      for first in 0..<(knots.count - order) {
        let low = knots[first]
        let high = knots[first + order]
        if threshold < low {
          probability[first] = 1
        } else if threshold >= high {
          probability[first] = 0
        } else {
          probability[first] =
            ((threshold - low) * probability[first] + (high - threshold) * probability[first + 1])
            / (high - low)
        }
      }
    }
    return probability[0]
  }
}
