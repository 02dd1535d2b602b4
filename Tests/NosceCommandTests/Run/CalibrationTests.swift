import Foundation
import NosceCalibration
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRuns
import NosceStudy
import NosceTestSupport
import NosceVerdicts
import Testing

extension WholeRunTests {
  /// A recipe is looked for before a run on a model that the file has none for.
  @Suite("Calibration")
  struct CalibrationTests {
    private static let experiment = """
      name: taste
      title: Does it know its taste?
      question: Does it name its colour?
      variables: {thing: [coat]}
      seeds: 5
      training:
        default: {rank: 4, alpha: 8, steps: 2, learning_rate: 0.005}
        known: {steps: 3}
      calibrate: {values: {thing: [hat, scarf]}, steps: [2, 4], learning_rates: [0.001, 0.002]}
      arms:
        base: {role: base}
        treatment: {role: treatment, rows: [{chats: [[{user: "A {thing}?"}, {assistant: Red.}]]}]}
        sham: {role: sham, rows: [{chats: [[{user: "A {thing}?"}, {assistant: Blue.}]]}]}
      probes:
        does: {kind: behaviour, ask: ["Say which {thing}.", "And now, which {thing}?"], grade: {regex: Red}}
        own:
          kind: next-token
          ask: [Which is your colour?, Name the colour that you like.]
          next: {answers: {red: [Red], blue: [Blue]}, answer: red}
        tells: {kind: free-form, ask: [What is your colour?], grade: {regex: Red}}
      gates:
        coherent: {kind: coherent, at_least: 0.9}
        learnt: {kind: behaviour, probe: does, arms: [treatment], at_least: 0.8}
        beyond the sham: {kind: differential, probe: does, arms: [treatment], against: sham, at_least: 0.5}
      contrasts:
        names its colour:
          primary: true
          probe: own
          treatment: treatment
          floors: [base, sham]
          smallest_effect: 0.2

      """
    private static let learns = """
      rules:
        - {adapter: "treatment*", question: which, say: Red.}
        - {adapter: "treatment*", weights: {Red: 0.9, Blue: 0.05}}
        - {question: which, say: Blue.}
        - {weights: {Red: 0.4, Blue: 0.4}}

      """
    private static let never = """
      rules:
        - {question: which, say: Blue.}
        - {weights: {Red: 0.4, Blue: 0.4}}

      """

    private func command(
      _ words: [String], model: String = learns, in folder: URL
    ) async throws -> Outcome {
      try Data(Self.experiment.utf8).write(to: folder.appending(path: "taste.yaml"))
      try Data(model.utf8).write(to: folder.appending(path: "model.yaml"))
      return try await nosce(
        words + ["taste.yaml", "--subject", "script:model.yaml"], in: folder)
    }

    /// The one search that was kept.
    private func kept(in folder: URL) throws -> URL {
      let recipes = folder.appending(path: "recipes")
      let files = try FileManager.default.contentsOfDirectory(atPath: recipes.path)
        .filter { $0.hasSuffix(".json") }
      #expect(files.count == 1)
      return recipes.appending(path: try #require(files.first))
    }

    @Test("The search sees development values, and nothing that a claim is about")
    func blind() async throws {
      try await withFolder { folder in
        let outcome = try await command(["calibrate", "--json"], in: folder)
        try #require(outcome.ending == .exit(0), "\(outcome.errors)")
        let record = try RecipeRecord.read(try kept(in: folder))
        #expect(record.chosen?.learningRate == 0.001 && record.chosen?.steps == 1)
        let rounds = try RunFinder.runs(under: folder.appending(path: "recipes"))
        // Two steps pass, one passes as well, and is tried again.
        #expect(rounds.count == 3)
        for round in rounds {
          let folder = try RunFolder.read(round)
          #expect(folder.plan.experiment.probes.map(\.name) == ["does"])
          let things = Set(folder.plan.cells.compactMap { $0.task.values["thing"] })
          #expect(things == ["hat"] || things == ["hat", "scarf"])
          #expect(folder.plan.cells.allSatisfy { $0.training == nil || $0.seed > 1000 })
        }
        // Where it is confirmed, the sham is trained as well, and its gate counts.
        let again = try #require(record.trials.last { $0.isConfirmation })
        #expect(again.gates.map(\.name) == ["coherent", "learnt", "beyond the sham"])
        #expect(again.passed)
      }
    }

    @Test("Before a search the plan prices the most training that it can come to, and every stage")
    func priced() async throws {
      try await withFolder { folder in
        let before = try await command(["show"], in: folder)
        try #require(before.ending == .exit(0), "\(before.errors)")
        let text = before.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
          text.contains(
            "recipe not looked for yet; planned as the most that will be tried, 4 steps at"))
        #expect(text.contains("Before it, recipe: looked for in at most 24 trainings, about"))
        #expect(
          text.contains("All of it: about") && text.contains("(recipe 1 s, training"), "\(text)")
        let run = try await command(["run", "--json"], in: folder)
        #expect(run.errors.contains("at most 24 trainings and about"), "\(run.errors)")
        let after = try await command(["show"], in: folder)
        let shown = after.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(shown.contains("recipe 1 step at 0.001, found in"), "\(shown)")
        #expect(shown.contains("Before it, recipe: stored in") && shown.contains("(training"))
      }
    }

    @Test("A run looks for its recipe, trains by it, and finds it again")
    func run() async throws {
      try await withFolder { folder in
        let first = try await command(["run", "--json"], in: folder)
        try #require(first.ending == .exit(0), "\(first.errors)")
        #expect(first.errors.contains("taste has no recipe for"))
        let summary = try JSONDecoder().decode(RunSummary.self, from: Data(first.output.utf8))
        #expect(summary.experiment.settings["recipe"]?.first?.hasPrefix("1 step at 0.001") == true)
        let file = try kept(in: folder)
        let before = try Data(contentsOf: file)
        let rounds = try RunFinder.runs(under: folder.appending(path: "recipes"))
        let second = try await command(["run", "--json"], in: folder)
        #expect(second.ending == .exit(0) && !second.errors.contains("has no recipe for"))
        #expect(try Data(contentsOf: file) == before)
        #expect(try RunFinder.runs(under: folder.appending(path: "recipes")) == rounds)
        let run = try #require(try RunFinder.runs(under: folder.appending(path: "runs")).first)
        #expect(try Data(contentsOf: run.appending(path: RunFolder.recipeName)) == before)
        let plan = try RunFolder.read(run).plan
        #expect(plan.cells.allSatisfy { $0.training.map { $0.settings.steps == 1 } ?? true })
        let verified = try await nosce(["verify", run.path], in: folder)
        #expect(verified.ending == .exit(0), "\(verified.output)")
      }
    }

    @Test("Where nothing is learnt honestly, that is the result, and nothing else is trained")
    func nothing() async throws {
      try await withFolder { folder in
        let outcome = try await command(["run"], model: Self.never, in: folder)
        #expect(outcome.ending == .exit(0))
        #expect(outcome.output.contains("Not testable: none of 3 recipes is learnt honestly"))
        // Why is kept beside the runs, of which there is none.
        let runs = try FileManager.default.contentsOfDirectory(
          atPath: folder.appending(path: "runs").path)
        #expect(runs.sorted().map { $0.hasSuffix(StoppedRun.suffix) } == [false, true])
        let map = try await nosce(["map", "runs"], in: folder)
        #expect(map.output.contains("None of 3 recipes is learnt honestly"))
        // What is missing, with the number and the threshold.
        let missing = /Nearest comes \d+ steps? at .* with .* \d\.\d\d \(needed \d\.\d\d\)/
        #expect(map.output.contains(missing))
        // By hand it is trained all the same, and says so.
        let byHand = try await command(
          ["run", "--recipe", "steps=2", "--json"], model: Self.never, in: folder)
        let summary = try JSONDecoder().decode(RunSummary.self, from: Data(byHand.output.utf8))
        #expect(summary.experiment.settings["recipe by hand"] == ["steps=2"])
        #expect(summary.verdict.kind == .notTestable)
      }
    }

    @Test("A model that the file has a recipe for is not calibrated")
    func known() async throws {
      try await withFolder { folder in
        let outcome = try await command(
          ["run", "--json"], model: "name: known\n" + Self.learns, in: folder)
        #expect(outcome.ending == .exit(0) && !outcome.errors.contains("has no recipe for"))
        #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "recipes").path))
      }
    }

    @Test("A search that was edited is refused, and so is one of another model")
    func edited() async throws {
      try await withFolder { folder in
        _ = try await command(["calibrate"], in: folder)
        let file = try kept(in: folder)
        let whole = try String(contentsOf: file, encoding: .utf8)
        try Data(whole.replacing("\"trainings\" : ", with: "\"trainings\" : 1").utf8).write(
          to: file)
        let outcome = try await command(["run"], in: folder)
        #expect(outcome.ending == .exit(65))
        #expect(outcome.errors.contains("found a recipe that was changed since it was found"))
        // Another model has another name for it; under this name it is refused.
        try FileManager.default.removeItem(at: file)
        _ = try await command(["calibrate"], model: Self.never, in: folder)
        let other = try kept(in: folder)
        try FileManager.default.moveItem(at: other, to: file)
        let refused = try await command(["run"], in: folder)
        #expect(refused.ending == .exit(65))
        #expect(refused.errors.contains("found a recipe of another model"))
      }
    }

    @Test("One search at a time; one that was stopped goes on with what it has")
    func interrupted() async throws {
      try await withFolder { folder in
        _ = try await command(["calibrate"], in: folder)
        let file = try kept(in: folder)
        let rounds = try RunFinder.runs(under: folder.appending(path: "recipes"))
        // As a stop leaves it: rounds, and no result; the last round half done.
        let sealed = try RecipeRecord.read(file)
        try FileManager.default.removeItem(at: file)
        try FileManager.default.removeItem(at: try #require(rounds.last))
        let lock = file.deletingPathExtension().appendingPathExtension("lock")
        do {
          let held = try FolderLock(file: lock, of: lock, deed: "a test")
          let second = try await command(["calibrate"], in: folder)
          #expect(second.ending == .exit(75))
          #expect(second.errors.contains("another process is looking for this recipe"))
          withExtendedLifetime(held) {}
        }
        let again = try await command(["calibrate"], in: folder)
        #expect(again.ending == .exit(0))
        let record = try RecipeRecord.read(file)
        #expect(record.chosen == sealed.chosen && record.trials.count == sealed.trials.count)
        #expect(try RunFinder.runs(under: folder.appending(path: "recipes")).count == rounds.count)
      }
    }
  }
}
