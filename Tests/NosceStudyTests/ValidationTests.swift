import Foundation
import NosceCore
import NosceExperiment
import NosceFiles
import NosceRows
import NosceRuns
import NosceStatistics
import NosceStudy
import NosceTestSupport
import Testing

/// A tiny version of each part of `nosce validate`.
@Suite struct ValidationTests {
  let model = RuleModel()

  func experiments() throws -> ValidationExperiments {
    try ValidationExperiments(
      source: try smallExperiment(), words: miniature.words, seed: 3)
  }

  func study(_ size: ValidationStudy.Size, in folder: URL) throws -> ValidationStudy {
    ValidationStudy(try experiments(), size: size, folder: folder)
  }

  func runs(in folder: URL) throws -> ValidationRuns {
    try ValidationRuns(
      in: folder, model: model, materials: miniature, version: "test", precision: "none")
  }

  @Test func theArmsOfAnExperimentAgainstItselfShareNothing() throws {
    let experiment = try experiments().againstItself(1, seeds: 5)
    let plan = try Planner(experiment: experiment, model: model).plan()
    let treatment = plan.cells.filter { $0.arm == "treatment" }
    let floor = plan.cells.filter { $0.arm == "floor" }
    #expect(treatment.map(\.seed) == [1, 2, 3, 4, 5])
    #expect(floor.map(\.seed) == [6, 7, 8, 9, 10])
    #expect(Set(plan.cells.compactMap(\.training?.rowsHash)).count == 10)
    #expect(Set(plan.cells.compactMap(\.training?.seed)).count == 10)
    #expect(experiment.hosts.personas.count == 1)
    let other = try experiments().againstItself(2, seeds: 5)
    #expect(other.hosts.personas != experiment.hosts.personas)
    #expect(other.seed != experiment.seed)
    #expect(other.variables[0].values != experiment.variables[0].values)
  }

  @Test func bothArmsOfAnExperimentAgainstItselfAreShams() throws {
    let experiment = try experiments().againstItself(1, seeds: 5)
    let controls = experiment.arms.flatMap(\.rows).map(\.control)
    #expect(controls == [.shuffleLines, .shuffleLines])
    #expect(experiment.probes.map(\.choices?.scoring) == [.share])
    #expect(experiment.contrasts.map(\.smallestEffect) == [0])
  }

  @Test func anArmAgainstItselfGivesRatesAndGoesOnWhereItStopped() async throws {
    try await withFolder(inMemory: true) { url in
      let size = ValidationStudy.Size(contrasts: 6, simulated: 1, replicates: 1, plantedRows: [])
      let first = try await study(size, in: url).againstItself(try runs(in: url))
      #expect(first.map(\.probe) == ["choice"])
      #expect(first[0].rates.contrasts == 6 && first[0].rates.falsePositives.of == 6)
      #expect(first[0].rates.uniformity?.attainable == 252)
      let made = try RunFinder.runs(under: url)
      #expect(made.count == 6)
      for run in made {
        let adapters = run.appending(path: "adapters").path
        #expect(try FileManager.default.contentsOfDirectory(atPath: adapters).isEmpty)
      }
      // Eight contrasts: six are read, two are run.
      var more = size
      more.contrasts = 8
      let second = try await study(more, in: url).againstItself(try runs(in: url))
      #expect(second[0].rates.contrasts == 8)
      let now = try RunFinder.runs(under: url)
      #expect(now.count == 8 && Set(now.map(\.path)).isSuperset(of: made.map(\.path)))
    }
  }

  @Test func aPlantedEffectIsFoundAndItsAbsenceIsNot() async throws {
    try await withFolder(inMemory: true) { url in
      let size = ValidationStudy.Size(
        contrasts: 1, simulated: 1, replicates: 2, plantedRows: [1, 4])
      let planted = try await study(size, in: url).planted(try runs(in: url))
      #expect(planted.map(\.rows) == [1, 1, 1, 4, 4, 4])
      #expect(planted.map(\.seeds) == [5, 8, 12, 5, 8, 12])
      // The scripted model learns where every row spells the word, and only there.
      #expect(planted.suffix(3).allSatisfy { $0.power.count == 2 && $0.power.of == 2 })
      #expect(planted.suffix(3).allSatisfy { ($0.meanEstimate ?? 0) > 0.7 })
      #expect(planted.prefix(3).allSatisfy { abs($0.meanEstimate ?? 1) < 0.5 })
    }
  }

  @Test func aLimitedRecordHasTheFirstSeedsOfEachArm() async throws {
    try await withFolder(inMemory: true) { url in
      let experiment = try experiments().planted(1, replicate: 1, seeds: 12)
      let record = try await runs(in: url).record(of: experiment)
      let limited = record.limited(toSeeds: 8)
      #expect(limited.plan.cells.map(\.seed) == Array(1...8) + Array(13...20))
      #expect(limited.plan.experiment.seeds == 8 && limited.isFinished)
      #expect(limited.answers.count * 12 == record.answers.count * 8)
    }
  }

  @Test func rowsThatCannotBePlantedAreRefused() throws {
    let experiments = try experiments()
    #expect(throws: LabError.self) { try experiments.planted(5, replicate: 1, seeds: 5) }
    #expect(throws: LabError.self) {
      try ValidationExperiments(
        source: try smallExperiment(), words: miniature.words, sham: "shan")
    }
    #expect(throws: LabError.self) {
      try ValidationExperiments(
        source: try smallExperiment(), words: miniature.words, sham: "base")
    }
  }

  // MARK: Simulated seeds

  @Test(arguments: SeedDistribution.allCases)
  func aDistributionHasTheMeanThatItStates(_ distribution: SeedDistribution) {
    var generator = SeededGenerator(seed: 5)
    let count = 20_000
    let values = (0..<count).map { _ in distribution.draw(using: &generator) }
    let mean = values.reduce(0, +) / Double(count)
    // The widest, all or nothing, has a standard error of 0.0035: four of them.
    #expect(abs(mean - distribution.mean) < 0.015)
    #expect(values.allSatisfy { (0...1).contains($0) })
    #expect((Set(values).count < count / 2) == distribution.hasTies)
  }

  @Test func simulatedContrastsDoNotDependOnThreads() async throws {
    let block = SimulatedSeeds(design: .oneFloor, distribution: .skewed, seed: 2)
    let one = try await block.block(30, threads: 1)
    let three = try await block.block(30, threads: 3)
    #expect(one == three)
    #expect(one.rates.contrasts == 30 && one.meansCovered.of == 30)
  }

  /// With the seed fixed the counts are, too; the exact interval must admit the level.
  @Test(arguments: [SimulatedSeeds.Design.oneFloor, .threeFloors, .threeFloors])
  func theLevelIsKept(_ design: SimulatedSeeds.Design) async throws {
    let block = try await SimulatedSeeds(design: design, distribution: .normal, seed: 1)
      .block(200, threads: 2)
    let rate = try #require(block.rates.falsePositives.interval)
    #expect(rate.lower <= 0.05)
    #expect(block.rates.supported == block.rates.falsePositives)
    if design == .oneFloor {
      let uniformity = try #require(block.rates.uniformity)
      #expect(uniformity.largestExcess < uniformity.bound)
      #expect(block.rates.covered.share.map { $0 > 0.8 } == true)
    }
  }

  @Test func everyBlockIsStoredAndReadBack() async throws {
    try await withFolder(inMemory: true) { url in
      let size = ValidationStudy.Size(contrasts: 1, simulated: 32, replicates: 1, plantedRows: [])
      let first = try await study(size, in: url).simulated(threads: 2)
      #expect(first.count == 4 * SeedDistribution.allCases.count)
      #expect(first.filter { $0.design == .oneFloor }.allSatisfy { $0.rates.contrasts == 4 })
      let files = try FileManager.default.contentsOfDirectory(
        atPath: url.appending(path: "simulated").path)
      #expect(files.count == first.count)
      #expect(try await study(size, in: url).simulated(threads: 1) == first)
    }
  }
}

@Suite struct FirstSeedTests {
  @Test func anArmCanHaveSeedsOfItsOwn() throws {
    let text = try smallFile(
      replacing: "rows: {same_as: treatment, control: shuffle-lines}",
      with: "rows: {same_as: treatment, control: shuffle-lines}\n    first_seed: 6")
    let experiment = try ExperimentFile.decode(text, file: "small.yaml")
    let plan = try Planner(experiment: experiment, model: RuleModel()).plan()
    #expect(plan.cells.filter { $0.arm == "sham" }.map(\.seed) == [6, 7, 8, 9, 10])
    #expect(plan.cells.filter { $0.arm == "twin" }.map(\.seed) == [1, 2, 3, 4, 5])
  }

  @Test func badNumbersAndPairingsAreRefused() throws {
    let bad = try smallFile(
      replacing: "role: sham\n", with: "role: sham\n    first_seed: 0\n")
    #expect(problems(in: bad).contains { $0.message.contains("first_seed") })
    let base = try smallFile(replacing: "role: base\n", with: "role: base\n    first_seed: 2\n")
    #expect(problems(in: base).contains { $0.message.contains("a seed of a base arm") })
    var experiment = try smallExperiment()
    experiment.arms[2].firstSeed = 6
    let error = #expect(throws: LabError.self) { try ExperimentCheck.check(experiment) }
    #expect(error?.message.contains("first_seed") == true)
  }

  @Test func theUsualFirstSeedIsOne() throws {
    let said = try ExperimentFile.decode(
      smallFile(replacing: "role: treatment\n", with: "role: treatment\n    first_seed: 1\n"),
      file: "small.yaml")
    #expect(said == (try smallExperiment()))
    #expect(Fingerprint.hash(of: said) == Fingerprint.hash(of: try smallExperiment()))
  }
}
