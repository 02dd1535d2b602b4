/// How a p-value was counted.
package enum ExactTestMethod: Codable, Equatable, Sendable {
  /// Every arrangement was visited.
  case enumerated(arrangements: Int)
  /// Arrangements were drawn with a seed; the observed one counts as one more.
  case sampled(arrangements: Int)

  /// Such as "all 256 arrangements".
  package var words: String {
    switch self {
    case .enumerated(let count): "all \(count) arrangements"
    case .sampled(let count): "\(count) drawn arrangements"
    }
  }
}

/// Whether p is at most the level, where 1/32 counted one way equals 1/32 computed another way.
func isAtMost(_ p: Double, _ level: Double) -> Bool {
  p <= level * (1 + 1e-12)
}
