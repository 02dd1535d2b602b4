/// A confidence interval: the values that the data do not rule out at the stated level.
package struct Interval: Codable, Equatable, Sendable {
  package var lower: Double
  package var upper: Double
  /// The share of repetitions in which such an interval holds the true value, e.g. 0.95.
  package var level: Double

  package init(lower: Double, upper: Double, level: Double) {
    self.lower = lower
    self.upper = upper
    self.level = level
  }

  package func contains(_ value: Double) -> Bool {
    lower <= value && value <= upper
  }

  /// The same interval around values that are all higher by `constant`.
  package func shifted(by constant: Double) -> Interval {
    Interval(lower: lower + constant, upper: upper + constant, level: level)
  }
}
