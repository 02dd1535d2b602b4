/// A difference between two sums of these values that rounding alone can make.
///
/// - Parameter scale: the numbers that the values were computed from.
func roundingTolerance(_ values: [Double], scaleOf scale: [Double]) -> Double {
  let spread = values.reduce(0) { $0 + abs($1) }
  let largest = scale.reduce(0) { max($0, abs($1)) }
  return max(1e-10 * spread, 16 * Double(values.count) * Double.ulpOfOne * largest)
}
