import Foundation
import NosceCore

/// How many seeds an inconclusive claim would need. `docs/statistics.md` states the formula.
extension ClaimTest {
  /// More seeds than this are no plan.
  package static let mostSeeds = 1_000
  /// The probability with which the planned number should decide, if the estimates are true.
  package static let plannedPower = 0.8

  /// The smallest number of seeds per arm that would probably give another verdict.
  ///
  /// It takes the estimates as true. Where the advantage is at least the smallest effect, it looks
  /// for significance against every floor; where it is below, for an interval that ends below the
  /// smallest effect. `nil` with fewer than 2 seeds, or where more than `mostSeeds` are needed.
  func seedsToDecide(hardest: FloorResult) throws -> Int? {
    guard treatment.count >= 2 else { return nil }
    let plans = try floors.map(plan)
    guard plans.allSatisfy({ $0.variance != nil }) else { return nil }
    let start = treatment.count + 1
    guard start <= Self.mostSeeds else { return nil }
    let advantage = hardest.advantage(direction)
    if advantage >= smallestEffect - 1e-9 * max(1, smallestEffect) {
      return (start...Self.mostSeeds).first { n in
        plans.allSatisfy { $0.reaches(level, seeds: n, power: Self.plannedPower) }
      }
    }
    guard let plan = plans.first(where: { $0.name == hardest.name }) else { return nil }
    let gap = smallestEffect - advantage
    let tail = (1 - intervalLevel) / 2
    return (start...Self.mostSeeds).first { n in
      let reach = plan.reach(tail: tail, seeds: n, power: Self.plannedPower)
      // Seeds that nearly all agree are held back by the exact bound, not by their small spread.
      let zeros = [Double](repeating: 0, count: n)
      let edge = plan.room * SpacingBound.upper(zeros, limit: 1, tail: tail)
      return max(reach, edge) < gap
    }
  }

  /// How far a mean could still move towards one end of its range (`upwards`, or the lower one)
  /// where the values are too alike to be studentised; 0 where they are not, or have no range.
  private func room(
    _ values: [Double], bounds: ClosedRange<Double>?, upwards: Bool
  ) throws -> Double {
    guard let bounds, values.count >= 2 else { return 0 }
    let arm = try ArmInterval(values, "values", bounds: bounds, level: intervalLevel, seed: seed)
    guard !arm.isRegular else { return 0 }
    return upwards ? bounds.upperBound - arm.moments.mean : arm.moments.mean - bounds.lowerBound
  }

  /// What planning needs to know about one floor.
  private struct Plan {
    var name: String
    var advantage: Double
    /// Of a single seed's difference; `nil` where it cannot be estimated.
    var variance: Double?
    var hasTwoArms: Bool
    /// How far the difference could still move in favour of the claim at the ends of the range.
    var room: Double
    var design: (Int) -> TestDesign

    /// (t at the tail + t at the power) standard errors.
    func reach(tail: Double, seeds: Int, power: Double) -> Double {
      let degrees = Double((seeds - 1) * (hasTwoArms ? 2 : 1))
      let ratio =
        StudentT.quantile(1 - tail, degreesOfFreedom: degrees)
        + StudentT.quantile(power, degreesOfFreedom: degrees)
      return ratio * ((variance ?? 0) / Double(seeds)).squareRoot()
    }

    func reaches(_ level: Double, seeds: Int, power: Double) -> Bool {
      advantage > 0 && design(seeds).canReach(level: level)
        && reach(tail: level, seeds: seeds, power: power) <= advantage
    }
  }

  private func plan(_ floor: Floor) throws -> Plan {
    let own = Moments(treatment)
    let upwards = direction == .greater
    switch floor.values {
    case .seeds(let means):
      let other = Moments(means)
      return Plan(
        name: floor.name, advantage: direction.sign * (own.mean - other.mean),
        variance: means.count < 2 ? nil : own.variance + other.variance, hasTwoArms: true,
        room: hypot(
          try room(treatment, bounds: bounds, upwards: upwards),
          try room(means, bounds: bounds, upwards: !upwards)),
        design: { .twoSample($0, $0) })
    case .paired(let means):
      let pairs = try pairedDifferences(treatment, means)
      let differences = Moments(pairs)
      let range = bounds.map { $0.upperBound - $0.lowerBound }
      return Plan(
        name: floor.name, advantage: direction.sign * differences.mean,
        variance: differences.variance, hasTwoArms: false,
        room: try room(pairs, bounds: range.map { -$0...$0 }, upwards: upwards),
        design: { .paired($0) })
    case .constant(let constant):
      return Plan(
        name: floor.name, advantage: direction.sign * (own.mean - constant),
        variance: own.variance, hasTwoArms: false,
        room: try room(treatment, bounds: bounds, upwards: upwards),
        design: { .againstConstant($0) })
    }
  }
}
