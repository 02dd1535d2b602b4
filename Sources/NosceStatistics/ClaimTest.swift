import NosceCore

/// The test of one claim: the treatment beats every floor.
///
/// Each floor is tested by itself, one-sided, and the largest p counts: an intersection-union test,
/// which keeps its level without adjustment. Whether the claim was testable at all is for the
/// caller to decide beforehand.
package struct ClaimTest: Sendable {
  /// What a floor's numbers are.
  package enum FloorValues: Equatable, Sendable {
    /// Seed means that have nothing in common with the treatment's.
    case seeds([Double])
    /// Seed means of which value k shares its seed with the treatment's value k.
    case paired([Double])
    /// One number without seeds, such as an untrained model asked once.
    case constant(Double)
  }

  /// Something that the treatment must beat.
  package struct Floor: Equatable, Sendable {
    package var name: String
    package var values: FloorValues

    package init(name: String, values: FloorValues) {
      self.name = name
      self.values = values
    }

    package init(name: String, seedMeans: [Double]) {
      self.init(name: name, values: .seeds(seedMeans))
    }

    package init(name: String, pairedSeedMeans: [Double]) {
      self.init(name: name, values: .paired(pairedSeedMeans))
    }

    package init(name: String, constant: Double) {
      self.init(name: name, values: .constant(constant))
    }

    /// The design of its test against so many treatment seeds.
    package func design(treatmentSeeds: Int) -> TestDesign {
      switch values {
      case .seeds(let means): .twoSample(treatmentSeeds, means.count)
      case .paired: .paired(treatmentSeeds)
      case .constant: .againstConstant(treatmentSeeds)
      }
    }
  }

  package var treatment: [Double]
  package var floors: [Floor]
  package var direction: Direction
  /// Of every one-sided test.
  package var level: Double
  /// The smallest advantage over a floor that would matter; never negative.
  package var smallestEffect: Double
  /// The range that a score cannot leave; `nil` if there is none.
  package var bounds: ClosedRange<Double>?
  /// Of the two-sided intervals.
  package var intervalLevel: Double
  package var seed: UInt64

  package init(
    treatment: [Double], floors: [Floor], direction: Direction = .greater, level: Double = 0.05,
    smallestEffect: Double, bounds: ClosedRange<Double>? = 0...1, intervalLevel: Double = 0.95,
    seed: UInt64 = 1
  ) {
    self.treatment = treatment
    self.floors = floors
    self.direction = direction
    self.level = level
    self.smallestEffect = smallestEffect
    self.bounds = bounds
    self.intervalLevel = intervalLevel
    self.seed = seed
  }

  /// Tests the claim against every floor and draws the verdict.
  package func evaluate() throws -> ClaimResult {
    try check(treatment, "treatment")
    try checkFraction(level, "level")
    try checkFraction(intervalLevel, "interval level")
    guard smallestEffect.isFinite, smallestEffect >= 0 else {
      throw StatisticsError.badParameter(
        name: "smallest effect", value: smallestEffect, allowed: "a finite number, 0 or more")
    }
    let results = try floors.map(result)
    // The hardest floor leaves the smallest advantage; among equals, the largest p.
    guard
      let hardest = results.min(by: {
        ($0.advantage(direction), -$0.test.p) < ($1.advantage(direction), -$1.test.p)
      })
    else {
      throw StatisticsError.tooFew(name: "floors", count: 0, needed: 1)
    }
    let p = results.map(\.test.p).max() ?? 1
    let oppositeP = results.map(\.oppositeP).max() ?? 1
    let reachable = floors.map { floor in
      floor.design(treatmentSeeds: treatment.count).smallestReachableP()
    }
    let verdict = verdict(p: p, oppositeP: oppositeP, hardest: hardest.estimate)
    return ClaimResult(
      verdict: verdict, p: p, oppositeP: oppositeP, estimate: hardest.estimate,
      hardestFloor: hardest.name, floors: results, smallestReachableP: reachable.max() ?? 1,
      seedsToDecide: verdict == .inconclusive ? try seedsToDecide(hardest: hardest) : nil,
      treatmentSeeds: treatment.count)
  }

  private func verdict(p: Double, oppositeP: Double, hardest: Estimate) -> Verdict {
    // Differences of decimal fractions such as 0.9 - 0.4 must not fall short of 0.5 by rounding.
    let slack = 1e-9 * max(1, smallestEffect)
    if isAtMost(p, level), direction.sign * hardest.mean >= smallestEffect - slack {
      return .supported
    }
    if isAtMost(oppositeP, level) { return .contrary }
    if let interval = hardest.interval {
      let best = direction == .greater ? interval.upper : -interval.lower
      if best < smallestEffect - slack { return .notSupported }
    }
    return .inconclusive
  }

  private func result(_ floor: Floor) throws -> FloorResult {
    let alternative = direction.alternative
    let estimate: Estimate
    let tests: [TestResult]
    let seeds: Int?
    switch floor.values {
    case .seeds(let means):
      estimate = try Estimate.difference(
        treatment, minus: means, bounds: bounds, level: intervalLevel, seed: seed)
      tests = try [alternative, alternative.opposite].map {
        try PermutationTest.twoSample(treatment, means, alternative: $0, seed: seed)
      }
      seeds = means.count
    case .paired(let means):
      estimate = try Estimate.pairedDifference(
        treatment, minus: means, bounds: bounds, level: intervalLevel, seed: seed)
      tests = try [alternative, alternative.opposite].map {
        try PermutationTest.paired(treatment, means, alternative: $0, seed: seed)
      }
      seeds = means.count
    case .constant(let constant):
      estimate = try Estimate.difference(
        treatment, minusConstant: constant, bounds: bounds, level: intervalLevel, seed: seed)
      tests = try [alternative, alternative.opposite].map {
        try PermutationTest.againstConstant(
          treatment, constant: constant, alternative: $0, seed: seed)
      }
      seeds = nil
    }
    return FloorResult(
      name: floor.name, estimate: estimate, test: tests[0], oppositeP: tests[1].p, seeds: seeds)
  }
}

extension Direction {
  var alternative: Alternative { self == .greater ? .greater : .less }
}
