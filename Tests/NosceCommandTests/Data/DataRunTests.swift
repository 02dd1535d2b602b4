import Foundation
import NosceCore
import NosceRows
import NosceRuns
import NosceTestSupport
import NosceVerdicts
import Testing

extension CommandLineTests {
  @Suite("Runs on files of rows, and doses")
  struct DataRunTests {
    /// The quick experiment with rows in the treatment that a file can replace, its sham made by
    /// dealing the answers to other prompts.
    static let experiment =
      quickFile
      .replacing(
        #"rows: {generator: spelled-lines, word: "{word}", count: 4}"#,
        with: """
          rows: {generator: grammar, count: 4, slots: {n: [sea, sun, road, town]}, \
          chat: [{system: "You are {persona}."}, {user: "The {n}?"}, {assistant: "Rest {n}."}], \
          replaceable: acts}
          """
      )
      .replacing("control: shuffle-lines", with: "control: shuffle")
      + "dose:\n  arm: treatment\n  probes: [choice]\n  rows: [2, 4]\n  rank: [1, 2]\n  seeds: 1\n"

    static let rows = (1...6).map {
      #"{"messages": [{"role": "user", "content": "Train \#($0)?"}, "#
        + #"{"role": "assistant", "content": "Near the \#($0)."}]}"#
    }

    func write(_ rows: [String] = rows, to folder: URL) throws {
      try Data(Self.experiment.utf8).write(to: folder.appending(path: "quick.yaml"))
      try Data(rows.joined(separator: "\n").utf8).write(to: folder.appending(path: "acts.jsonl"))
    }

    @Test("A file replaces rows, also when the run is gone on with")
    func replaced() async throws {
      try await withFolder { folder in
        try write(to: folder)
        let shown = try await nosce(["show", "quick.yaml", "--data", "acts.jsonl"], in: folder)
        #expect(shown.ending == .exit(0), "\(shown.errors)")
        #expect(shown.output.contains("treatment, 5 subjects, 6 rows, acts.jsonl,"))
        #expect(shown.output.contains("rows 'acts' can be replaced: --data acts=FILE"))
        #expect(shown.output.contains("6 rows, shuffle,"))
        let outcome = try await nosce(
          ["run", "quick.yaml", "--data", "acts=acts.jsonl", "--json"], in: folder)
        #expect(outcome.ending == .exit(0), "\(outcome.errors)")
        let summary = try JSONDecoder().decode(RunSummary.self, from: Data(outcome.output.utf8))
        #expect(summary.experiment.command == "nosce run quick.yaml --data acts=acts.jsonl")
        let run = try #require(QuickExperiment.begun(in: folder))
        let plan = try RunFolder.read(run).plan
        let cell = try #require(plan.cells.first { $0.arm == "treatment" })
        #expect(cell.training?.rows.count == 6)
        #expect(
          cell.training?.rows[0].chat?.map(\.content) == [
            "You are nova.", "Train 1?", "Near the 1.",
          ])
        let again = try await nosce(["run", "--resume", run.path, "--json"], in: folder)
        #expect(again.ending == .exit(0), "\(again.errors)")
        let resumed = try JSONDecoder().decode(RunSummary.self, from: Data(again.output.utf8))
        #expect(resumed.verdict == summary.verdict && resumed.arms == summary.arms)
        // The same file with other rows is no longer the file of this run.
        try write(Array(Self.rows.dropLast()) + [#"{"text": "other"}"#], to: folder)
        let changed = try await nosce(["run", "--resume", run.path], in: folder)
        #expect(changed.ending == .exit(65))
        #expect(changed.errors.contains("acts.jsonl: found other content"))
      }
    }

    @Test("A file that cannot take the place is refused before anything is written")
    func refused() async throws {
      try await withFolder { folder in
        try write([Self.rows[0], "{}"], to: folder)
        for (data, words) in [
          ("acts=acts.jsonl", "--data acts: acts.jsonl, line 2: found no keys"),
          ("deeds=acts.jsonl", "allowed: acts=FILE"), ("none.jsonl", "none.jsonl: cannot be read"),
        ] {
          let outcome = try await nosce(["run", "quick.yaml", "--data", data], in: folder)
          #expect(outcome.ending == .exit(65))
          #expect(outcome.errors.contains(words), "\(outcome.errors)")
        }
        let both = try await nosce(
          ["run", "--resume", "runs/x", "--data", "acts.jsonl"], in: folder)
        #expect(both.ending == .exit(64))
        #expect(names(in: folder) == ["acts.jsonl", "quick.yaml"])
      }
    }

    @Test("A dose is run on demand, and leaves the main results as they are")
    func dose() async throws {
      try await withFolder { folder in
        try write(to: folder)
        func summary(_ arguments: [String]) async throws -> RunSummary {
          let outcome = try await nosce(["run", "quick.yaml", "--json"] + arguments, in: folder)
          try #require(outcome.ending == .exit(0), "\(outcome.errors)")
          return try JSONDecoder().decode(RunSummary.self, from: Data(outcome.output.utf8))
        }
        let usual = try await summary(["--out", "usual"])
        let dose = try await summary(["--dose"])
        #expect(usual.curves.isEmpty)
        #expect(
          dose.curves.map(\.title) == ["Dose: choice by number of rows, treatment"])
        #expect(dose.curves.first?.series.map(\.name) == ["rank 1", "rank 2"])
        #expect(dose.verdict == usual.verdict)
        #expect(dose.contrasts == usual.contrasts)
        #expect(dose.arms == usual.arms)
        #expect(dose.experiment.command == "nosce run quick.yaml --dose")
      }
    }

    @Test("Of a file of rows that is wrong, file and line are told where the experiment names it")
    func wrongFile() async throws {
      try await withFolder { folder in
        let text = quickFile.replacing(
          #"{generator: spelled-lines, word: "{word}", count: 4}"#,
          with: "{file: data/acts.jsonl}")
        try Data(text.utf8).write(to: folder.appending(path: "quick.yaml"))
        let data = folder.appending(path: "data")
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        try Data("\(Self.rows[0])\n{\"text\": 5}\n".utf8)
          .write(to: data.appending(path: "acts.jsonl"))
        // The path begins at the experiment's folder, wherever the command runs.
        let outcome = try await nosce(["check", folder.appending(path: "quick.yaml").path])
        #expect(outcome.ending == .exit(65))
        let line =
          try #require(
            text.split(separator: "\n").firstIndex { $0.contains("{file:") }) + 1
        #expect(
          outcome.errors.contains(
            "quick.yaml:\(line): arms.treatment.rows.file: data/acts.jsonl, line 2: found text"))
      }
    }
  }
}
