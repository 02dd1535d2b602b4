import NosceTestSupport

extension TestGenerator {
  /// A moment within so many seconds.
  mutating func moment(within seconds: Double) -> Duration {
    .seconds(Double.random(in: 0...max(seconds, 0.001), using: &self))
  }
}
