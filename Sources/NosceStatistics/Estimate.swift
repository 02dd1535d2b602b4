import NosceCore

/// A mean with what is known about its error.
package struct Estimate: Codable, Equatable, Sendable {
  package var mean: Double
  /// `nil` when nothing honest can be said: one seed only, or unbounded values that all agree.
  package var interval: Interval?
  /// How many seeds it rests on; of a difference, the smaller of the two arms.
  package var n: Int

  package init(mean: Double, interval: Interval?, n: Int) {
    self.mean = mean
    self.interval = interval
    self.n = n
  }
}
