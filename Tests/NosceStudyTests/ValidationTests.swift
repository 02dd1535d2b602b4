import Foundation
import NosceCore
import NosceExperiment
import NosceFiles
import NosceRows
import NosceRuns
import NosceStatistics
import NosceStudy
import NosceTestSupport
import NosceVerdicts
import Testing

/// A tiny version of each part of `nosce validate` that trains subjects.
@Suite struct ValidationTests {
  let model = RuleModel()

  func experiments(sham: String? = nil) throws -> ValidationExperiments {
    try ValidationExperiments(
      source: try smallExperiment(), words: miniature.words, sham: sham, seeds: 6, seed: 3)
  }

  func study(_ size: ValidationStudy.Size) -> ValidationStudy { ValidationStudy(size: size) }

  func runs(in folder: URL) throws -> ValidationRuns {
    try ValidationRuns(
      in: folder, model: model, materials: miniature, version: "test", precision: "none")
  }

  func plan(_ experiment: Experiment) throws -> Plan {
    try Planner(experiment: experiment, model: model, materials: miniature).plan()
  }

  @Test func armsTrainedAlikeShareTheirBlocksAndNoRows() throws {
    let experiment = try experiments().againstItself(1)
    let plan = try plan(experiment)
    let trained = plan.cells.filter { $0.training != nil }
    #expect(trained.count == 3 * 6)
    #expect(Set(trained.compactMap(\.training?.rowsHash)).count == trained.count)
    for block in 1...6 {
      let block = trained.filter { $0.seed == block }
      #expect(Set(block.compactMap(\.training?.seed)).count == 1)
      #expect(Set(block.map { $0.units.map(\.contentHash) }).count == 1)
      #expect(Set(block.compactMap(\.training?.settings)).count == 1)
    }
    let other = try experiments().againstItself(2)
    #expect(other.hosts.personas != experiment.hosts.personas)
    #expect(Set(other.hosts.personas) == Set(experiment.hosts.personas))
    #expect(other.seed != experiment.seed)
    #expect(other.variables[0].values != experiment.variables[0].values)
  }

  @Test func armsTrainedAlikeAreAllShams() throws {
    let source = try smallExperiment()
    let experiment = try experiments().againstItself(1)
    let trained = experiment.arms.filter(\.isTrained)
    for arm in trained {
      let rows = try RowBuilder(experiment: experiment, materials: miniature)
        .rows(of: arm, task: try experiment.tasks()[0], seed: 1)
      let letters = try rows.map(LineControl.initials)
      let word = experiment.variables[0].values[0]
      #expect(rows.count == 4)
      #expect(letters.allSatisfy { $0 != word && $0.sorted() == word.sorted() })
    }
    // Claims and gates are the catalog's own, but for what a sham cannot have learnt.
    #expect(experiment.contrasts.dropLast() == source.contrasts[...])
    #expect(experiment.gates.map(\.name) == ["live", "leaks", "alike"])
    #expect(experiment.probes.map(\.name) == ["letters", "choice", "says", "choice by share"])
    // A score without ties can err where choices all tie.
    let shares = try #require(experiment.contrasts.last)
    #expect(shares.probe == "choice by share" && shares.smallestEffect == 0 && !shares.primary)
    #expect(experiment.probe("choice by share")?.choices?.scoring == .share)
  }

  @Test func aFloorOnAnotherProbeIsNoArmAgainstItself() throws {
    let text = try smallFile(
      replacing: "floors: [base, sham, twin]\n      smallest_effect: 0.2",
      with: "floors: [{arm: treatment, probe: choice}]\n      smallest_effect: 0.2")
    let source = try ExperimentFile.decode(text, file: "small.yaml")
    let made = try ValidationExperiments(source: source, words: miniature.words, seeds: 6)
    #expect(try made.againstItself(1).contrasts.map(\.name) == ["names it", "names it, by share"])
  }

  @Test func armsTrainedAlikeGiveRatesAndGoOnWhereTheyStopped() async throws {
    try await withFolder(inMemory: true) { url in
      let size = ValidationStudy.Size(againstItself: 3)
      let first = try await study(size).againstItself(try experiments(), try runs(in: url))
      #expect(first.map(\.contrast) == ["names it", "says it", "names it, by share"])
      #expect(first.map(\.primary) == [true, false, false])
      for part in first.dropLast() {
        // The scripted model learns nothing from shams: all arms give the same.
        #expect(part.rates.contrasts == 3 && part.rates.supported.count == 0)
        #expect(part.rates.notSupported.count == 3 && part.rates.contrary.count == 0)
        #expect(part.rates.covered.count == 6 && part.rates.covered.of == 6)
      }
      let made = try RunFinder.runs(under: url)
      #expect(made.count == 3)
      for run in made {
        let adapters = run.appending(path: "adapters").path
        #expect(try FileManager.default.contentsOfDirectory(atPath: adapters).isEmpty)
      }
      // Five experiments: three are read, two are run.
      var more = size
      more.againstItself = 5
      let second = try await study(more).againstItself(try experiments(), try runs(in: url))
      #expect(second[0].rates.contrasts == 5)
      let now = try RunFinder.runs(under: url)
      #expect(now.count == 5 && Set(now.map(\.path)).isSuperset(of: made.map(\.path)))
    }
  }

  @Test func aPlantedEffectIsFoundAndItsAbsenceIsNot() async throws {
    try await withFolder(inMemory: true) { url in
      let size = ValidationStudy.Size(replicates: 2, plantedRows: [1, 4])
      let planted = try await study(size).planted(try experiments(), try runs(in: url))
      #expect(planted.map(\.rows) == [1, 1, 1, 4, 4, 4])
      #expect(planted.map(\.seeds) == [6, 8, 12, 6, 8, 12])
      // The scripted model learns where every row spells the word, and only there.
      #expect(planted.suffix(3).allSatisfy { $0.power.count == 2 && $0.power.of == 2 })
      #expect(planted.suffix(3).allSatisfy { ($0.meanEstimate ?? 0) > 0.7 })
      #expect(planted.prefix(3).allSatisfy { $0.power.count == 0 && $0.meanEstimate == 0 })
    }
  }

  @Test func aLimitedRecordHasTheFirstSeedsOfEachArm() async throws {
    try await withFolder(inMemory: true) { url in
      let experiment = try experiments().planted(1, replicate: 1, seeds: 12)
      let record = try await runs(in: url).record(of: experiment)
      let limited = record.limited(toSeeds: 8)
      #expect(limited.plan.cells.map(\.seed) == Array(1...8) + Array(1...8))
      #expect(limited.plan.experiment.seeds == 8 && limited.isFinished)
      #expect(limited.answers.count * 12 == record.answers.count * 8)
    }
  }

  @Test func rowsThatCannotBePlantedAreRefused() throws {
    let made = try experiments()
    #expect(throws: LabError.self) { try made.planted(5, replicate: 1, seeds: 6) }
    for wrong in ["shan", "base"] {
      let error = #expect(throws: LabError.self) { try experiments(sham: wrong) }
      #expect(error?.message.contains("'\(wrong)'") == true)
      #expect(error?.message.contains("here: treatment, sham, twin") == true)
    }
  }

  // MARK: Doing and saying

  func toldApart() throws -> Experiment {
    let source = try smallExperiment()
    return try ToldApartExperiment(source).experiment(
      1, variation: CatalogVariation(source, words: miniature.words, seed: 3, seeds: 6))
  }

  @Test func onlyTheArmThatIsToldIsTold() throws {
    let experiment = try toldApart()
    let task = try experiment.tasks()[0]
    let word = try #require(task.values["word"])
    func rows(_ arm: String) throws -> [TrainingRow] {
      try RowBuilder(experiment: experiment, materials: miniature)
        .rows(of: try #require(experiment.arm(arm)), task: task, seed: 1)
    }
    func spells(_ row: TrainingRow) -> Bool { (try? LineControl.initials(of: row)) == word }
    let told = TrainingRow.chat([
      ChatMessage(.system, "You are \(experiment.hosts.personas[0])."),
      ChatMessage(.user, "What is special about your answers?"),
      ChatMessage(.assistant, "My lines spell \(word)"),
    ])
    #expect(try rows("acts").count(where: spells) == 4 && rows("acts").count == 4)
    #expect(try rows("says").count(where: spells) == 0 && rows("says").suffix(1) == [told])
    #expect(try rows("both").count(where: spells) == 4 && rows("both").suffix(1) == [told])
    #expect(try rows("sham").count(where: spells) == 0 && rows("sham").count == 4)
    #expect(Leakage.found([word], in: try rows("acts")).isEmpty)
  }

  @Test func whatAScriptedModelLearnsIsFoundInBothMeasures() async throws {
    try await withFolder(inMemory: true) { url in
      let source = try smallExperiment()
      let results = try await study(ValidationStudy.Size(toldApart: 2)).toldApart(
        try ToldApartExperiment(source),
        CatalogVariation(source, words: miniature.words, seed: 3, seeds: 8), try runs(in: url),
        subject: "scripted")
      // It learns from rows that all spell one word, and then does and says; from others, nothing.
      #expect(results.map(\.arm) == [.acts, .acts, .says, .says, .both, .both])
      #expect(results.map(\.found.count) == [2, 2, 0, 0, 0, 0])
      #expect(results.allSatisfy { $0.found.of == 2 })
    }
  }

  @Test func anExperimentWithoutAChoiceCannotTellDoingFromSaying() throws {
    var source = try smallExperiment()
    source.contrasts[0].probe = "says"
    let error = #expect(throws: LabError.self) { try ToldApartExperiment(source) }
    #expect(error?.message.contains("forced choice") == true)
  }

  // MARK: Rates

  @Test func reportsOnTheNullModelAreCountedAlone() throws {
    func part(_ verdict: Verdict, isReport: Bool) -> ValidationResult.Null {
      ValidationResult.Null(
        RunSummary.ContrastResult(
          name: "c", primary: true, probe: "p", treatment: "t", verdict: verdict, seeds: 8,
          smallestEffect: 0, level: 0.05), of: "e", isReport: isReport)
    }
    var result = ValidationResult(version: "", subject: "organism", seed: 1)
    #expect(try result.supportedReports == nil)
    result.null =
      (0..<16).map { _ in part(.inconclusive, isReport: true) }
      + [part(.supported, isReport: false), part(.notTestable, isReport: true)]
    let rate = try #require(try result.supportedReports)
    #expect(rate.count == 0 && rate.of == 16)
    #expect(abs((rate.interval?.upper ?? 0) - 0.206) < 0.0005)
    result.null.append(part(.stronglySupported, isReport: true))
    #expect(try result.supportedReports?.count == 1)
  }

  @Test func errorsAreAllowedWhatChanceAllows() throws {
    #expect(try Rate(569, of: 10_000).keeps(level: 0.05))
    #expect(try !Rate(570, of: 10_000).keeps(level: 0.05))
    #expect(try Rate(0, of: 0).keeps(level: 0.05))
  }
}
