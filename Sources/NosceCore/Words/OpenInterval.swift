/// A confidence interval of which an end may be open: the design could not have bounded it.
package struct OpenInterval: Codable, Equatable, Hashable, Sendable {
  /// `nil` where it is open.
  package var lower: Double?
  /// `nil` where it is open.
  package var upper: Double?
  /// The two-sided level, such as 0.9.
  package var level: Double

  package init(lower: Double?, upper: Double?, level: Double) {
    self.lower = lower
    self.upper = upper
    self.level = level
  }

  package init(_ interval: Interval) {
    self.init(lower: interval.lower, upper: interval.upper, level: interval.level)
  }

  /// Whether the value is not excluded.
  package func contains(_ value: Double) -> Bool {
    value >= lower ?? -.infinity && value <= upper ?? .infinity
  }

  /// Whether both ends are closed.
  package var isClosed: Bool { lower != nil && upper != nil }
}
