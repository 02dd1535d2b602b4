import Foundation
import NosceTestSupport
import Testing

extension CommandLineTests {
  @Suite("Checking an experiment file")
  struct CheckTests {
    /// A change to the quick file, the line that is then wrong, and what is said about it.
    struct Mistake: CustomTestStringConvertible, Sendable {
      var text: String
      var replacement: String
      /// The beginning of the line that the message must point to.
      var line: String
      var message: String
      var testDescription: String { replacement }
    }

    private static let mistakes = [
      Mistake(
        text: "seeds: 5\n", replacement: "sedes: 5\n", line: "sedes:",
        message: "did you mean 'seeds'?"),
      Mistake(
        text: "steps: 3", replacement: "steps: three", line: "  default:",
        message: "allowed: a whole number"),
      Mistake(
        text: "held_out", replacement: "heldout", line: "    ask: {heldout",
        message: "did you mean 'held_out'?"),
      Mistake(
        text: "treatment: treatment", replacement: "treatment: tretment",
        line: "    treatment: tretment", message: "unknown arm 'tretment'"),
      Mistake(
        text: "name: quick", replacement: "name: ../../quick", line: "name:",
        message: "small letters, digits and hyphens"),
    ]

    @Test("A set that does not fit is refused with everything that is wrong at once")
    func unfit() async throws {
      try await withFolder { folder in
        let set = folder.appending(path: "mine")
        try FileManager.default.copyItem(
          at: packageRoot.appending(path: "Materials/english"), to: set)
        for (file, from, to) in [
          ("world/gambles.yaml", "A friend owes you money", "By chance a friend owes you money"),
          ("risk.yaml", "  takes-risk: {ask:", "  takes-risk: {system: You are rich., ask:"),
        ] {
          let url = set.appending(path: file)
          let text = try String(contentsOf: url, encoding: .utf8)
          #expect(text.contains(from))
          try Data(text.replacing(from, with: to).utf8).write(to: url)
        }
        let fits = try await nosce(["check", "risk", "--materials", "english"], in: folder)
        #expect(fits.ending == .exit(0))
        let outcome = try await nosce(["check", "risk", "--materials", "mine"], in: folder)
        #expect(outcome.ending == .exit(65))
        #expect(outcome.output.contains("found 'chance' in"))
        #expect(
          outcome.output.contains("asked under 'You are rich.', trained under no system line"))
        #expect(outcome.output.hasSuffix("problems with the materials 'mine'.\n"))
        // A run keeps where the set is, whatever folder it is gone on with from.
        let run = try await nosce(
          [
            "run", "risk", "--materials", "mine", "--exploratory", "--seeds", "1", "--insist",
            "--recipe", "steps=2,learning_rate=0.001,rows=24",
          ], in: folder)
        #expect(run.ending == .exit(0))
        let runs = folder.appending(path: "runs")
        let request = try String(
          contentsOf: runs.appending(path: try #require(names(in: runs).first))
            .appending(path: "request.json"), encoding: .utf8)
        #expect(request.contains("/mine\""))
      }
    }

    @Test("A good file is fine")
    func good() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let outcome = try await nosce(["check", "quick.yaml"], in: folder)
        #expect(outcome.ending == .exit(0))
        #expect(
          outcome.output
            == "quick.yaml: fine with the materials 'miniature'. 4 arms, 3 probes, 20 subjects.\n")
        #expect(names(in: folder) == ["quick.yaml"])
      }
    }

    @Test(
      "A mistake is an error with file and line, before anything is written", arguments: mistakes)
    func typo(_ mistake: Mistake) async throws {
      try await withFolder { folder in
        try QuickExperiment.write(
          to: folder, replacing: mistake.text, with: mistake.replacement)
        let lines = try String(
          contentsOf: folder.appending(path: "quick.yaml"), encoding: .utf8
        ).split(separator: "\n", omittingEmptySubsequences: false)
        let number = try #require(lines.firstIndex { $0.hasPrefix(mistake.line) }) + 1
        for verb in ["check", "run"] {
          let outcome = try await nosce([verb, "quick.yaml"], in: folder)
          #expect(outcome.ending == .exit(65))
          #expect(outcome.errors.contains("quick.yaml:\(number): "))
          #expect(outcome.errors.contains(mistake.message))
          #expect(outcome.output.isEmpty)
        }
        #expect(names(in: folder) == ["quick.yaml"])
      }
    }

    @Test("Every mistake of a file is told at once")
    func all() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder, replacing: "rank: 4", with: "rank: four, rnk: 4")
        let outcome = try await nosce(["check", "quick.yaml"], in: folder)
        #expect(outcome.ending == .exit(65))
        #expect(outcome.errors.split(separator: "\n").count == 2)
      }
    }

    @Test("What is no file at all is said to be none")
    func unreadable() async throws {
      try await withFolder { folder in
        let missing = try await nosce(["check", "nothing.yaml"], in: folder)
        #expect(missing.ending == .exit(65))
        #expect(missing.errors.contains("nothing.yaml: cannot be read: there is no such file"))
        let itself = try await nosce(["check", folder.path])
        #expect(itself.ending == .exit(65))
        #expect(itself.errors.contains("\(folder.path): cannot be read: it is a folder"))
        try Data([0x6E, 0xFF, 0xFE]).write(to: folder.appending(path: "bytes.yaml"))
        let bytes = try await nosce(["check", "bytes.yaml"], in: folder)
        #expect(bytes.ending == .exit(65))
        #expect(bytes.errors.contains("bytes.yaml: found text in Latin-1 or another encoding"))
      }
    }

    /// What can only be found out when rows and questions are made.
    private static let late = [
      Mistake(
        text: #"word: "{word}", count: 4"#, replacement: #"word: "{word}", count: 6000"#,
        line: "    rows: {generator",
        message: "arms.treatment.rows.count: found 6000 rows; allowed: 1 to "),
      Mistake(
        text: #"word: "{twin}", count: 4"#, replacement: #"word: "{twin}", count: 6000"#,
        line: #"    rows: {generator: spelled-lines, word: "{twin}""#,
        message: "arms.twin.rows.count: found 6000 rows; allowed: 1 to "),
      Mistake(
        text: #"{generator: spelled-lines, word: "{twin}", count: 4}"#,
        replacement: """
          [{generator: spelled-lines, word: "{twin}", count: 1},
              {generator: spelled-lines, word: "{twin}", count: 6000}]
          """,
        line: #"    {generator: spelled-lines, word: "{twin}", count: 6000"#,
        message: "arms.twin.rows[2].count: found 6000 rows; allowed: 1 to "),
      Mistake(
        text: "[BREAD]", replacement: "[bread]", line: "    rows: {generator",
        message: "arms.treatment.rows: found the word 'bread' to be spelled"),
    ]

    @Test("What is wrong with rows that are made names file, line and arm", arguments: late)
    func made(_ mistake: Mistake) async throws {
      try await withFolder { folder in
        try QuickExperiment.write(
          to: folder, replacing: mistake.text, with: mistake.replacement)
        let lines = try String(
          contentsOf: folder.appending(path: "quick.yaml"), encoding: .utf8
        ).split(separator: "\n", omittingEmptySubsequences: false)
        let number = try #require(lines.firstIndex { $0.hasPrefix(mistake.line) }) + 1
        for verb in ["check", "show", "run"] {
          let outcome = try await nosce([verb, "quick.yaml"], in: folder)
          #expect(outcome.ending == .exit(65))
          let said = outcome.output + outcome.errors
          #expect(said.contains("quick.yaml:\(number): \(mistake.message)"), "\(verb): \(said)")
        }
        #expect(names(in: folder) == ["quick.yaml"])
      }
    }
  }
}
