import NosceCore

/// The exact test of a square: what is trained (rows) against what is asked (columns), in families.
///
/// A family's effect is k / (k - 1) times the mean of the doubly centred diagonal, which is the mean
/// of the diagonal minus the mean of the rest; families count alike. Whatever moves a whole row or a
/// whole column drops out. Under the null hypothesis the labels of a family can be dealt in any
/// order, so p is the share of all orders whose effect is at least the observed one. The name is
/// the unit: replicates of a name are averaged and permuted together, because what two words have
/// in common is the same in all of them.
package struct SquareTest: Sendable {
  package static let name = "permutation within families"

  /// Names with the same standing, each trained and each asked.
  package struct Family: Equatable, Sendable {
    package var name: String
    /// A square of values for each replicate; rows are trained, columns asked.
    package var replicates: [[[Double]]]

    package init(name: String, replicates: [[[Double]]]) {
      self.name = name
      self.replicates = replicates
    }
  }

  package var families: [Family]
  /// Of each one-sided test, so that the interval has the level 1 - 2 `level`.
  package var level: Double
  /// Of the arrangements that are drawn where there are too many to visit.
  package var seed: UInt64

  package init(families: [Family], level: Double = 0.05, seed: UInt64 = 1) {
    self.families = families
    self.level = level
    self.seed = seed
  }

  package var design: SquareDesign {
    SquareDesign(families: families.map { $0.replicates.first?.count ?? 0 })
  }

  /// Tests the square, and inverts the test for the interval.
  package func evaluate() throws -> SquareResult {
    guard level > 0, level < 0.5 else {
      throw StatisticsError.badParameter(
        name: "level", value: level, allowed: "a number between 0 and 0.5, both excluded")
    }
    let arrangements = try arrangements()
    var counts = SquareCounts(observed: arrangements.observed, tolerance: arrangements.tolerance)
    counts.crossings.reserveCapacity(arrangements.count)
    arrangements.visit { counts.visit($0, keepingCrossing: true) }
    let extra = arrangements.isEnumerated ? 0 : 1
    let ends = counts.interval(level: level, extra: extra)
    return SquareResult(
      estimate: arrangements.observed,
      families: zip(families, arrangements.centred).map { family, square in
        SquareResult.FamilyEffect(
          name: family.name, names: square.size, replicates: family.replicates.count,
          effect: square.effect, values: square.rows)
      },
      p: counts.share(of: counts.higher, extra: extra),
      oppositeP: counts.share(of: counts.lower, extra: extra),
      lower: ends.lower, upper: ends.upper, intervalLevel: 1 - 2 * level,
      smallestReachableP: design.smallestReachableP,
      method: arrangements.isEnumerated
        ? .enumerated(arrangements: counts.visited) : .sampled(arrangements: counts.visited))
  }

  /// The p of the claim alone, which simulations ask for by the thousand.
  package func p() throws -> Double {
    let arrangements = try arrangements()
    var counts = SquareCounts(observed: arrangements.observed, tolerance: arrangements.tolerance)
    arrangements.visit { counts.visit($0, keepingCrossing: false) }
    return counts.share(of: counts.higher, extra: arrangements.isEnumerated ? 0 : 1)
  }

  private func arrangements() throws -> SquareArrangements {
    guard !families.isEmpty else {
      throw StatisticsError.tooFew(name: "families", count: 0, needed: 1)
    }
    return SquareArrangements(
      try families.map { try CentredSquare($0) }, isEnumerated: design.isEnumerated, seed: seed)
  }
}

/// Counts arrangements, and keeps the shift at which each would equal the observed one.
private struct SquareCounts {
  let observed: Double
  let tolerance: Double
  private(set) var visited = 0
  private(set) var higher = 0
  private(set) var lower = 0
  /// Without that of the observed arrangement, which no shift tells from itself.
  var crossings: [Double] = []

  init(observed: Double, tolerance: Double) {
    self.observed = observed
    self.tolerance = tolerance
  }

  mutating func visit(_ arrangement: SquareArrangements.Sum, keepingCrossing: Bool) {
    visited += 1
    let distance = observed - arrangement.effect
    if distance <= tolerance { higher += 1 }
    if distance >= -tolerance { lower += 1 }
    guard keepingCrossing, arrangement.kept < 1 - 1e-9 else { return }
    // Less a true effect of theta on its diagonal, the arrangement has effect - theta * kept, and the
    // observed one observed - theta. They tie at:
    crossings.append(abs(distance) <= tolerance ? 0 : distance / (1 - arrangement.kept))
  }

  /// The observed arrangement is one of those that are enumerated, and one more than those drawn.
  func share(of extreme: Int, extra: Int) -> Double {
    Double(extreme + extra) / Double(visited + extra)
  }

  /// The shifts that neither one-sided test rejects. Seen from theta, every arrangement that crosses
  /// below it is at least as high as the observed one, and every one that crosses above is as low.
  mutating func interval(level: Double, extra: Int) -> (lower: Double?, upper: Double?) {
    let total = Double(visited + extra)
    let own = visited - crossings.count + extra
    // A shift is rejected while own + crossed <= level * total.
    let needed = Int((level * total * (1 + 1e-12)).rounded(.down)) - own + 1
    guard needed > 0, needed <= crossings.count else { return (nil, nil) }
    return (
      value(at: needed - 1, ofSorted: &crossings),
      value(at: crossings.count - needed, ofSorted: &crossings)
    )
  }
}
