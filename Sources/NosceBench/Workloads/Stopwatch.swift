/// Seconds on a clock that never goes back.
struct Stopwatch {
  private let start = ContinuousClock.now

  var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

  /// What the work gives, and how long it took.
  static func time<T>(_ work: () throws -> T) rethrows -> (T, Double) {
    let watch = Stopwatch()
    let result = try work()
    return (result, watch.seconds)
  }
}
