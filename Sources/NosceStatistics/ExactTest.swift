/// Which outcomes count as at least as extreme as the one observed.
package enum Alternative: String, Codable, Sendable {
  case greater
  case less
  case twoSided = "two-sided"

  /// The same claim seen from the other side.
  package var opposite: Alternative {
    switch self {
    case .greater: .less
    case .less: .greater
    case .twoSided: .twoSided
    }
  }
}

/// How a p-value was counted.
package enum ExactTestMethod: Codable, Equatable, Sendable {
  /// Every arrangement was visited.
  case enumerated(arrangements: Int)
  /// Arrangements were drawn with a seed; the observed one counts as one more.
  case sampled(arrangements: Int)
}

/// The outcome of one exact test.
package struct TestResult: Codable, Equatable, Sendable {
  /// The test's usual name, e.g. "two-sample permutation".
  package var name: String
  package var p: Double
  /// The mean difference.
  package var statistic: Double
  package var alternative: Alternative
  package var method: ExactTestMethod

  /// The name with how it was counted, e.g. "two-sample permutation, all 252 arrangements".
  package var summary: String {
    switch method {
    case .enumerated(let count): "\(name), all \(count) arrangements"
    case .sampled(let count): "\(name), \(count) drawn arrangements"
    }
  }
}
