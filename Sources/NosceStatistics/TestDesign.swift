/// How many seeds meet how many: what a test can reach is known before any result.
package enum TestDesign: Equatable, Sendable {
  case twoSample(Int, Int)
  case paired(Int)
  case againstConstant(Int)

  /// The smallest p that the test can give, whatever the data; 1 where a group is empty.
  ///
  /// Two arms of 5: 1/252. Five pairs, or 5 seeds against a constant: 1/32. Two-sided, the mirror
  /// image of the best arrangement counts too, except with two groups of unequal size.
  package func smallestReachableP(alternative: Alternative = .greater) -> Double {
    let arrangements: Double
    var isMirrored = true
    switch self {
    case .twoSample(let a, let b):
      guard a > 0, b > 0 else { return 1 }
      arrangements = binomialCoefficient(a + b, a)
      isMirrored = a == b
    case .paired(let n), .againstConstant(let n):
      guard n > 0 else { return 1 }
      arrangements = Double(sign: .plus, exponent: min(n, 1_000), significand: 1)
    }
    let exact = (alternative == .twoSided && isMirrored ? 2 : 1) / arrangements
    guard arrangements > Double(PermutationTest.enumerationLimit) else { return exact }
    return 1 / Double(PermutationTest.drawCount + 1)
  }

  /// Whether the test can ever be significant at this level.
  package func canReach(level: Double, alternative: Alternative = .greater) -> Bool {
    isAtMost(smallestReachableP(alternative: alternative), level)
  }
}

/// Whether p is at most the level, where 1/32 counted one way equals 1/32 computed another way.
func isAtMost(_ p: Double, _ level: Double) -> Bool {
  p <= level * (1 + 1e-12)
}
