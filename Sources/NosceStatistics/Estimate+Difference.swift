import NosceCore

/// Intervals for the difference of two arms.
extension Estimate {
  /// Treatment minus floor for two arms whose seeds have nothing in common.
  ///
  /// The ends follow from the two arms' own intervals (Zou and Donner's recovery of variance
  /// estimates), so that an arm whose seeds all agree still brings its uncertainty along. Where
  /// both arms vary enough, the wider of Welch's t and the two-sample bootstrap-t, which is less
  /// conservative, cuts that.
  package static func difference(
    _ treatment: [Double], minus floor: [Double], bounds: ClosedRange<Double>? = 0...1,
    level: Double = 0.95, seed: UInt64 = 1
  ) throws -> Estimate {
    let a = try ArmInterval(treatment, "treatment", bounds: bounds, level: level, seed: seed)
    let b = try ArmInterval(floor, "floor", bounds: bounds, level: level, seed: seed)
    let difference = a.moments.mean - b.moments.mean
    let n = min(treatment.count, floor.count)
    guard let ofA = a.interval, let ofB = b.interval else {
      return Estimate(mean: difference, interval: nil, n: n)
    }
    let down = (a.moments.mean - ofA.lower, ofB.upper - b.moments.mean)
    let up = (ofA.upper - a.moments.mean, b.moments.mean - ofB.lower)
    var lower = difference - (down.0 * down.0 + down.1 * down.1).squareRoot()
    var upper = difference + (up.0 * up.0 + up.1 * up.1).squareRoot()
    if a.isRegular && b.isRegular {
      let squared = (a.moments.squaredError, b.moments.squaredError)
      let sum = squared.0 + squared.1
      let degrees =
        sum * sum
        / (squared.0 * squared.0 / Double(treatment.count - 1)
          + squared.1 * squared.1 / Double(floor.count - 1))
      let tail = (1 - level) / 2
      let t = StudentT.quantile(1 - tail, degreesOfFreedom: degrees)
      let bootstrap = BootstrapT(treatment, minus: floor, tail: tail, seed: seed)
      lower = max(lower, difference - max(t, bootstrap.upperQuantile) * sum.squareRoot())
      upper = min(upper, difference - min(-t, bootstrap.lowerQuantile) * sum.squareRoot())
    }
    if let bounds {
      let range = bounds.upperBound - bounds.lowerBound
      lower = max(lower, -range)
      upper = min(upper, range)
    }
    return Estimate(
      mean: difference, interval: Interval(lower: lower, upper: upper, level: level), n: n)
  }

  /// Treatment minus a floor that is one known number, such as an untrained model asked once.
  package static func difference(
    _ treatment: [Double], minusConstant constant: Double, bounds: ClosedRange<Double>? = 0...1,
    level: Double = 0.95, seed: UInt64 = 1
  ) throws -> Estimate {
    try check([constant], "constant floor")
    try check([constant], "constant floor", within: bounds)
    let estimate = try mean(of: treatment, bounds: bounds, level: level, seed: seed)
    return Estimate(
      mean: estimate.mean - constant, interval: estimate.interval?.shifted(by: -constant),
      n: estimate.n)
  }

  /// Treatment minus floor where value k of both arms comes from the same seed.
  package static func pairedDifference(
    _ treatment: [Double], minus floor: [Double], bounds: ClosedRange<Double>? = 0...1,
    level: Double = 0.95, seed: UInt64 = 1
  ) throws -> Estimate {
    let differences = try pairedDifferences(treatment, floor, bounds: bounds)
    let range = bounds.map { $0.upperBound - $0.lowerBound }
    return try mean(of: differences, bounds: range.map { -$0...$0 }, level: level, seed: seed)
  }
}

/// First minus second, seed by seed.
func pairedDifferences(
  _ first: [Double], _ second: [Double], bounds: ClosedRange<Double>? = nil
) throws -> [Double] {
  try check(first, "treatment")
  try check(second, "floor")
  try check(first, "treatment", within: bounds)
  try check(second, "floor", within: bounds)
  guard first.count == second.count else {
    throw StatisticsError.unequalLengths(
      name: "treatment", count: first.count, otherName: "floor", otherCount: second.count)
  }
  return zip(first, second).map { $0 - $1 }
}
