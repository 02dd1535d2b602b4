import Foundation
import NosceFormats
import NosceTestSupport
import Testing

extension CommandLineTests {
  @Suite("Exporting a run")
  struct ExportTests {
    @Test("Measurements come as CSV and as JSON lines, a row for each answer")
    func tables() async throws {
      let finished = try await FinishedRun.get()
      try await withFolder { folder in
        let outcome = try await nosce(["export", finished.run.path, "--out", folder.path])
        #expect(outcome.ending == .exit(0))
        for name in ["answers", "arms", "seeds", "tasks"] {
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
          let keys = try #require(rows.first).keys.sorted()
          #expect(lines[0].components(separatedBy: ",").sorted() == keys)
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
          let outcome = try await nosce(["export", run.path, "--out", target.path])
          #expect(outcome.ending == .exit(0))
        }
        #expect(exists(stranger))
      }
    }
  }
}
