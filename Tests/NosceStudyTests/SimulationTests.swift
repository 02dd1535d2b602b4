import Foundation
import NosceCore
import NosceExperiment
import NosceStatistics
import NosceStudy
import NosceTestSupport
import Testing

/// Simulated blocks, small and with fixed seeds.
@Suite struct SimulationTests {
  /// Closed forms, where there are some.
  static let means: [(SeedDistribution, Double)] = [
    (.normal, 0.5), (.skewed, 0.2), (.skewedUp, 0.8), (.farSkewed, 1 / 21), (.heavyTails, 0.5),
    (.allOrNothing, 0.5), (.tenAnswers, 0.9), (.rareHits, 0.02), (.learners, 0.27),
  ]

  @Test(arguments: means)
  func aDistributionHasTheMeanOfItsClosedForm(_ distribution: SeedDistribution, _ mean: Double) {
    // The quantiles of u to the twentieth are far apart at the end: half a step of 1 / 20,000.
    #expect(abs(distribution.mean() - mean) < 0.001)
  }

  @Test(arguments: SeedDistribution.allCases)
  func scoresAreInTheirRangeRiseAndTieWhereTheyCount(_ distribution: SeedDistribution) {
    let scores = (-300...300).map { distribution.score(at: Double($0) / 100) }
    #expect(scores.allSatisfy { (0...1).contains($0) })
    #expect(zip(scores, scores.dropFirst()).allSatisfy { $0 <= $1 })
    #expect((Set(scores).count < scores.count / 2) == distribution.hasTies)
    if let answers = distribution.answers {
      let hits = scores.map { $0 * Double(answers) }
      #expect(hits.allSatisfy { abs($0 - $0.rounded()) < 1e-9 })
    }
  }

  @Test func theScoresOfADrawHaveTheMeanThatIsStated() {
    var generator = SeededGenerator(seed: 5)
    for distribution in SeedDistribution.allCases {
      let count = 20_000
      let sum = (0..<count).reduce(0.0) { sum, _ in
        sum + distribution.score(at: generator.normal())
      }
      // The widest, all or nothing, has a standard error of 0.0035: four of them.
      #expect(abs(sum / Double(count) - distribution.mean()) < 0.015)
    }
  }

  @Test func aShiftIsMadeWhereTheScoreIs() {
    #expect(abs(SeedDistribution.normal.mean(shift: .own(0.1)) - 0.6) < 1e-3)
    #expect(abs(SeedDistribution.tenAnswers.mean(shift: .own(0.05)) - 0.95) < 1e-3)
    // One half at 0 nats is 0.8176 at 1.5.
    #expect(abs(SeedDistribution.allOrNothing.mean(shift: .logOdds(1.5)) - 0.8176) < 1e-3)
    #expect(SeedDistribution.skewed.mean(shift: .logOdds(1.5)) > SeedDistribution.skewed.mean())
  }

  @Test func aRowDoesNotDependOnThreads() async throws {
    let contrast = SimulatedContrast(.fourFloors, .skewed, blocks: 6)
    let one = try await contrast.row(30, seed: 2, threads: 1)
    #expect(try await contrast.row(30, seed: 2, threads: 3) == one)
    #expect(one.supported.of == 30 && one.coveredLogOdds.of == 30)
    #expect(try await contrast.row(30, seed: 3, threads: 1) != one)
  }

  /// With the seed fixed the counts are, too; the exact limit must admit the level, and the interval
  /// the coverage.
  @Test(arguments: [SimulatedDesign.oneFloor, .oneFloorInBlocks, .threeFloors, .constant])
  func theLevelIsKept(_ design: SimulatedDesign) async throws {
    let row = try await SimulatedContrast(design, .normal, blocks: 8).row(200, seed: 1, threads: 2)
    #expect(try row.supported.keeps(level: 0.05) && row.contrary.keeps(level: 0.05))
    #expect(row.covered.interval.map { $0.upper > 0.88 } == true)
    #expect(row.effect == 0)
  }

  /// A test of sign flips on exchangeable arms of 6 blocks has 3 of 64 arrangements at 0.05.
  @Test func theLevelIsReached() async throws {
    let row = try await SimulatedContrast(.oneFloorInBlocks, .logOdds, blocks: 6)
      .row(400, seed: 1, threads: 2)
    #expect(row.supported.interval?.contains(3.0 / 64) == true)
  }

  @Test func baseIsPairedShownBesideOrAlone() async throws {
    for (design, binding) in [
      (SimulatedDesign.fourFloors, 4), (.steadyBase, 4), (.baseBeside, 3), (.constant, 1),
    ] {
      let row = try await SimulatedContrast(design, .normal, blocks: 6).row(4, seed: 1, threads: 1)
      #expect(
        design.floors.first == "base"
          && design.floors.count == max(1, binding + (design == .baseBeside ? 1 : 0)))
      // Against a constant there are no log-odds of differences.
      #expect(row.coveredLogOdds.of == (design == .constant ? 0 : 4))
    }
  }

  @Test func whatIsThereIsFoundAndWhatIsNotIsRuledOut() async throws {
    let there = SimulatedContrast(.fourFloors, .normal, shift: .own(0.2), blocks: 8)
    #expect(try await there.row(60, seed: 1, threads: 2).supported.share ?? 0 > 0.8)
    let absent = SimulatedContrast(.fourFloors, .normal, smallestEffect: 0.2, blocks: 8)
    let row = try await absent.row(60, seed: 1, threads: 2)
    #expect(row.notSupported.share ?? 0 > 0.8 && row.supported.count == 0)
  }

  /// Seven of ten blocks at the floor: no interval of few blocks knows of the three it may not see.
  @Test func heterogeneousBlocksAreShownToMissTheirMean() async throws {
    let row = try await SimulatedContrast(
      .zeroFloor, .learners, smallestEffect: nil, blocks: 6
    ).row(200, seed: 1, threads: 2)
    #expect(abs(row.effect - 0.27) < 1e-3)
    #expect(row.covered.share ?? 1 < 0.95)
  }

  @Test func everyRowIsStoredAndReadBack() async throws {
    try await withFolder(inMemory: true) { url in
      let study = SimulationStudy(in: url, seed: 1, threads: 2)
      let contrasts = Array(SimulationStudy.powerContrasts.prefix(3))
      let first = try await study.rows(contrasts, 4, part: "power")
      #expect(first.map(\.contrast) == contrasts)
      let files = try FileManager.default.contentsOfDirectory(
        atPath: url.appending(path: "simulated").path)
      #expect(files.count == 3)
      #expect(try await study.rows(contrasts, 4, part: "power") == first)
      let squares = try await study.squares(2)
      #expect(squares.count == SquareValidation.settings.count)
      #expect(try await study.squares(2) == squares)
    }
  }

  @Test func noTwoRowsAreTheSameContrast() {
    let all = SimulationStudy.errorContrasts
    #expect(Set(all).count == all.count)
    // Every design is there with every distribution that it has, and with every number of blocks.
    for design in SimulatedDesign.allCases {
      let own = all.filter { $0.design == design }
      #expect(Set(own.map(\.distribution)) == Set(design.distributions))
      #expect(Set(own.map(\.blocks)) == Set(SimulationStudy.blocks))
      #expect(Set(own.map(\.gap)) == Set(design.gaps))
    }
  }
}
