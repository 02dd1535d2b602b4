import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRuns
import NosceStatistics
import NosceStudy
import NosceTestSupport
import NosceVerdicts
import Testing

@Suite struct ForecastTests {
  let model = RuleModel()

  func make(
    _ probabilities: [String: Double] = ["names it": 0.25, "says it": 0.5], by name: String = "ada",
    of experiment: Experiment? = nil, afterTheFact: Bool = false, date: Date = .distantPast
  ) throws -> SealedForecast {
    try SealedForecast(
      forecaster: name, of: try experiment ?? smallExperiment(), text: smallFile,
      subject: .init(name: model.name, contentHash: model.identity.contentHash),
      probabilities: probabilities, afterTheFact: afterTheFact, date: date)
  }

  // MARK: The seal

  @Test func aSealedForecastReadsBackAsItWas() throws {
    try withFolder(inMemory: true) { url in
      let forecast = try make()
      let file = try ForecastFolder(url).write(forecast)
      #expect(try SealedForecast.read(file) == forecast)
      #expect(forecast.seal.count == 64)
      #expect(forecast.experiment.contentHash == Fingerprint.hash(of: try smallExperiment()))
      #expect(forecast.experiment.text == smallFile)
      #expect(forecast.probabilities.map(\.contrast) == ["names it", "says it"])
    }
  }

  @Test(arguments: [
    ("0.25", "0.75"), ("ada", "eve"), ("\"afterTheFact\" : false", "\"afterTheFact\" : true"),
    ("Can it name its word?", "Can it name its words?"), ("{\n", "{\n\n"),
    ("0.25", "0.250"), ("\"schema\"", "\"more\" : 1, \"schema\""),
  ])
  func aChangedFileIsNoticed(_ text: String, _ other: String) throws {
    try withFolder(inMemory: true) { url in
      let file = try ForecastFolder(url).write(try make())
      let written = try String(contentsOf: file, encoding: .utf8)
      let changed = written.replacingOccurrences(of: text, with: other)
      try #require(changed != written)
      try Data(changed.utf8).write(to: file)
      let error = #expect(throws: LabError.self) { try SealedForecast.read(file) }
      #expect(error?.message.contains("the seal is broken") == true)
      #expect(error?.message.contains(file.path) == true)
    }
  }

  @Test(arguments: ["", "{", "[]", "{\"schema\": 3}", "{\"schema\": \"nosce-forecast-1\"}", "null"])
  func aDamagedFileIsNamed(_ text: String) throws {
    try withFolder(inMemory: true) { url in
      let file = url.appending(path: "x.json")
      try Data(text.utf8).write(to: file)
      let error = #expect(throws: LabError.self) { try SealedForecast.read(file) }
      #expect(error?.message.hasPrefix(file.path) == true)
      #expect(error?.message.contains("found no sealed forecast") == true)
      let readings = ForecastFolder(url).readings()
      #expect(readings.count == 1 && readings[0].problem != nil)
    }
  }

  @Test func aFileOfAnotherVersionIsNamed() throws {
    try withFolder(inMemory: true) { url in
      let file = url.appending(path: "x.json")
      try Data("{\"schema\": \"nosce-forecast-9\"}".utf8).write(to: file)
      let error = #expect(throws: LabError.self) { try SealedForecast.read(file) }
      #expect(error?.message.contains("found 'nosce-forecast-9'") == true)
    }
  }

  @Test(arguments: [1.2, -0.1, .nan, .infinity])
  func whatIsNoProbabilityIsRefused(_ value: Double) {
    let error = #expect(throws: LabError.self) { try make(["names it": value]) }
    #expect(error?.message.contains("allowed: a probability, 0 to 1") == true)
  }

  @Test func unknownContrastsAndNamesAreRefused() {
    let unknown = #expect(throws: LabError.self) { try make(["names": 0.5]) }
    #expect(unknown?.message.contains("found the contrast 'names'") == true)
    #expect(unknown?.message.contains("names it, says it") == true)
    #expect(throws: LabError.self) { try make([:]) }
    for name in ["", "  ", "a\nb", String(repeating: "a", count: 101)] {
      #expect(throws: LabError.self) { try make(by: name) }
    }
  }

  @Test func aForecasterHasOneForecast() throws {
    try withFolder(inMemory: true) { url in
      let folder = ForecastFolder(url)
      _ = try folder.write(try make())
      let error = #expect(throws: LabError.self) { try folder.write(try make(["says it": 1])) }
      #expect(error?.message.contains("allowed: one for each forecaster") == true)
      _ = try folder.write(try make(by: "eve"))
      _ = try folder.write(try make(of: try smallExperiment().applying(seeds: 6)))
      #expect(folder.readings().count == 3)
    }
  }

  // MARK: Scores

  /// Runs the small experiment in a folder that has forecasts.
  func run(
    _ forecasts: [SealedForecast], script: RuleModel.Script = .init(),
    options: Plan.Options = .init(), experiment: Experiment? = nil,
    change: (URL) throws -> Void = { _ in }
  ) async throws -> RunSummary {
    try await withFolder(inMemory: true) { url in
      let model = RuleModel(script: script)
      let sealed = ForecastFolder(url.appending(path: "forecasts"))
      for forecast in forecasts { _ = try sealed.write(forecast) }
      let plan = try Planner(
        experiment: try experiment ?? smallExperiment(), options: options, model: model
      ).plan()
      let folder = try RunFolder.create(
        in: url.appending(path: "runs"), plan: plan, experimentText: smallFile,
        provenance: try .now(version: "test", plan: plan, threads: 1, precision: "none"),
        prepare: { _ = try sealed.copy(for: plan, into: $0) })
      try await Runner(folder: folder, model: model).run()
      try change(folder.url)
      return try await Summariser(
        RunRecord(folder), command: "", forecasts: ForecastFolder(run: folder.url).readings()
      ).summary()
    }
  }

  @Test func forecastsAreScoredAgainstTheVerdicts() async throws {
    let summary = try await run([try make(), try make(["names it": 1], by: "eve")])
    #expect(summary.contrasts.map(\.verdict) == [.stronglySupported, .stronglySupported])
    let forecasts = try #require(summary.forecasts)
    #expect(forecasts.map(\.forecaster) == ["ada", "eve"])
    let ada = forecasts[0]
    #expect(ada.scored == 2 && ada.items.map(\.happened) == [true, true])
    #expect(ada.items.map(\.surprise) == [2, 1])
    #expect(ada.logScore == 1.5)
    #expect(abs((ada.brier ?? 0) - (0.5625 + 0.25) / 2) < 1e-12)
    #expect(forecasts[1].brier == 0 && forecasts[1].logScore == 0)
  }

  @Test func aRecipeThatIsFoundAfterwardsMakesNoOtherExperiment() async throws {
    var found = try smallExperiment()
    found.training.calibrated = .init(
      candidate: .init(learningRate: 1e-3, steps: 4), hash: "abc", trainings: 3)
    let summary = try await run([try make()], experiment: found)
    #expect(summary.forecasts?.first?.scored == 2)
    // One that is given by hand does.
    var overrides = TrainingOverrides()
    overrides.steps = 4
    found.training.byHand = .init(text: "steps=4", overrides: overrides)
    #expect(try await run([try make()], experiment: found).forecasts == nil)
  }

  @Test func whatWasCalledImpossibleIsInfinitelySurprising() async throws {
    let summary = try await run([try make(["names it": 0])])
    #expect(summary.forecasts?[0].items[0].surprise == .infinity)
    #expect(summary.forecasts?[0].brier == 1)
  }

  @Test func whatIsNotTestableIsVoid() async throws {
    // A scripted model of another script is another model, so the forecast names that one.
    let script = RuleModel.Script(logitChange: 0)
    let other = RuleModel(script: script)
    let sealed = try SealedForecast(
      forecaster: "ada", of: try smallExperiment(), text: smallFile,
      subject: .init(name: other.name, contentHash: other.identity.contentHash),
      probabilities: ["names it": 0.25], afterTheFact: false, date: .distantPast)
    let summary = try await run([sealed], script: script)
    #expect(summary.verdict.kind == .notTestable)
    let forecast = try #require(summary.forecasts?.first)
    #expect(forecast.scored == 0 && forecast.brier == nil && forecast.items[0].happened == nil)
  }

  @Test func exploratoryIsVoid() async throws {
    let few = try smallExperiment().applying(seeds: 2)
    let summary = try await run(
      [try make(of: few)], options: .init(exploratory: true), experiment: few)
    #expect(summary.forecasts?.first?.scored == 0)
    #expect(summary.forecasts?.first?.items.count == 2)
  }

  @Test func afterTheFactIsShownAndNotScored() async throws {
    let summary = try await run([
      try make(afterTheFact: true), try make(by: "late", date: .distantFuture),
    ])
    let forecasts = try #require(summary.forecasts)
    #expect(forecasts.map(\.afterTheFact) == [true, true])
    #expect(forecasts.allSatisfy { $0.scored == 0 && $0.brier == nil })
    #expect(forecasts[0].items.map(\.probability) == [0.25, 0.5])
  }

  @Test func forecastsOfOtherExperimentsAndModelsAreLeftAlone() async throws {
    let other = RuleModel(script: .init(naming: 0.5))
    let ofOther = try SealedForecast(
      forecaster: "ada", of: try smallExperiment(), text: smallFile,
      subject: .init(name: other.name, contentHash: other.identity.contentHash),
      probabilities: ["names it": 0.25], afterTheFact: false)
    let summary = try await run([
      ofOther, try make(of: try smallExperiment().applying(seeds: 6)),
    ])
    #expect(summary.forecasts == nil)
  }

  @Test func aSealBrokenInsideTheRunIsToldAndTheResultStays() async throws {
    let summary = try await run([try make()]) { run in
      let folder = run.appending(path: "forecasts")
      let name = try FileManager.default.contentsOfDirectory(atPath: folder.path)[0]
      let file = folder.appending(path: name)
      let text = try String(contentsOf: file, encoding: .utf8)
      try Data(text.replacingOccurrences(of: "0.25", with: "0.99").utf8).write(to: file)
    }
    #expect(summary.verdict.kind == .stronglySupported)
    let forecast = try #require(summary.forecasts?.first)
    #expect(forecast.problem?.contains("the seal is broken") == true)
    #expect(forecast.scored == 0 && forecast.items.isEmpty)
  }

  @Test func aForecastCopiedIntoTwoRunsCountsOnce() async throws {
    let summary = try await run([try make()])
    let book = try ForecastBook([summary, summary])
    #expect(book.entries.count == 2 && book.runs == 2)
    #expect(book.forecasters.map(\.name) == ["ada"])
    #expect(book.everybody?.count == 2 && book.everybody?.logScore == 1.5)
    let void = try ForecastBook([try await run([try make(afterTheFact: true)])])
    #expect(void.entries.isEmpty && void.everybody == nil && void.afterTheFact == 2)
  }

  // MARK: The subject itself

  @Test func aSubjectIsAskedUnderEachPersonaAndInBothOrders() async throws {
    let experiment = try smallExperiment()
    let questions = try await SubjectForecaster(
      experiment: experiment, model: model
    ).questions()
    // Two contrasts, two personas, two orders.
    #expect(questions.count == 8)
    #expect(Set(questions.map(\.contrast)) == ["names it", "says it"])
    #expect(Set(questions.compactMap { $0.messages.first?.content }).count == 2)
    #expect(questions.count { $0.messages.last?.content.hasSuffix("No or Yes.") == true } == 4)
    // A scripted base says no: log-probabilities of -3 against -0.1.
    let expected = 1 / (1 + exp(2.9))
    let shares = SubjectForecaster.probabilities(questions)
    #expect(shares.count == 2)
    for share in shares.values { #expect(abs(share - expected) < 1e-9) }
  }
}
