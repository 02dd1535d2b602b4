import NosceCore
import NosceStatistics
import Testing

@Suite struct ClaimTests {
  private let strong = [0.9, 0.85, 0.95, 0.8, 1]
  private let weak = [0.05, 0.1, 0, 0.02, 0.08]

  @Test func supported() throws {
    let claim = ClaimTest(
      treatment: strong,
      floors: [
        .init(name: "base", constant: 0.03), .init(name: "sham", seedMeans: weak),
        .init(name: "twin", pairedSeedMeans: [0, 0.1, 0, 0.3, 0.1]),
      ], smallestEffect: 0.3)
    let result = try claim.evaluate()
    #expect(result.verdict == .supported)
    #expect(result.p == 1.0 / 32)
    #expect(result.smallestReachableP == 1.0 / 32)
    #expect(result.hardestFloor == "twin")
    #expect(abs(result.estimate.mean - 0.8) < 1e-12)
    let expected: [Double] = [1.0 / 32, 1.0 / 252, 1.0 / 32]
    #expect(result.floors.map { $0.test.p } == expected)
    #expect(result.floors.map(\.seeds) == [nil, 5, 5])
    #expect(result.seedsToDecide == nil)
    #expect(result.treatmentSeeds == 5)
  }

  @Test func oneUnbeatenFloorIsEnoughToFail() throws {
    let result = try ClaimTest(
      treatment: strong,
      floors: [.init(name: "base", constant: 0), .init(name: "sham", seedMeans: strong)],
      smallestEffect: 0.3
    ).evaluate()
    #expect(result.verdict != .supported)
    #expect(result.hardestFloor == "sham")
    #expect(result.p > 0.5)
  }

  @Test func significantButTooSmallIsNotSupport() throws {
    let result = try ClaimTest(
      treatment: [0.52, 0.53, 0.51, 0.54, 0.55],
      floors: [.init(name: "sham", seedMeans: [0.5, 0.49, 0.48, 0.5, 0.47])], smallestEffect: 0.3
    ).evaluate()
    #expect(result.p == 1.0 / 252)
    #expect(result.verdict == .notSupported)
  }

  @Test func seedsAtZeroAreNotSupportedOnlyBeyondTheExactBound() throws {
    let zeros = [0.0, 0, 0, 0, 0]
    func verdict(_ smallestEffect: Double, level: Double = 0.95) throws -> ClaimResult {
      try ClaimTest(
        treatment: zeros,
        floors: [.init(name: "base", constant: 0), .init(name: "sham", seedMeans: zeros)],
        smallestEffect: smallestEffect, intervalLevel: level
      ).evaluate()
    }
    #expect(try verdict(0.55).verdict == .notSupported)
    #expect(try verdict(0.5).verdict == .inconclusive)
    #expect(try verdict(0.5, level: 0.9).verdict == .notSupported)
    // 1 - 0.025^(1/n) falls below 0.5 at n = 6 and below 0.3 at n = 11.
    #expect(try verdict(0.5).seedsToDecide == 6)
    #expect(try verdict(0.3).seedsToDecide == 11)
  }

  @Test func contraryNeedsTheWrongSideOfEveryFloor() throws {
    let both = try ClaimTest(
      treatment: weak,
      floors: [.init(name: "base", constant: 0.5), .init(name: "sham", seedMeans: strong)],
      smallestEffect: 0.3
    ).evaluate()
    #expect(both.verdict == .contrary)
    #expect(both.oppositeP == 1.0 / 32)
    let one = try ClaimTest(
      treatment: [0.5, 0.55, 0.52, 0.48, 0.5],
      floors: [.init(name: "base", constant: 0.1), .init(name: "sham", seedMeans: strong)],
      smallestEffect: 0.3
    ).evaluate()
    #expect(one.verdict == .notSupported)
  }

  @Test func theLesserDirectionIsTheMirrorImage() throws {
    let treatments = [strong, weak, [0.5, 0.2, 0.7, 0.9, 0.4], [0, 0, 0, 0, 0]]
    for treatment in treatments {
      let greater = try ClaimTest(
        treatment: treatment,
        floors: [.init(name: "base", constant: 0.3), .init(name: "sham", seedMeans: weak)],
        smallestEffect: 0.25
      ).evaluate()
      let less = try ClaimTest(
        treatment: treatment.map { 1 - $0 },
        floors: [
          .init(name: "base", constant: 0.7), .init(name: "sham", seedMeans: weak.map { 1 - $0 }),
        ], direction: .less, smallestEffect: 0.25
      ).evaluate()
      #expect(less.verdict == greater.verdict)
      #expect(abs(less.p - greater.p) < 1e-15)
      #expect(abs(less.estimate.mean + greater.estimate.mean) < 1e-12)
      #expect(less.hardestFloor == greater.hardestFloor)
      #expect(less.seedsToDecide == greater.seedsToDecide)
    }
  }

  @Test func inconclusiveSaysHowManySeedsWouldDecide() throws {
    // A large but noisy advantage over one constant: significance is what is missing.
    let noisy = [0.9, 0.1, 0.8, 0.7, 0.25]
    let result = try ClaimTest(
      treatment: noisy, floors: [.init(name: "base", constant: 0.2)], smallestEffect: 0.3
    ).evaluate()
    #expect(result.verdict == .inconclusive)
    let needed = try #require(result.seedsToDecide)
    // The formula, written out: (t(0.95) + t(0.8)) sd / sqrt(n) <= advantage.
    let mean = noisy.reduce(0, +) / 5
    let deviation = (noisy.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4).squareRoot()
    func reach(_ n: Int) -> Double {
      let degrees = Double(n - 1)
      let ratio =
        StudentT.quantile(0.95, degreesOfFreedom: degrees)
        + StudentT.quantile(0.8, degreesOfFreedom: degrees)
      return ratio * deviation / Double(n).squareRoot()
    }
    #expect(reach(needed) <= mean - 0.2)
    #expect(needed == 6 || reach(needed - 1) > mean - 0.2)
    // An advantage just below the smallest effect cannot be decided by any sensible number.
    let close = try ClaimTest(
      treatment: noisy, floors: [.init(name: "base", constant: 0.2)],
      smallestEffect: mean - 0.2 + 0.001
    ).evaluate()
    #expect(close.seedsToDecide == nil)
    // Too few seeds for the level, though nothing overlaps.
    let few = try ClaimTest(
      treatment: [1, 1, 1], floors: [.init(name: "base", constant: 0)], smallestEffect: 0.3
    ).evaluate()
    #expect(few.verdict == .inconclusive)
    #expect(few.seedsToDecide == 5)
    let single = try ClaimTest(
      treatment: [1], floors: [.init(name: "base", constant: 0)], smallestEffect: 0.3
    ).evaluate()
    #expect(single.verdict == .inconclusive)
    #expect(single.seedsToDecide == nil)
  }

  @Test func decimalFractionsDoNotMissTheSmallestEffectByRounding() throws {
    let result = try ClaimTest(
      treatment: [0.7, 0.7, 0.7, 0.7, 0.7], floors: [.init(name: "base", constant: 0.4)],
      smallestEffect: 0.3
    ).evaluate()
    #expect(result.verdict == .supported)
  }

  @Test func badInputIsAnError() {
    let floor = ClaimTest.Floor(name: "base", constant: 0)
    let bad = [
      ClaimTest(treatment: [], floors: [floor], smallestEffect: 0.1),
      ClaimTest(treatment: [.nan], floors: [floor], smallestEffect: 0.1),
      ClaimTest(treatment: [0.1], floors: [], smallestEffect: 0.1),
      ClaimTest(treatment: [0.1], floors: [floor], smallestEffect: -0.1),
      ClaimTest(treatment: [0.1], floors: [floor], level: 0, smallestEffect: 0.1),
      ClaimTest(treatment: [0.1], floors: [floor], smallestEffect: 0.1, intervalLevel: 1),
      ClaimTest(treatment: [2], floors: [floor], smallestEffect: 0.1),
      ClaimTest(
        treatment: [0.1], floors: [.init(name: "sham", pairedSeedMeans: [0.1, 0.2])],
        smallestEffect: 0.1),
    ]
    for claim in bad {
      #expect(throws: StatisticsError.self) { try claim.evaluate() }
    }
  }
}
