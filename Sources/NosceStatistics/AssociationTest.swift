import NosceCore

/// Whether two scores of the same subjects go together, within groups of subjects.
///
/// Scores are taken as distances from their group's mean, so that a difference between groups makes
/// no association. The coefficient is Pearson's of those distances; p is two-sided, over the
/// arrangements of the second score within each group. The unit is the subject.
package struct AssociationTest: Sendable, Hashable {
  /// -1 to 1; nil where one of the scores does not vary within any group.
  package let coefficient: Double?
  /// Nil where there is no coefficient.
  package let p: Double?
  package let subjects: Int
  /// Whether every arrangement was visited, rather than some drawn.
  package let isExact: Bool
  package let arrangements: Double

  /// Up to so many arrangements all are visited; beyond, `drawCount` are drawn.
  package static let enumerationLimit = 50_000.0
  package static let drawCount = 19_999

  /// - Parameter groups: pairs of scores, by group. Groups of one subject tell nothing.
  /// - Throws: `StatisticsError` where a score is not finite.
  package init(groups: [[(Double, Double)]], seed: UInt64 = 1) throws {
    let groups = groups.filter { $0.count > 1 }
    let scores = groups.flatMap { $0 }
    subjects = scores.count
    arrangements = groups.reduce(1) { product, group in
      (1...group.count).reduce(product) { $0 * Double($1) }
    }
    isExact = arrangements <= Self.enumerationLimit
    guard !scores.isEmpty else {
      coefficient = nil
      p = nil
      return
    }
    try check(scores.map(\.0), "first list")
    try check(scores.map(\.1), "second list")
    let x = groups.map { Self.distances($0.map(\.0)) }
    let y = groups.map { Self.distances($0.map(\.1)) }
    guard
      let observed = try Correlation.pearson(x.flatMap { $0 }, y.flatMap { $0 })
    else {
      coefficient = nil
      p = nil
      return
    }
    coefficient = observed
    p = Self.share(x, y, isExact: isExact, seed: seed)
  }

  private static func distances(_ values: [Double]) -> [Double] {
    let moments = Moments(values)
    // Rounding must not make a difference where there is none.
    return moments.agree ? values.map { _ in 0 } : values.map { $0 - moments.mean }
  }

  /// The share of arrangements that are as extreme. The spread of either list is the same in all,
  /// so their products decide.
  private static func share(
    _ x: [[Double]], _ y: [[Double]], isExact: Bool, seed: UInt64
  ) -> Double {
    func product(_ y: [[Double]]) -> Double {
      zip(x, y).reduce(0) { sum, pair in
        zip(pair.0, pair.1).reduce(sum) { $0 + $1.0 * $1.1 }
      }
    }
    let size = zip(x, y).reduce(0) { sum, pair in
      zip(pair.0, pair.1).reduce(sum) { $0 + abs($1.0 * $1.1) }
    }
    let observed = abs(product(y)) - 1e-12 * max(size, .leastNormalMagnitude)
    var extreme = 0
    var visited = 0
    if isExact {
      var arranged = y
      visit(&arranged, group: 0, from: 0) { candidate in
        visited += 1
        if abs(product(candidate)) >= observed { extreme += 1 }
      }
      return Double(extreme) / Double(visited)
    }
    var generator = SeededGenerator(seed: seed, labStream: "association")
    for _ in 0..<drawCount {
      if abs(product(y.map { generator.shuffled($0) })) >= observed { extreme += 1 }
    }
    return Double(1 + extreme) / Double(1 + drawCount)
  }

  /// Every arrangement of every group, in place.
  private static func visit(
    _ groups: inout [[Double]], group: Int, from position: Int, _ body: ([[Double]]) -> Void
  ) {
    if group == groups.count { return body(groups) }
    if position == groups[group].count {
      return visit(&groups, group: group + 1, from: 0, body)
    }
    for other in position..<groups[group].count {
      groups[group].swapAt(position, other)
      visit(&groups, group: group, from: position + 1, body)
      groups[group].swapAt(position, other)
    }
  }
}
