/// How far values lie from their mean.
package enum Spread {
  /// The unbiased standard deviation.
  ///
  /// - Throws: `StatisticsError` of fewer than two values, or one that is not finite.
  package static func deviation(of values: [Double]) throws -> Double {
    try check(values, "values", atLeast: 2)
    return Moments(values).variance.squareRoot()
  }
}
