import Foundation
import NosceCore
import NosceEngine
import NosceFormats
import NosceRows
import NosceRuns
import NosceTestSupport
import NosceVerdicts
import Testing

extension WholeRunTests {
  @Suite("Exporting a run")
  struct ExportTests {
    /// Those that the quick experiment has rows for, and those that it has none for.
    private static let tables = [
      "answers", "arms", "association_points", "associations", "claim_gates", "claims", "contrasts",
      "curve_floors", "curves", "design", "dose_answers", "doses", "families", "floors",
      "forecasts", "gates", "halfways", "losses", "planned_answers", "probes", "scored_texts",
      "seeds", "squares", "subjects", "tasks", "training_rows", "training_steps",
    ]

    /// The rows of a table, with numbers to the last bit, which Foundation's reader does not give.
    private func rows(_ name: String, in folder: URL) throws -> [[String: Any]] {
      try String(contentsOf: folder.appending(path: "\(name).jsonl"), encoding: .utf8)
        .split(separator: "\n").map { line in
          var row = try document(String(line))
          for member in try JSON(parsing: String(line)).object?.members ?? [] {
            if case .number(let number) = member.value { row[member.key] = NSNumber(value: number) }
          }
          return row
        }
    }

    @Test("There are these files and no other")
    func files() async throws {
      let finished = try await FinishedRun.get()
      try await withFolder { folder in
        let outcome = try await nosce(["export", finished.run.path, "--out", folder.path])
        #expect(outcome.ending == .exit(0))
        let expected =
          Self.tables.flatMap { ["\($0).csv", "\($0).jsonl"] }
          + ["README.md", "adapters", "summary.json"]
        #expect(names(in: folder) == expected.sorted())
      }
    }

    @Test("Losses, curves and scores are the store's own numbers")
    func numbers() async throws {
      let finished = try await FinishedRun.get()
      let folder = try RunFolder.read(finished.run)
      let losses = try await folder.store.losses()
      let record = try await RunRecord(folder)
      let summary = try JSONDecoder().decode(RunSummary.self, from: Data(finished.json.utf8))
      try await withFolder { target in
        let outcome = try await nosce(["export", finished.run.path, "--out", target.path])
        #expect(outcome.ending == .exit(0))
        let lost = try rows("losses", in: target)
        #expect(lost.count == QuickExperiment.adapters * 3)
        for row in lost {
          let (cell, step) = (try #require(row["cell"] as? String), Int(row.number("step")))
          #expect(row.number("loss") == losses[cell]?[step - 1])
        }
        let points = summary.curves.flatMap(\.series).flatMap(\.points)
        #expect(try rows("curves", in: target).map { $0.number("y") } == points.map(\.y))
        // The curve's one subject is asked after each of three steps.
        let doses = try rows("doses", in: target)
        #expect(doses.map { Int($0.number("step")) } == [1, 2, 3])
        #expect(points.first?.base == "base" && points.first?.x == 0)
        #expect(doses.map { $0.number("mean") } == points.dropFirst().map(\.y))
        let base = summary.arms.first { $0.arm == "base" && $0.probe == "choice" }
        #expect(points.first?.y == base?.mean)
        #expect(
          try rows("curve_floors", in: target).map { $0["floor"] as? String }
            == ["base", "sham", "twin"])
        #expect(try rows("dose_answers", in: target).count == 3)

        let contrast = try #require(summary.contrasts.first)
        let compared = try #require(try rows("contrasts", in: target).first)
        #expect(compared.number("estimate") == contrast.estimate)
        #expect(compared.number("p") == contrast.p)
        #expect(compared["verdict"] as? String == contrast.verdict.rawValue)
        #expect(
          try rows("floors", in: target).map { $0["floor"] as? String } == ["base", "sham", "twin"])
        #expect(
          try rows("gates", in: target).map { $0["state"] as? String }
            == summary.gates.map(\.state.rawValue))

        let kinds = ["scored", "refused", "unparseable", "incoherent", "missing", "collected"]
        var scores: [Double] = []
        for row in try rows("answers", in: target) {
          let outcome = try #require(row["outcome"] as? String)
          #expect(kinds.map { Int(row.number($0)) } == kinds.map { $0 == outcome ? 1 : 0 })
          #expect((row["score"] is NSNull) == (outcome != "scored"))
          if outcome == "scored" { scores.append(row.number("score")) }
        }
        #expect(scores == record.measurements(mainOnly: true).compactMap(\.graded.score))
        let scored = record.measurements().compactMap(\.graded.scored)
        let texts = try rows("scored_texts", in: target)
        #expect(texts.map { $0.number("log_prob") } == scored.flatMap(\.logProbabilities))
        #expect(texts.map { $0["text"] as? String } == scored.flatMap(\.texts))
        #expect(texts.allSatisfy { $0["base_log_prob"] is NSNull })
        // A choice is right where nothing is likelier than the answer.
        let choice = texts.filter {
          $0["cell"] as? String == "treatment-BREAD-s1" && $0["probe"] as? String == "choice"
        }
        let answer = try #require(choice.first { $0.number("is_answer") == 1 })
        let isFirst = choice.allSatisfy { $0.number("log_prob") <= answer.number("log_prob") }
        let graded = try rows("answers", in: target).first {
          $0["cell"] as? String == "treatment-BREAD-s1" && $0["probe"] as? String == "choice"
        }
        #expect(answer["candidate"] as? String == "BREAD" && choice.count == 11)
        #expect(graded?.number("score") == (isFirst ? 1 : 0))
        for row in try rows("seeds", in: target) + rows("tasks", in: target) {
          let other = ["refused", "unparseable", "incoherent", "missing"]
          #expect(
            row.number("kept") + other.reduce(0) { $0 + row.number($1) } == row.number("total"))
        }
      }
    }

    @Test("The very rows of each subject can be trained on, and each step says which it read")
    func trainingRows() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(
          to: folder, replacing: "steps: 3,", with: "steps: 3, batch_rows: 3,")
        let run = try await nosce(["run", "quick.yaml"], in: folder)
        try #require(run.ending == .exit(0), "\(run.errors)")
        let place = try #require(QuickExperiment.begun(in: folder))
        let plan = try RunFolder.read(place).plan
        let target = folder.appending(path: "out")
        let outcome = try await nosce(["export", place.path, "--out", target.path])
        #expect(outcome.ending == .exit(0), "\(outcome.errors)")
        let trained = try rows("training_rows", in: target)
        let steps = try rows("training_steps", in: target)
        let cells = plan.cells.filter { $0.training != nil }
        #expect(cells.count == 15 && trained.count == 15 * 4 && steps.count == 15 * 3)
        for cell in cells {
          let training = try #require(cell.training)
          let own = trained.filter { $0["cell"] as? String == cell.id }
          #expect(own.map { Int($0.number("row")) } == [1, 2, 3, 4])
          let lines = try own.map {
            try JSONSerialization.data(withJSONObject: try #require($0["line"])) + Data("\n".utf8)
          }
          let read = try RowFile.read(lines.reduce(Data(), +), file: "rows")
          #expect(read.map(\.row) == training.rows)
          // Every row once in a pass of two steps, of which the second is what is left.
          let order = steps.filter { $0["cell"] as? String == cell.id }.map {
            ($0["rows"] as? [NSNumber])?.map(\.intValue) ?? []
          }
          #expect(order.map(\.count) == [3, 1, 3])
          #expect((order[0] + order[1]).sorted() == [1, 2, 3, 4])
        }
        #expect(Set(steps.map { "\($0["rows"] ?? "")" }).count > 2)
      }
    }

    @Test("A trainer that does not say which rows a step read leaves them empty")
    func script() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        try Data("name: written".utf8).write(to: folder.appending(path: "script.yaml"))
        let run = try await nosce(
          ["run", "quick.yaml", "--subject", "script:script.yaml"], in: folder)
        try #require(run.ending == .exit(0), "\(run.errors)")
        let place = try #require(QuickExperiment.begun(in: folder))
        let outcome = try await nosce(["export", place.path, "--out", "out"], in: folder)
        #expect(outcome.ending == .exit(0), "\(outcome.errors)")
        let steps = try rows("training_steps", in: folder.appending(path: "out"))
        #expect(steps.count == 15 * 3 && steps.allSatisfy { $0["rows"] is NSNull })
      }
    }

    enum Harm: String, CaseIterable, CustomTestStringConvertible {
      case missing = "a folder that is gone"
      case noWeights = "no weights"
      case emptyWeights = "weights of no bytes"
      case cutWeights = "weights that were cut short"
      case flippedBit = "one bit of the weights"
      case otherAdapter = "the weights of another subject"
      case brokenConfiguration = "a configuration that is no JSON"
      case file = "a file in place of the folder"

      var testDescription: String { rawValue }

      func apply(to adapter: URL, other: URL) throws {
        let weights = adapter.appending(path: "adapter_model.safetensors")
        switch self {
        case .missing: try FileManager.default.removeItem(at: adapter)
        case .noWeights: try FileManager.default.removeItem(at: weights)
        case .emptyWeights: try Data().write(to: weights)
        case .cutWeights: try Data(try Data(contentsOf: weights).dropLast(7)).write(to: weights)
        case .flippedBit:
          var data = try Data(contentsOf: weights)
          data[data.count - 20] ^= 1
          try data.write(to: weights)
        case .otherAdapter:
          try Data(contentsOf: other.appending(path: "adapter_model.safetensors"))
            .write(to: weights)
        case .brokenConfiguration:
          try Data("{".utf8).write(to: adapter.appending(path: "adapter_config.json"))
        case .file:
          try FileManager.default.removeItem(at: adapter)
          try Data("x".utf8).write(to: adapter)
        }
      }
    }

    @Test(
      "An adapter that is not what was trained is named; the rest is exported",
      arguments: Harm.allCases)
    func damaged(_ harm: Harm) async throws {
      let finished = try await FinishedRun.get()
      try await withFolder { folder in
        let run = try finished.copy(to: folder)
        let adapters = run.appending(path: "adapters")
        try harm.apply(
          to: adapters.appending(path: "sham-BREAD-s2"),
          other: adapters.appending(path: "sham-BREAD-s3"))
        let outcome = try await nosce(["export", run.path, "--out", "out"], in: folder)
        #expect(outcome.ending == .exit(74))
        #expect(outcome.errors.contains("found 1 adapters that are not as they were trained"))
        #expect(outcome.errors.contains("\n  adapters/sham-BREAD-s2: it is "))
        #expect(outcome.output.contains("\(QuickExperiment.adapters - 1) adapters"))
        let target = folder.appending(path: "out")
        let exported = names(in: target.appending(path: "adapters"))
        #expect(exported.count == QuickExperiment.adapters - 1)
        #expect(!exported.contains("sham-BREAD-s2"))
        #expect(try rows("answers", in: target).count == QuickExperiment.answers)
        let subject = try #require(
          try rows("subjects", in: target).first { $0["cell"] as? String == "sham-BREAD-s2" })
        #expect(subject["adapter"] is NSNull && subject["state"] as? String == "done")
        let readme = try String(
          contentsOf: target.appending(path: "README.md"), encoding: .utf8)
        #expect(readme.contains("- adapters/sham-BREAD-s2: it is "))
      }
    }

    @Test("Files that are there are not overwritten unless that is asked for")
    func overwriting() async throws {
      let finished = try await FinishedRun.get()
      try await withFolder { folder in
        let mine = folder.appending(path: "out/losses.csv")
        try FileManager.default.createDirectory(
          at: folder.appending(path: "out"), withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: mine)
        let command = ["export", finished.run.path, "--out", "out"]
        let files = Self.tables.count * 2 + 2 + QuickExperiment.adapters
        let refused = try await nosce(command, in: folder)
        #expect(refused.ending == .exit(74))
        #expect(
          refused.errors.contains(
            "\(folder.path)/out/losses.csv: found a file that is there already, 1 of the \(files)"))
        #expect(refused.errors.contains("allowed: a folder without them, or --overwrite"))
        #expect(
          refused.output.isEmpty && names(in: folder.appending(path: "out")) == ["losses.csv"])
        #expect(try Data(contentsOf: mine) == Data("mine".utf8))

        let replaced = try await nosce(command + ["--overwrite"], in: folder)
        #expect(replaced.ending == .exit(0), "\(replaced.errors)")
        #expect(try rows("losses", in: folder.appending(path: "out")).count == 48)
        let again = try await nosce(command, in: folder)
        #expect(again.ending == .exit(74))
        #expect(again.errors.contains("\(files) of the \(files) that would be written"))
      }
    }

    @Test("Measurements come as CSV and as JSON lines, a row for each answer")
    func tables() async throws {
      let finished = try await FinishedRun.get()
      try await withFolder { folder in
        let outcome = try await nosce(["export", finished.run.path, "--out", folder.path])
        #expect(outcome.ending == .exit(0))
        let readme = try String(
          contentsOf: folder.appending(path: "README.md"), encoding: .utf8)
        for name in Self.tables {
          let csv = try String(
            contentsOf: folder.appending(path: "\(name).csv"), encoding: .utf8)
          let jsonl = try String(
            contentsOf: folder.appending(path: "\(name).jsonl"), encoding: .utf8)
          let rows = try jsonl.split(separator: "\n").map {
            try #require(
              JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
          }
          // Rows end with CRLF; an answer's own line breaks are bare.
          let lines = csv.components(separatedBy: "\r\n").dropLast()
          #expect(lines.count == rows.count + 1)
          let columns = lines[0].components(separatedBy: ",")
          for row in rows { #expect(columns.sorted() == row.keys.sorted()) }
          // What the README says of the table is what the table has.
          let part = try #require(readme.components(separatedBy: "\n## \(name)\n").last)
            .components(separatedBy: "\n## ")[0]
          let said = part.split(separator: "\n").filter { $0.hasPrefix("| `") }.compactMap {
            $0.split(separator: "`").dropFirst().first.map(String.init)
          }
          #expect(said == columns, "\(name)")
          #expect(readme.contains("| `\(name).csv`, `.jsonl` | \(rows.count) |"))
          if name == "answers" { #expect(rows.count == QuickExperiment.answers) }
        }
      }
    }

    @Test("Adapters come in PEFT form, drafts of a killed run not at all")
    func adapters() async throws {
      let finished = try await FinishedRun.get()
      try await withFolder { folder in
        let run = try finished.copy(to: folder)
        let draft = run.appending(path: "adapters/.treatment-BREAD-s9.draft")
        try FileManager.default.createDirectory(at: draft, withIntermediateDirectories: false)
        let outcome = try await nosce(["export", run.path])
        #expect(outcome.ending == .exit(0))
        #expect(outcome.output.contains("\(QuickExperiment.adapters) adapters"))
        let adapters = run.appending(path: "export/adapters")
        #expect(names(in: adapters).count == QuickExperiment.adapters)
        for name in names(in: adapters) {
          let adapter = adapters.appending(path: name)
          let configuration = try #require(
            JSONSerialization.jsonObject(
              with: Data(contentsOf: adapter.appending(path: "adapter_config.json")))
              as? [String: Any])
          #expect(configuration["peft_type"] as? String == "LORA")
          #expect(configuration["r"] as? Int == 4)
          #expect(exists(adapter.appending(path: "adapter_model.safetensors")))
        }
      }
    }

    @Test("Adapters come as GGUF files, too, where that is asked for")
    func gguf() async throws {
      let finished = try await FinishedRun.get()
      try await withFolder { folder in
        let run = try finished.copy(to: folder)
        // What is not whole is in neither form.
        let gone = try #require(names(in: run.appending(path: "adapters")).first)
        try FileManager.default.removeItem(at: run.appending(path: "adapters/\(gone)"))
        let command = ["export", run.path, "--gguf", "--out", "out"]
        let outcome = try await nosce(command, in: folder)
        #expect(outcome.ending == .exit(74))
        #expect(outcome.output.contains("\(QuickExperiment.adapters - 1) adapters, in PEFT form"))
        let target = folder.appending(path: "out")
        let cells = names(in: target.appending(path: "adapters"))
        #expect(cells.count == QuickExperiment.adapters - 1 && !cells.contains(gone))
        #expect(names(in: target.appending(path: "gguf")) == cells.map { "\($0).gguf" })
        for cell in cells {
          let file = try GGUFFile(contentsOf: target.appending(path: "gguf/\(cell).gguf"))
          let adapter = try AdapterCheckpoint(directory: target.appending(path: "adapters/\(cell)"))
          #expect(try file.metadata.architecture() == "llama")
          #expect(try file.metadata.string("general.type") == "adapter")
          #expect(try file.metadata.string("general.name") == "quick: \(cell)")
          #expect(try file.metadata.number("adapter.lora.alpha") == 8)
          #expect(file.tensors.count == 2 * adapter.modules.count)
          let a = try #require(file.tensor("blk.0.attn_q.weight.lora_a"))
          let factors = try #require(adapter.modules["model.layers.0.self_attn.q_proj"])
          let stored = factors.a.flatMap {
            withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init)
          }
          #expect(try file.withBytes(of: a) { Array($0) } == stored)
        }
        let readme = try String(contentsOf: target.appending(path: "README.md"), encoding: .utf8)
        #expect(readme.contains("| `gguf/` | \(cells.count) |"))
        let again = try await nosce(command, in: folder)
        #expect(again.ending == .exit(74))
        let files = Self.tables.count * 2 + 2 + 2 * cells.count
        #expect(again.errors.contains("\(files) of the \(files) that would be written"))
      }
    }

    @Test("A run without weights has no GGUF files, and neither has one whose model is gone")
    func ggufRefused() async throws {
      let finished = try await FinishedRun.get()
      for (subject, found) in [
        ("script:/x.yaml", "--gguf: found a run on 'script:/x.yaml', a script"),
        ("/nowhere/model", "--gguf, the model of the run: found '/nowhere/model'"),
      ] {
        try await withFolder { folder in
          let run = try finished.copy(to: folder)
          try Data(#"{"command": "nosce run quick.yaml", "subject": "\#(subject)"}"#.utf8)
            .write(to: run.appending(path: "request.json"))
          let outcome = try await nosce(["export", run.path, "--gguf", "--out", "out"], in: folder)
          #expect(outcome.ending == .exit(65), "\(outcome.errors)")
          #expect(outcome.errors.contains(found), "\(outcome.errors)")
          #expect(!exists(folder.appending(path: "out")))
        }
      }
    }

    @Test("The run's own adapters and a stranger's files survive an export onto them")
    func nothingLost() async throws {
      let finished = try await FinishedRun.get()
      try await withFolder { folder in
        let run = try finished.copy(to: folder)
        let before = try contents(of: run)
        let itself = try await nosce(["export", run.path, "--out", run.path])
        #expect(itself.ending == .exit(74))
        #expect(itself.errors.contains("the run folder"))
        #expect(try contents(of: run) == before)

        let target = folder.appending(path: "target")
        let stranger = target.appending(path: "adapters/mine")
        try FileManager.default.createDirectory(at: stranger, withIntermediateDirectories: true)
        for _ in 1...2 {
          let outcome = try await nosce(
            ["export", run.path, "--out", target.path, "--overwrite"])
          #expect(outcome.ending == .exit(0))
        }
        #expect(exists(stranger))
      }
    }
  }
}
