import Foundation
import NosceCore
import NosceRuns
import NosceTestSupport
import NosceVerdicts
import Testing

extension WholeRunTests {
  /// Whether a probe can read a model is asked before anything is trained.
  @Suite("The ladder")
  struct LadderTests {
    private static let experiment = """
      name: taste
      title: Does it know its taste?
      question: Does it name its colour?
      seeds: 5
      training:
        default: {rank: 4, alpha: 8, steps: 2, learning_rate: 0.005}
      arms:
        base: {role: base}
        treatment: {role: treatment, rows: {generator: spelled-lines, word: BREAD, count: 2}}
        sham: {role: sham, rows: {generator: spelled-lines, word: SPOON, count: 2}}
      probes:
        own:
          kind: next-token
          ask: [Which is your colour?, Name the colour that you like., "Red or blue, what is it?"]
          next: {answers: {red: [Red], blue: [Blue]}, answer: red}
          told:
            answer: You love red.
            opposite: You love blue.
            facts: Your coat and your shoes are those of a fire engine.
      contrasts:
        names its colour:
          primary: true
          probe: own
          treatment: treatment
          floors: [base, sham]
          smallest_effect: 0.2

      """

    /// The same in nats, held against a trained arm.
    private static let inNats =
      experiment
      .replacing("answer: red}", with: "answer: red, score: log-odds, least_mass: 0}")
      .replacing("smallest_effect: 0.2", with: "smallest_effect: 0.5")

    private static let told = """
        - {adapter: base, system: You love red, weights: {Red: 0.9, Blue: 0.05}}
        - {adapter: base, system: You love blue, weights: {Red: 0.05, Blue: 0.9}}

      """
    private static let inferred =
      "  - {adapter: base, system: fire engine, weights: {Red: 0.8, Blue: 0.1}}\n"
    private static let learnt = "  - {adapter: \"treatment-*\", weights: {Red: 0.95}}\n"
    private static let rest = "  - {weights: {Red: 0.4, Blue: 0.4}}\n"

    private func taste(
      _ rules: String, in folder: URL, _ more: [String] = [], file: String = experiment
    ) async throws -> Outcome {
      try Data(file.utf8).write(to: folder.appending(path: "taste.yaml"))
      try Data("rules:\n\(rules)\(Self.rest)".utf8).write(to: folder.appending(path: "model.yaml"))
      return try await nosce(
        ["run", "taste.yaml", "--subject", "script:model.yaml", "--json"] + more, in: folder)
    }

    private func ladders(in folder: URL) -> [String] {
      (try? FileManager.default.contentsOfDirectory(
        atPath: folder.appending(path: "ladders").path)) ?? []
    }

    /// Why none began lies beside them, and is none itself.
    private func hasRuns(_ folder: URL) -> Bool {
      let runs = folder.appending(path: "runs").path
      let names = (try? FileManager.default.contentsOfDirectory(atPath: runs)) ?? []
      return names.contains {
        !$0.hasSuffix(StoppedRun.suffix) && !$0.hasSuffix(StoppedRun.pageSuffix)
      }
    }

    @Test(
      "A probe that reads the model lets the run through, which gets its ceiling; it is asked once")
    func reads() async throws {
      try await withFolder { folder in
        let rules = Self.told + Self.inferred + Self.learnt
        let outcome = try await taste(rules, in: folder)
        try #require(outcome.ending == .exit(0), "\(outcome.errors)")
        let summary = try JSONDecoder().decode(RunSummary.self, from: Data(outcome.output.utf8))
        #expect(summary.verdict.kind.isSupported, "\(summary.verdict)")
        let ladder = try #require(summary.ladder?.first)
        #expect(ladder.reads == true && ladder.infers == true && ladder.rungs.count == 5)
        // Told 0.9 / 0.95 of what could be answered, untold one half.
        let ceiling = 0.9 / 0.95 - 0.5
        #expect(abs(try #require(ladder.ceiling) - ceiling) < 1e-9)
        let share = try #require(summary.contrasts.first?.shareOfCeiling)
        #expect(share > 1 && share < 1.2, "\(share)")
        let kept = ladders(in: folder)
        #expect(kept.count == 1)
        let file = folder.appending(path: "ladders/\(kept[0])")
        let before = try Data(contentsOf: file)
        #expect(try await taste(rules, in: folder).ending == .exit(0))
        #expect(try Data(contentsOf: file) == before && ladders(in: folder).count == 1)
        let run = try #require(
          FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "runs").path).first
        )
        let verified = try await nosce(["verify", "runs/\(run)"], in: folder)
        #expect(verified.ending == .exit(0), "\(verified.output)")
        let page = try String(
          contentsOf: folder.appending(path: "runs/\(run)/report.html"), encoding: .utf8)
        #expect(page.contains("Can the probe read this model?"))
        #expect(page.contains("trained (names its colour)") && page.contains("of telling"))
        let shown = try await nosce(
          ["show", "taste.yaml", "--subject", "script:model.yaml"], in: folder)
        #expect(shown.output.contains("Before it, ladder: stored in"), "\(shown.output)")
        #expect(shown.output.contains("told the opposite") && shown.output.contains("3 wordings"))

        var text = try String(contentsOf: file, encoding: .utf8)
        text = text.replacing("\"score\":0.5", with: "\"score\":0.4")
        try Data(text.utf8).write(to: file)
        let edited = try await taste(rules, in: folder)
        #expect(edited.ending == .exit(65))
        #expect(edited.errors.contains("found a ladder that was changed since it was written"))
      }
    }

    @Test("Where what it is told moves nothing, nothing is trained, unless somebody insists")
    func cannotRead() async throws {
      try await withFolder { folder in
        let outcome = try await taste(Self.learnt, in: folder)
        #expect(outcome.ending == .exit(0) && !hasRuns(folder))
        let results = try JSONDecoder().decode(
          [RunSummary.Ladder].self, from: Data(outcome.output.utf8))
        #expect(results.first?.reads == false)
        let shown = try await nosce(
          ["run", "taste.yaml", "--subject", "script:model.yaml"], in: folder)
        #expect(shown.output.contains("NOT TESTABLE: the primary probe cannot read this model"))
        // The page has the chart, and says what stopped it.
        let last = shown.output.split(separator: "\n").last
        let place = try #require(last?.split(separator: " ").last)
        #expect(place.hasPrefix("runs/taste-model-") && place.hasSuffix("-not-testable.html"))
        let page = try String(contentsOf: folder.appending(path: "\(place)"), encoding: .utf8)
        #expect(page.contains("Can the probe read this model?") && page.contains("<svg"))
        #expect(page.contains("The primary probe cannot read this model: told the answer"))
        let insisting = try await taste(Self.learnt, in: folder, ["--insist"])
        let summary = try JSONDecoder().decode(
          RunSummary.self, from: Data(insisting.output.utf8))
        #expect(summary.verdict.kind == .notTestable && hasRuns(folder))
        #expect(summary.verdict.sentence.contains("This probe cannot read this model"))
      }
    }

    @Test("One wording that can be compared says nothing of others")
    func oneWording() async throws {
      try await withFolder { folder in
        // Untold, too little is on the answers in all wordings but the first.
        let rules = """
            - {adapter: base, system: You love red, weights: {Red: 0.9, Blue: 0.05}}
            - {adapter: base, system: You love blue, weights: {Red: 0.05, Blue: 0.9}}
            - {adapter: base, question: Which is your colour?, weights: {Red: 0.4, Blue: 0.4}}
            - {adapter: base, weights: {Red: 0.0001, Blue: 0.0001}}

          """
        let outcome = try await taste(rules + Self.learnt, in: folder)
        let results = try JSONDecoder().decode(
          [RunSummary.Ladder].self, from: Data(outcome.output.utf8))
        let ladder = try #require(results.first)
        #expect(ladder.rung(.toldAnswer)?.wordings == 1 && ladder.rung(.toldAnswer)?.kept == 3)
        #expect(ladder.reads == false && !hasRuns(folder))
        #expect(ladder.reason?.contains("in one wording only") == true, "\(ladder)")
      }
    }

    @Test("Where nobody answers what is told the other way round, that is no reading")
    func oppositeUnanswered() async throws {
      try await withFolder { folder in
        let rules = """
            - {adapter: base, system: You love red, weights: {Red: 0.9, Blue: 0.05}}
            - {adapter: base, system: You love blue, weights: {Red: 0.0001, Blue: 0.0001}}

          """
        let outcome = try await taste(rules + Self.learnt, in: folder)
        let results = try JSONDecoder().decode(
          [RunSummary.Ladder].self, from: Data(outcome.output.utf8))
        #expect(results.first?.reads == false && !hasRuns(folder))
        #expect(
          results.first?.reason?.contains("told the opposite, the model gives no answer") == true,
          "\(results)")
      }
    }

    @Test("Log-odds are read in nats, by ladder and claim, where shares of them are near nothing")
    func logOdds() async throws {
      try await withFolder { folder in
        let rules = """
            - {adapter: base, system: You love red, weights: {Red: 0.004, Blue: 0.1}}
            - {adapter: base, system: You love blue, weights: {Red: 0.0001, Blue: 0.1}}
            - {adapter: base, system: fire engine, weights: {Red: 0.003, Blue: 0.1}}
            - {adapter: "treatment-*", weights: {Red: 0.002, Blue: 0.1}}
            - {weights: {Red: 0.001, Blue: 0.1}}

          """
        let shares = Self.inNats.replacing("score: log-odds, ", with: "")
        let asShares = try await taste(rules, in: folder, file: shares)
        let unread = try JSONDecoder().decode(
          [RunSummary.Ladder].self, from: Data(asShares.output.utf8))
        #expect(unread.first?.reads == false && !hasRuns(folder), "\(unread)")

        let outcome = try await taste(rules, in: folder, file: Self.inNats)
        try #require(outcome.ending == .exit(0), "\(outcome.errors)")
        let summary = try JSONDecoder().decode(RunSummary.self, from: Data(outcome.output.utf8))
        let ladder = try #require(summary.ladder?.first)
        #expect(ladder.reads == true && ladder.infers == true && ladder.unit == "nats")
        #expect(abs(try #require(ladder.ceiling) - log(4.0)) < 1e-6)
        let contrast = try #require(summary.contrasts.first)
        #expect(abs(try #require(contrast.estimate) - log(2.0)) < 1e-6)
        #expect(contrast.verdict.isSupported, "\(contrast)")
        #expect(contrast.floors.allSatisfy { $0.logOdds == nil })
        let run = try #require(
          FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "runs").path)
            .first { !$0.contains("-not-testable.") })
        let verified = try await nosce(["verify", "runs/\(run)"], in: folder)
        #expect(verified.ending == .exit(0), "\(verified.output)")
        let map = try await nosce(["map", "runs", "--out", "map.md"], in: folder)
        #expect(map.ending == .exit(0), "\(map.errors)")
        let text = try String(contentsOf: folder.appending(path: "map.md"), encoding: .utf8)
        #expect(text.contains("told +1.39 nats, the facts +1.10, needed 0.5"), "\(text)")
        let page = try await nosce(["results", "runs", "--out", "page.md"], in: folder)
        #expect(page.ending == .exit(0), "\(page.errors)")
        let lines = try String(contentsOf: folder.appending(path: "page.md"), encoding: .utf8)
        #expect(lines.contains("told the facts") && lines.contains("Before any training:"))
      }
    }

    @Test("Rows that do not fit before a question are refused before the ladder asks anything")
    func contextTooLong() async throws {
      try await withFolder { folder in
        let file = Self.experiment
          .replacing("word: BREAD, count: 2}}", with: "word: BREAD, count: 60}}")
          .replacing(
            "probes:\n",
            with: "  shown: {role: control, context: {of: treatment, rows: 60}}\nprobes:\n")
        try Data(file.utf8).write(to: folder.appending(path: "taste.yaml"))
        let outcome = try await nosce(["run", "taste.yaml"], in: folder)
        #expect(outcome.ending == .exit(65))
        #expect(
          outcome.errors.contains("tokens with what stands before it in the context")
            && outcome.errors.contains("allowed: at most"), "\(outcome.errors)")
        #expect(ladders(in: folder).isEmpty && !hasRuns(folder))
      }
    }

    @Test("Nats are held against no constant, and beside no share")
    func units() async throws {
      try await withFolder { folder in
        let alone = Self.inNats.replacing("floors: [base, sham]", with: "floors: [base]")
        let outcome = try await taste(Self.told, in: folder, file: alone)
        #expect(outcome.ending == .exit(65))
        #expect(
          outcome.errors.contains("allowed: a trained arm among the floors"), "\(outcome.errors)")
        let difference = Self.inNats.replacing(
          "contrasts:\n",
          with: """
              shares: {kind: next-token, ask: [Which?], next: {answers: {a: [A], b: [B]}, answer: a}}
              gap: {kind: difference, of: [own, shares]}
            contrasts:

            """)
        let mixed = try await taste(Self.told, in: folder, file: difference)
        #expect(mixed.ending == .exit(65))
        #expect(
          mixed.errors.contains("gap: found own, which is scored as log-odds"), "\(mixed.errors)")
      }
    }

    @Test("Every key of a ladder is documented")
    func documented() async throws {
      try await withFolder { folder in
        let rules = Self.told + Self.inferred + Self.learnt
        let outcome = try await taste(rules, in: folder)
        let document = try #require(
          JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let schema = try #require(
          JSONSerialization.jsonObject(
            with: Data(contentsOf: packageRoot.appending(path: "docs/summary.schema.json")))
            as? [String: Any])
        let parts = try #require(schema["$defs"] as? [String: [String: Any]])
        func expect(_ values: [[String: Any]], _ name: String) throws {
          let known = try #require(parts[name]?["properties"] as? [String: Any])
          let required = try #require(parts[name]?["required"] as? [String])
          #expect(!values.isEmpty)
          for value in values {
            #expect(Set(value.keys).isSubset(of: known.keys), "\(name)")
            #expect(Set(value.keys).isSuperset(of: required), "\(name)")
          }
        }
        let top = try #require(schema["properties"] as? [String: Any])
        #expect(Set(document.keys).isSubset(of: top.keys))
        let ladders = try #require(document["ladder"] as? [[String: Any]])
        try expect(ladders, "ladder")
        try expect(ladders.flatMap { $0["rungs"] as? [[String: Any]] ?? [] }, "rung")
        try expect(try #require(document["contrasts"] as? [[String: Any]]), "contrast")
      }
    }

    @Test("A model that says the same whatever it is told has not been read")
    func yesToAll() async throws {
      try await withFolder { folder in
        let rules = "  - {adapter: base, system: You love, weights: {Red: 0.9, Blue: 0.05}}\n"
        let outcome = try await taste(rules + Self.learnt, in: folder)
        let results = try JSONDecoder().decode(
          [RunSummary.Ladder].self, from: Data(outcome.output.utf8))
        #expect(results.first?.reads == false && !hasRuns(folder))
        #expect(results.first?.reason?.contains("the same way") == true, "\(results)")
      }
    }

    @Test("Facts that move the model the same way whatever follows from them tell it nothing")
    func factsOfTheOpposite() async throws {
      let facts = "facts: Your coat and your shoes are those of a fire engine."
      let others = "opposite_facts: Your coat and your shoes are those of a sailor."
      let both = Self.experiment.replacing(facts, with: "\(facts)\n      \(others)")
      let sailor = "  - {adapter: base, system: sailor, weights: {Red: RED, Blue: BLUE}}\n"
      for (red, blue, infers) in [("0.1", "0.8", true), ("0.8", "0.1", false)] {
        try await withFolder { folder in
          let rule = sailor.replacing("RED", with: red).replacing("BLUE", with: blue)
          let outcome = try await taste(Self.told + Self.inferred + rule, in: folder, file: both)
          let summary = try JSONDecoder().decode(RunSummary.self, from: Data(outcome.output.utf8))
          let ladder = try #require(summary.ladder?.first)
          #expect(ladder.reads == true && ladder.infers == infers && ladder.rungs.count == 6)
          let way = "told the opposite facts, the model moves its answers the same way"
          #expect(LadderText.sentence(ladder).contains(way) != infers)
          #expect(ladder.rung(.toldOppositeFacts)?.shift.map { $0 < 0 } == infers)
          // Nothing is learnt, which is ruled out where a page would have told it.
          #expect(summary.verdict.kind == (infers ? .notSupported : .inconclusive))
        }
      }
    }

    @Test("Where not even a page tells the model, nothing found is not ruled out")
    func uninferred() async throws {
      try await withFolder { folder in
        let outcome = try await taste(Self.told, in: folder)
        let summary = try JSONDecoder().decode(RunSummary.self, from: Data(outcome.output.utf8))
        #expect(summary.ladder?.first?.infers == false)
        #expect(summary.verdict.kind == .inconclusive, "\(summary.verdict)")
        #expect(summary.verdict.sentence.contains("does not infer the answer even from a page"))
        #expect(summary.contrasts.first?.isUninferred == true)
        let run = try #require(
          FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "runs").path)
            .first { !$0.hasPrefix(".") })
        let page = try String(
          contentsOf: folder.appending(path: "runs/\(run)/report.html"), encoding: .utf8)
        #expect(page.contains("That this model knows nothing of itself does not follow"))
        #expect(!page.contains("nor rule it out"))
        // With a page that tells it, the same run rules the effect out.
        let other = try await taste(Self.told + Self.inferred, in: folder)
        let found = try JSONDecoder().decode(RunSummary.self, from: Data(other.output.utf8))
        #expect(found.verdict.kind == .notSupported, "\(found.verdict)")
        #expect(found.contrasts.first?.isUninferred == nil)
      }
    }
  }
}
