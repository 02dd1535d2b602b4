/// The sign test: how many values lie above a constant, whatever their distances.
package enum SignTest {
  /// Values equal to the constant (apart from rounding) are left out, as is usual.
  package static func test(
    _ values: [Double], constant: Double = 0, alternative: Alternative = .greater
  ) throws -> TestResult {
    try check(values, "values")
    try check([constant], "constant")
    let scale = values.reduce(abs(constant)) { max($0, abs($1)) }
    let untied = values.map { $0 - constant }
      .filter { abs($0) > 16 * Double.ulpOfOne * scale }
    let above = untied.count { $0 > 0 }
    let atLeast = upperTail(above, of: untied.count)
    let atMost = upperTail(untied.count - above, of: untied.count)
    let p =
      switch alternative {
      case .greater: atLeast
      case .less: atMost
      case .twoSided: min(1, 2 * min(atLeast, atMost))
      }
    let share = untied.isEmpty ? 0.5 : Double(above) / Double(untied.count)
    return TestResult(
      name: "sign test", p: p, statistic: share, alternative: alternative,
      method: .binomial(trials: untied.count))
  }

  /// P(at least `successes` heads in `trials` fair tosses).
  private static func upperTail(_ successes: Int, of trials: Int) -> Double {
    if successes <= 0 { return 1 }
    if trials > 60 {
      return BetaDistribution.cdf(
        0.5, a: Double(successes), b: Double(trials - successes + 1))
    }
    let ways = (successes...trials).reduce(0) { $0 + binomialCoefficient(trials, $1) }
    return ways / Double(sign: .plus, exponent: trials, significand: 1)
  }
}
