/// Correlation coefficients; `nil` where one side does not vary.
package enum Correlation {
  /// Pearson's coefficient: how close two lists are to a straight line.
  package static func pearson(_ x: [Double], _ y: [Double]) throws -> Double? {
    try check(x, "first list", atLeast: 2)
    try check(y, "second list", atLeast: 2)
    guard x.count == y.count else {
      throw StatisticsError.unequalLengths(
        name: "first list", count: x.count, otherName: "second list", otherCount: y.count)
    }
    let momentsX = Moments(x)
    let momentsY = Moments(y)
    guard !momentsX.agree, !momentsY.agree else { return nil }
    let product = zip(x, y).reduce(0) { $0 + ($1.0 - momentsX.mean) * ($1.1 - momentsY.mean) }
    let scale =
      momentsX.variance.squareRoot() * momentsY.variance.squareRoot() * Double(x.count - 1)
    return max(-1, min(1, product / scale))
  }
}
