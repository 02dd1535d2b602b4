import Foundation
import NosceTestSupport
import Testing

extension WholeRunTests {
  @Suite("Verifying a run")
  struct VerifyTests {
    private static let earlier = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fixtures/run-of-plan-2")

    @Test("Nothing differs in a run on the organism: exit code 0, and nothing is written")
    func clean() async throws {
      let finished = try await FinishedRun.get()
      try await withFolder { folder in
        let run = try finished.copy(to: folder)
        let export = try await nosce(["export", run.path])
        #expect(export.ending == .exit(0))
        let before = try contents(of: run)
        let outcome = try await nosce(["verify", run.path])
        #expect(outcome.ending == .exit(0), "\(outcome.output)\(outcome.errors)")
        #expect(outcome.output.hasSuffix("\n\nNothing differs.\n") && outcome.errors.isEmpty)
        #expect(outcome.output.contains("organism, its files by SHA-256"))
        let json = try await nosce(["verify", run.path, "--json"])
        let result = try document(json.output)
        #expect(result["outcome"] as? String == "nothing differs")
        #expect(result.objects("checks").count == 7 && result.objects("notVerified").isEmpty)
        #expect(try contents(of: run) == before)
      }
    }

    @Test("What differs is named, a line each, with their number: exit code 1")
    func different() async throws {
      let finished = try await FinishedRun.get()
      try await withFolder { folder in
        let run = try finished.copy(to: folder)
        let report = run.appending(path: "report.html")
        let text = try String(contentsOf: report, encoding: .utf8)
        try Data(text.replacing("</title>", with: "!</title>").utf8).write(to: report)
        try Data(" ".utf8).write(to: run.appending(path: "experiment.yaml"))
        let outcome = try await nosce(["verify", run.path])
        #expect(outcome.ending == .exit(1), "\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n")
        let start = try #require(lines.firstIndex(of: "Different:"))
        let named = lines[(start + 1)...].dropLast()
        #expect(lines.last == "\(named.count) differences.")
        #expect(named.contains { $0.hasPrefix("  report: report.html, line ") })
        #expect(named.contains { $0.hasPrefix("  files: experiment.yaml: found ") })
        let json = try await nosce(["verify", run.path, "--json"])
        #expect(json.ending == .exit(1))
        #expect(try document(json.output).objects("differences").count == named.count)
      }
    }

    @Test("What cannot be verified: 65 unfinished or of another schema, 74 unreadable")
    func impossible() async throws {
      let finished = try await FinishedRun.get()
      try await withFolder { folder in
        let run = try finished.copy(to: folder)
        let plan = run.appending(path: "plan.json")
        let text = try String(contentsOf: plan, encoding: .utf8)
        let schema = try #require(text.firstMatch(of: /"nosce-plan-\d+"/)).output
        try Data(text.replacing(schema, with: "\"nosce-plan-99\"").utf8).write(to: plan)
        let other = try await nosce(["verify", run.path])
        #expect(other.ending == .exit(65))
        #expect(other.errors.contains("found 'nosce-plan-99'"))
        try Data(text.utf8).write(to: plan)
        try Data("nothing".utf8).write(to: run.appending(path: "run.sqlite"))
        #expect(try await nosce(["verify", run.path]).ending == .exit(74))
        #expect(try await nosce(["verify", folder.path]).ending == .exit(74))
      }
    }

    @Test("A run of an earlier version says what it lacks, and its written answers are graded")
    func earlier() async throws {
      try await withFolder { folder in
        let run = folder.appending(path: "everything-20261126-021302")
        try FileManager.default.copyItem(at: Self.earlier, to: run)
        let outcome = try await nosce(["verify", run.path])
        let gaps = [
          "plan: its hashes are those of the schema nosce-plan-2",
          "summary: summary.json is written by another version",
          "files: no hashes were kept",
        ]
        for gap in gaps { #expect(outcome.output.contains("  \(gap)"), "\(outcome.output)") }
        #expect(outcome.output.contains("begun by version 0.1.0"))
        #expect(outcome.output.contains("scored ones have no log-probabilities"))
        #expect(try await nosce(["verify", run.path, "--export", "/none"]).ending == .exit(74))
      }
    }
  }
}
