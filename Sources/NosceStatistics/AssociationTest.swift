import NosceCore

/// Whether two scores of the same subjects go together, within arms.
///
/// Scores are taken as distances from their arm's mean, so that a difference between arms makes no
/// association. The coefficient is Pearson's of those distances; p is two-sided, over the arrangements
/// of the blocks. Subjects of one block share a host in every arm, and what a host is like makes them
/// alike: **a block's second scores are moved together in all arms**. Arranged by themselves in each
/// arm, they would pass for more subjects than there are.
package struct AssociationTest: Sendable, Hashable {
  /// One subject's two scores.
  package struct Pair: Sendable, Hashable {
    package var block: Int
    package var x: Double
    package var y: Double

    package init(block: Int, x: Double, y: Double) {
      self.block = block
      self.x = x
      self.y = y
    }
  }

  /// -1 to 1; nil where one of the scores does not vary within any arm.
  package let coefficient: Double?
  /// Nil where there is no coefficient.
  package let p: Double?
  package let subjects: Int
  /// Blocks with both scores in every arm; the others are left out.
  package let blocks: Int
  /// Whether every arrangement was visited, rather than some drawn.
  package let isExact: Bool
  package let arrangements: Double

  /// Up to so many arrangements all are visited; beyond, `drawCount` are drawn.
  package static let enumerationLimit = 50_000.0
  package static let drawCount = 19_999

  /// - Parameter arms: pairs of scores, by arm, each block at most once in an arm.
  /// - Throws: `StatisticsError` where a score is not finite.
  package init(arms: [[Pair]], seed: UInt64 = 1) throws {
    try check(arms.joined().map(\.x), "first list", atLeast: 0)
    try check(arms.joined().map(\.y), "second list", atLeast: 0)
    let arms = arms.filter { !$0.isEmpty }
    let common = arms.dropFirst().reduce(into: Set(arms.first?.map(\.block) ?? [])) { blocks, arm in
      blocks.formIntersection(arm.map(\.block))
    }.sorted()
    let kept = arms.map { arm in common.compactMap { block in arm.first { $0.block == block } } }
    blocks = common.count
    subjects = kept.reduce(0) { $0 + $1.count }
    arrangements = (1...max(1, common.count)).reduce(1) { $0 * Double($1) }
    isExact = arrangements <= Self.enumerationLimit
    let x = kept.map { Self.distances($0.map(\.x)) }
    let y = kept.map { Self.distances($0.map(\.y)) }
    guard common.count > 1,
      let observed = try Correlation.pearson(x.flatMap { $0 }, y.flatMap { $0 })
    else {
      coefficient = nil
      p = nil
      return
    }
    coefficient = observed
    p = Self.share(x, y, blocks: common.count, isExact: isExact, seed: seed)
  }

  private static func distances(_ values: [Double]) -> [Double] {
    let moments = Moments(values)
    // Rounding must not make a difference where there is none.
    return moments.agree ? values.map { _ in 0 } : values.map { $0 - moments.mean }
  }

  /// The share of arrangements that are as extreme. The spread of either list is the same in all,
  /// so their products decide.
  private static func share(
    _ x: [[Double]], _ y: [[Double]], blocks: Int, isExact: Bool, seed: UInt64
  ) -> Double {
    // What block i's first scores and block j's second scores come to, over all arms.
    let products = (0..<blocks).map { i in
      (0..<blocks).map { j in zip(x, y).reduce(0.0) { $0 + $1.0[i] * $1.1[j] } }
    }
    func product(_ order: [Int]) -> Double {
      order.indices.reduce(0) { $0 + products[$1][order[$1]] }
    }
    let size = products.joined().reduce(0) { $0 + abs($1) }
    let unmoved = Array(0..<blocks)
    let observed = abs(product(unmoved)) - 1e-12 * max(size, .leastNormalMagnitude)
    if isExact {
      var order = unmoved
      var extreme = 0
      var visited = 0
      visit(&order, from: 0) { candidate in
        visited += 1
        if abs(product(candidate)) >= observed { extreme += 1 }
      }
      return Double(extreme) / Double(visited)
    }
    var generator = SeededGenerator(seed: seed, labStream: "association")
    var extreme = 0
    for _ in 0..<drawCount where abs(product(generator.shuffled(unmoved))) >= observed {
      extreme += 1
    }
    return Double(1 + extreme) / Double(1 + drawCount)
  }

  /// Every arrangement, in place.
  private static func visit(_ order: inout [Int], from position: Int, _ body: ([Int]) -> Void) {
    if position == order.count { return body(order) }
    for other in position..<order.count {
      order.swapAt(position, other)
      visit(&order, from: position + 1, body)
      order.swapAt(position, other)
    }
  }
}
