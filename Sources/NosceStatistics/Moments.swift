/// The mean and spread of a list of finite numbers.
struct Moments {
  let count: Int
  let mean: Double
  /// The unbiased variance; 0 for one value.
  let variance: Double
  /// Whether all values are the same, rounding errors aside.
  let agree: Bool

  /// - Precondition: `values` is not empty.
  init(_ values: [Double]) {
    precondition(!values.isEmpty, "moments of an empty list")
    count = values.count
    agree = allAgree(values)
    guard !agree else {
      mean = values[0]
      variance = 0
      return
    }
    let average = values.reduce(0, +) / Double(values.count)
    mean = average
    variance =
      values.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(values.count - 1)
  }

  /// The squared standard error of the mean.
  var squaredError: Double { variance / Double(count) }
}

/// Whether the values differ by no more than rounding errors.
func allAgree(_ values: [Double]) -> Bool {
  guard let lowest = values.min(), let highest = values.max() else { return true }
  return highest - lowest <= 1e-12 * max(1, abs(lowest), abs(highest))
}
