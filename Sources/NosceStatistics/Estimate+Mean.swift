import NosceCore

/// Intervals for one arm. `docs/statistics.md` says why this construction and how well it covers.
extension Estimate {
  /// The mean over blocks and its interval.
  ///
  /// Of a score with a range the spacing bound on either side, which holds whatever the blocks'
  /// distribution is: eight blocks at 1 give a lower end of 0.025^(1/8) = 0.631, the exact binomial
  /// bound. Of a score without a range Student's t, and no interval where all blocks agree.
  ///
  /// - Parameters:
  ///   - bounds: the range that a score cannot leave; `nil` if there is none.
  ///   - level: of the two-sided interval.
  package static func mean(
    of blockMeans: [Double], bounds: ClosedRange<Double>? = 0...1, level: Double = 0.95
  ) throws -> Estimate {
    try check(blockMeans, "block means")
    try check(blockMeans, "block means", within: bounds)
    try checkFraction(level, "level")
    let moments = Moments(blockMeans)
    let tail = (1 - level) / 2
    var interval: Interval?
    if blockMeans.count >= 2, let bounds {
      interval = Interval(
        lower: SpacingBound.lower(blockMeans, limit: bounds.lowerBound, tail: tail),
        upper: SpacingBound.upper(blockMeans, limit: bounds.upperBound, tail: tail), level: level)
    } else if blockMeans.count >= 2, !moments.agree {
      let t = StudentT.quantile(1 - tail, degreesOfFreedom: Double(blockMeans.count - 1))
      let reach = t * moments.squaredError.squareRoot()
      interval = Interval(lower: moments.mean - reach, upper: moments.mean + reach, level: level)
    }
    return Estimate(mean: moments.mean, interval: interval, n: blockMeans.count)
  }
}
