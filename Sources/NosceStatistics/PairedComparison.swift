import NosceCore

/// Treatment against one floor, block by block.
///
/// The test is by sign flips of the differences within blocks. Shares are tested twice, on the
/// log-odds scale and in their own unit, and the larger p counts: log-odds see what happens near 0 and
/// 1, and a smallest effect that is stated in shares must be there in shares. Both tests keep their
/// level, so the larger p does.
package struct PairedComparison: Sendable {
  /// Of the differences in the probe's own unit.
  package let own: SignFlips
  /// Of the differences of log-odds; nil for a score without a range.
  package let logOdds: SignFlips?
  /// The floor's log-odds, block by block.
  private let floorLogOdds: [Double]

  /// - Throws: `StatisticsError` unless both have as many blocks, at least one, and finite scores.
  package init(_ treatment: [BlockScore], _ floor: [BlockScore], seed: UInt64 = 1) throws {
    guard treatment.count == floor.count else {
      throw StatisticsError.unequalLengths(
        name: "treatment", count: treatment.count, otherName: "floor", otherCount: floor.count)
    }
    try check(treatment.map(\.value), "treatment")
    try check(floor.map(\.value), "floor")
    own = try Self.flips(treatment.map(\.value), floor.map(\.value), seed)
    let pairs = zip(treatment, floor).compactMap { a, b in
      a.logOdds.flatMap { own in b.logOdds.map { (own, $0) } }
    }
    guard pairs.count == treatment.count else {
      logOdds = nil
      floorLogOdds = []
      return
    }
    logOdds = try Self.flips(pairs.map(\.0), pairs.map(\.1), seed)
    floorLogOdds = pairs.map(\.1)
  }

  private static func flips(_ a: [Double], _ b: [Double], _ seed: UInt64) throws -> SignFlips {
    try SignFlips(zip(a, b).map { $0 - $1 }, scaleOf: a + b, seed: seed)
  }

  package var blocks: Int { own.blocks }

  /// The mean difference in the probe's own unit.
  package var estimate: Double { own.mean }

  package func p(_ direction: Direction) -> Double {
    max(own.p(direction), logOdds?.p(direction) ?? 0)
  }

  /// The interval in the probe's own unit that inverts the test, with this error on each side.
  ///
  /// The wider of two: of the differences themselves, and of the log-odds, carried over to shares by
  /// moving each block's floor so far.
  package func ends(tail: Double) -> (lower: Double?, upper: Double?) {
    let inOwn = own.ends(tail: tail)
    guard let logOdds else { return inOwn }
    let moved = logOdds.ends(tail: tail)
    return (
      least(inOwn.lower, moved.lower.map(carried)), most(inOwn.upper, moved.upper.map(carried))
    )
  }

  /// The mean change of the floor's shares where each one's log-odds move by so much.
  private func carried(_ change: Double) -> Double {
    if change == 0 { return 0 }
    let changes = floorLogOdds.map { LogOdds.share($0 + change) - LogOdds.share($0) }
    return changes.reduce(0, +) / Double(changes.count)
  }

  private func least(_ a: Double?, _ b: Double?) -> Double? {
    a.flatMap { a in b.map { min(a, $0) } }
  }
  private func most(_ a: Double?, _ b: Double?) -> Double? {
    a.flatMap { a in b.map { max(a, $0) } }
  }
}
