import NosceCore

extension SquareResult {
  /// What a claim comes to that the diagonal is higher by at least the smallest effect.
  ///
  /// - Parameter level: of the one-sided test, for which the interval was made.
  package func verdict(level: Double, smallestEffect: Double) -> Verdict {
    // Means of decimal fractions must not fall short of 0.5 by rounding.
    let slack = 1e-9 * max(1, smallestEffect)
    if isAtMost(p, level), estimate >= smallestEffect - slack {
      return lower.map { $0 >= smallestEffect - slack } ?? false ? .stronglySupported : .supported
    }
    if isAtMost(oppositeP, level) { return .contrary }
    if let upper, upper < smallestEffect - slack { return .notSupported }
    return .inconclusive
  }
}
