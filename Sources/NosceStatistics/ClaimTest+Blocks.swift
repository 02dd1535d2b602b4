import NosceCore

/// With how many new blocks an inconclusive claim would be decided. `docs/statistics.md` states the
/// formula.
extension ClaimTest {
  /// More blocks than this are no plan.
  package static let mostBlocks = 1_000
  /// The probability with which the planned number should decide, if the estimates are true.
  package static let plannedPower = 0.8

  /// The smallest number of blocks in a new run that would probably give another verdict.
  ///
  /// It takes the estimates as true. Where the advantage is at least the smallest effect, it looks
  /// for significance against every floor; where it is below, for one floor against which the
  /// smallest effect is ruled out. `nil` with fewer than 2 blocks, against a constant, or where more
  /// than `mostBlocks` are needed. Blocks added to the same run until it decides would err more often
  /// than the level says.
  func blocksToDecide(hardest: FloorResult) -> Int? {
    let plans = floors.compactMap(plan)
    guard plans.count == floors.count else { return nil }
    if hardest.advantage(direction) >= smallestEffect - 1e-9 * max(1, smallestEffect) {
      return Self.fewest { n in
        let reach = Self.reach(level, blocks: n)
        return plans.allSatisfy { $0.deviation * reach <= $0.advantage }
      }
    }
    let share = Self.levelOfAbsence(level, floors: floors.count)
    return Self.fewest { n in
      let reach = Self.reach(share, blocks: n)
      return plans.contains { $0.deviation * reach < smallestEffect - $0.advantage }
    }
  }

  /// The fewest blocks that are enough, where more are enough whenever fewer are.
  private static func fewest(_ isEnough: (Int) -> Bool) -> Int? {
    guard isEnough(mostBlocks) else { return nil }
    var (tooFew, enough) = (1, mostBlocks)
    while enough - tooFew > 1 {
      let middle = (tooFew + enough) / 2
      if isEnough(middle) { enough = middle } else { tooFew = middle }
    }
    return enough
  }

  /// What planning needs to know about one floor.
  private struct Plan {
    var advantage: Double
    /// Of one block's difference.
    var deviation: Double
  }

  /// (t at the level + t at the power) standard errors, in deviations of one block's difference;
  /// infinite where the design cannot reach the level.
  private static func reach(_ level: Double, blocks: Int) -> Double {
    guard isAtMost(SignFlips.smallestP(blocks: blocks), level) else { return .infinity }
    let degrees = Double(blocks - 1)
    let ratio =
      StudentT.quantile(1 - level, degreesOfFreedom: degrees)
      + StudentT.quantile(plannedPower, degreesOfFreedom: degrees)
    return ratio / Double(blocks).squareRoot()
  }

  private func plan(_ floor: Floor) -> Plan? {
    guard case .paired(let treatment, let values) = floor.values, treatment.count >= 2 else {
      return nil
    }
    let differences = Moments(zip(treatment, values).map { $0.value - $1.value })
    return Plan(
      advantage: direction.sign * differences.mean, deviation: differences.variance.squareRoot())
  }
}
