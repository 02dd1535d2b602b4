import NosceCore

/// Intervals for one arm. `docs/statistics.md` says why this construction and how well it covers.
extension Estimate {
  /// The mean over seeds and its studentised interval.
  ///
  /// The wider of Student's t and the bootstrap-t on each side, cut to what the range of the score
  /// allows (`SpacingBound`). Where all seeds agree, the cut alone is left: five seeds at 1 give a
  /// lower end of 0.025^(1/5) = 0.478, the exact binomial bound.
  ///
  /// - Parameters:
  ///   - bounds: the range that a score cannot leave; `nil` if there is none.
  ///   - level: of the two-sided interval.
  ///   - seed: of the bootstrap, used only when there are too many resamples to visit them all.
  package static func mean(
    of seedMeans: [Double], bounds: ClosedRange<Double>? = 0...1, level: Double = 0.95,
    seed: UInt64 = 1
  ) throws -> Estimate {
    let arm = try ArmInterval(seedMeans, "seed means", bounds: bounds, level: level, seed: seed)
    return Estimate(mean: arm.moments.mean, interval: arm.interval, n: seedMeans.count)
  }
}

/// One arm's interval with what a difference needs to know about it.
struct ArmInterval {
  let moments: Moments
  let interval: Interval?
  /// Whether the values vary enough that nearly every resample has a spread of its own.
  let isRegular: Bool

  init(
    _ values: [Double], _ name: String, bounds: ClosedRange<Double>?, level: Double, seed: UInt64
  ) throws {
    try check(values, name)
    try check(values, name, within: bounds)
    try checkFraction(level, "level")
    let tail = (1 - level) / 2
    moments = Moments(values)
    guard values.count >= 2 else {
      interval = nil
      isRegular = false
      return
    }
    var lower = -Double.infinity
    var upper = Double.infinity
    if moments.agree {
      isRegular = false
    } else {
      let error = moments.squaredError.squareRoot()
      let t = StudentT.quantile(1 - tail, degreesOfFreedom: Double(values.count - 1))
      let bootstrap = BootstrapT(values, tail: tail, seed: seed)
      isRegular = bootstrap.isFinite
      // Without a range to fall back on, an infinite ratio leaves Student's t.
      let above = bounds == nil && !bootstrap.upperQuantile.isFinite ? t : bootstrap.upperQuantile
      let below = bounds == nil && !bootstrap.lowerQuantile.isFinite ? -t : bootstrap.lowerQuantile
      lower = moments.mean - max(t, above) * error
      upper = moments.mean - min(-t, below) * error
    }
    if let bounds {
      lower = max(lower, SpacingBound.lower(values, limit: bounds.lowerBound, tail: tail))
      upper = min(upper, SpacingBound.upper(values, limit: bounds.upperBound, tail: tail))
    }
    interval =
      lower.isFinite && upper.isFinite ? Interval(lower: lower, upper: upper, level: level) : nil
  }
}
