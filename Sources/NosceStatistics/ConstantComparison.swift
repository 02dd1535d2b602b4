import NosceCore

/// Treatment against one number without blocks, such as an untrained model asked once.
///
/// Sign flips would need scores that lie symmetrically around their mean, which shares near an end of
/// their range do not. The spacing bound needs only the range (``SpacingBound``).
package struct ConstantComparison: Sendable {
  private let values: [Double]
  private let constant: Double
  private let bounds: ClosedRange<Double>

  /// - Throws: `StatisticsError` where a score is missing, not finite or outside its range.
  package init(_ values: [Double], constant: Double, bounds: ClosedRange<Double>) throws {
    try check(values, "treatment")
    try check(values, "treatment", within: bounds)
    try check([constant], "constant floor")
    try check([constant], "constant floor", within: bounds)
    self.values = values
    self.constant = constant
    self.bounds = bounds
  }

  package var estimate: Double { Moments(values).mean - constant }

  /// The largest error at which the bound for the mean does not reach the constant.
  package func p(_ direction: Direction) -> Double {
    switch direction {
    case .greater:
      1 - SpacingBound.exceedance(constant, knots: (values + [bounds.lowerBound]).sorted())
    case .less:
      1
        - SpacingBound.exceedance(
          -constant, knots: (values.map { -$0 } + [-bounds.upperBound]).sorted())
    }
  }

  package func ends(tail: Double) -> (lower: Double?, upper: Double?) {
    (
      SpacingBound.lower(values, limit: bounds.lowerBound, tail: tail) - constant,
      SpacingBound.upper(values, limit: bounds.upperBound, tail: tail) - constant
    )
  }
}
