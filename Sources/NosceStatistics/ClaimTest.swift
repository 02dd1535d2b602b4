import NosceCore

/// The test of one claim: the treatment beats every floor.
///
/// Each floor is compared with the treatment alone, one-sided, and the largest p counts: an
/// intersection-union test, which keeps its level without adjustment. Whether the claim was testable
/// at all is for the caller to decide beforehand.
package struct ClaimTest: Sendable {
  /// Something that the treatment must beat.
  package struct Floor: Equatable, Sendable {
    package enum Values: Equatable, Sendable {
      /// Pairs of the same block: the treatment's score and the floor's.
      case paired(treatment: [BlockScore], floor: [BlockScore])
      /// One number without blocks, for a score with a range, and the treatment's scores.
      case constant(Double, treatment: [Double], bounds: ClosedRange<Double>)
    }

    package var name: String
    package var values: Values

    package init(name: String, treatment: [BlockScore], floor: [BlockScore]) {
      self.name = name
      values = .paired(treatment: treatment, floor: floor)
    }

    package init(
      name: String, treatment: [Double], constant: Double, bounds: ClosedRange<Double> = 0...1
    ) {
      self.name = name
      values = .constant(constant, treatment: treatment, bounds: bounds)
    }
  }

  package var floors: [Floor]
  package var direction: Direction
  /// Of every one-sided test.
  package var level: Double
  /// The smallest advantage over a floor that would matter, in the probe's own unit; never negative.
  package var smallestEffect: Double
  package var seed: UInt64

  package init(
    floors: [Floor], direction: Direction = .greater, level: Double = 0.05,
    smallestEffect: Double, seed: UInt64 = 1
  ) {
    self.floors = floors
    self.direction = direction
    self.level = level
    self.smallestEffect = smallestEffect
    self.seed = seed
  }

  /// At which level each floor is asked whether the claim is *not* supported: one of k is enough.
  package static func levelOfAbsence(_ level: Double, floors: Int) -> Double {
    level / Double(max(1, floors))
  }

  /// Tests the claim against every floor and draws the verdict.
  ///
  /// - Throws: `StatisticsError` where there is no floor, or scores are missing or not finite.
  package func evaluate() throws -> ClaimResult {
    guard level > 0, level < 0.5 else {
      throw StatisticsError.badParameter(
        name: "level", value: level, allowed: "a number between 0 and 0.5, both excluded")
    }
    guard smallestEffect.isFinite, smallestEffect >= 0 else {
      throw StatisticsError.badParameter(
        name: "smallest effect", value: smallestEffect, allowed: "a finite number, 0 or more")
    }
    let comparisons = try floors.map(compare)
    // The hardest floor leaves the smallest advantage; among equals, the largest p.
    guard
      let hardest = comparisons.map(\.result).min(by: {
        ($0.advantage(direction), -$0.p) < ($1.advantage(direction), -$1.p)
      })
    else {
      throw StatisticsError.tooFew(name: "floors", count: 0, needed: 1)
    }
    let results = comparisons.map(\.result)
    let p = results.map(\.p).max() ?? 1
    let oppositeP = results.map(\.oppositeP).max() ?? 1
    let verdict = verdict(p: p, oppositeP: oppositeP, results, hardest)
    return ClaimResult(
      verdict: verdict, p: p, oppositeP: oppositeP, hardest: hardest, floors: results,
      smallestReachableP: comparisons.map(\.smallestP).max() ?? 1,
      blocksToDecide: verdict == .inconclusive ? blocksToDecide(hardest: hardest) : nil,
      blocks: results.map(\.blocks).min() ?? 0)
  }

  private func verdict(
    p: Double, oppositeP: Double, _ results: [FloorResult], _ hardest: FloorResult
  ) -> Verdict {
    // Differences of decimal fractions such as 0.9 - 0.4 must not fall short of 0.5 by rounding.
    let slack = 1e-9 * max(1, smallestEffect)
    if isAtMost(p, level), hardest.advantage(direction) >= smallestEffect - slack {
      let reaches = results.allSatisfy { result in
        result.least(direction).map { $0 >= smallestEffect - slack } ?? false
      }
      return reaches ? .stronglySupported : .supported
    }
    if isAtMost(oppositeP, level) { return .contrary }
    let isRuledOut = results.contains { result in
      result.mostAtShare.map { $0 < smallestEffect - slack } ?? false
    }
    return isRuledOut ? .notSupported : .inconclusive
  }

  private func compare(_ floor: Floor) throws -> (result: FloorResult, smallestP: Double) {
    let opposite: Direction = direction == .greater ? .less : .greater
    let share = Self.levelOfAbsence(level, floors: floors.count)
    func interval(_ ends: (lower: Double?, upper: Double?)) -> OpenInterval {
      OpenInterval(lower: ends.lower, upper: ends.upper, level: 1 - 2 * level)
    }
    func most(_ ends: (lower: Double?, upper: Double?)) -> Double? {
      direction == .greater ? ends.upper : ends.lower.map { -$0 }
    }
    switch floor.values {
    case .paired(let treatment, let values):
      let pairs = try PairedComparison(treatment, values, seed: seed)
      let logOdds = pairs.logOdds.map {
        LogOddsResult(estimate: $0.mean, interval: interval($0.ends(tail: level)))
      }
      let scale = logOdds == nil ? "" : ", the larger p of log-odds and own unit"
      let hasLoneBlocks = LoneBlocks.exist(
        in: zip(treatment, values).map { $0.value - $1.value }, smallestEffect: smallestEffect)
      let result = FloorResult(
        name: floor.name, estimate: pairs.estimate, interval: interval(pairs.ends(tail: level)),
        logOdds: logOdds, p: pairs.p(direction), oppositeP: pairs.p(opposite),
        test: "sign flips within blocks, \(pairs.own.method.words)\(scale)", blocks: pairs.blocks,
        mostAtShare: hasLoneBlocks ? nil : most(pairs.ends(tail: share)),
        hasLoneBlocks: hasLoneBlocks)
      return (result, SignFlips.smallestP(blocks: pairs.blocks))
    case .constant(let constant, let treatment, let bounds):
      let one = try ConstantComparison(treatment, constant: constant, bounds: bounds)
      let best = direction == .greater ? bounds.upperBound : bounds.lowerBound
      let utmost = try ConstantComparison(
        treatment.map { _ in best }, constant: constant, bounds: bounds)
      let result = FloorResult(
        name: floor.name, estimate: one.estimate, interval: interval(one.ends(tail: level)),
        p: one.p(direction), oppositeP: one.p(opposite), test: "spacing bound against a constant",
        blocks: treatment.count, mostAtShare: most(one.ends(tail: share)))
      return (result, utmost.p(direction))
    }
  }
}
