import Foundation
import NosceRuns
import NosceTestSupport
import Testing

extension CommandLineTests {
  /// The folder in `Fixtures/` was written by the version before; its README says how.
  @Suite("A run of an earlier version")
  struct EarlierRunTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fixtures/run-of-plan-2")

    private func withRun(_ body: (URL) async throws -> Void) async throws {
      try await withFolder { folder in
        let run = folder.appending(path: "everything-20261126-021302")
        try FileManager.default.copyItem(at: Self.folder, to: run)
        try await body(run)
      }
    }

    private func object(_ data: Data) throws -> [String: Any] {
      try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// What was found, by the names of contrasts, arms, gates and curves.
    private func findings(_ summary: [String: Any]) throws -> [String: String] {
      var findings: [String: String] = [:]
      func add(_ list: String, _ keys: [String], _ values: [String]) throws {
        for item in try #require(summary[list] as? [[String: Any]]) {
          let name = keys.map { "\(item[$0] ?? "")" }.joined(separator: "/")
          for value in values {
            let found = try JSONSerialization.data(
              withJSONObject: [Self.measured(item[value]) ?? "-"], options: .sortedKeys)
            findings["\(list)/\(name)/\(value)"] = String(decoding: found, as: UTF8.self)
          }
        }
      }
      try add(
        "contrasts", ["name"], ["verdict", "estimate", "p", "adjustedP", "seeds", "interval"])
      try add(
        "arms", ["arm", "probe"],
        ["role", "probeKind", "mean", "kept", "total", "refused", "missing", "interval"])
      try add("gates", ["name", "arm"], ["passed", "value", "detail"])
      try add("curves", ["title"], ["series"])
      try add("associations", ["name"], ["coefficient", "p"])
      try add("forecasts", ["forecaster"], ["brier", "seal", "scored"])
      return findings
    }

    /// Of the lines of a curve what both versions have: the points of its own subjects. The base
    /// that a line begins with and the names of probe and arm are new.
    private static func measured(_ value: Any?) -> Any? {
      guard let lines = value as? [[String: Any]], lines.contains(where: { $0["points"] != nil })
      else { return value }
      return lines.map { line in
        let points = (line["points"] as? [[String: Any]] ?? []).filter { $0["base"] == nil }
        return [
          "name": line["name"] ?? "-",
          "points": points.map { $0.filter { ["x", "y", "interval"].contains($0.key) } },
        ]
      }
    }

    @Test("It is reported with the same figures")
    func report() async throws {
      try await withRun { run in
        let before = try findings(
          object(try Data(contentsOf: run.appending(path: "summary.json"))))
        #expect(before.count > 200)
        let outcome = try await nosce(["report", run.path, "--json"])
        #expect(outcome.ending == .exit(0), "\(outcome.errors)")
        let after = try findings(object(Data(outcome.output.utf8)))
        #expect(Set(after.keys) == Set(before.keys))
        // Scores and gates are as they were measured; intervals, p and verdicts are what today's
        // rules make of them. Gates that passed have an example now, too, behind what was said: each is a list
        // of one text, whose end is left out.
        let rules = ["interval", "p", "verdict"]
        let changed = before.keys.filter { key in
          before[key] != after[key]
            && !(key.hasSuffix("/detail")
              && (after[key] ?? "").hasPrefix((before[key] ?? "").dropLast(2)))
            && !rules.contains(key.split(separator: "/").last.map(String.init) ?? "")
        }.sorted()
        #expect(changed == [])
        #expect(FileManager.default.fileExists(atPath: run.appending(path: "report.html").path))
      }
    }

    @Test("It is exported, without the adapters that are not there, and stands among the results")
    func exported() async throws {
      try await withRun { run in
        let export = try await nosce(["export", run.path])
        #expect(export.ending == .exit(74), "\(export.errors)")
        #expect(export.output.contains("295 answers as CSV and JSONL, 1 adapters."))
        #expect(export.errors.contains("found 33 adapters that are not as they were trained"))
        #expect(export.errors.contains("adapters/treatment-BREAD-s2: it is missing"))
        #expect(!export.errors.contains("adapters/treatment-BREAD-s1: "))
        let losses = try String(
          contentsOf: run.appending(path: "export/losses.csv"), encoding: .utf8)
        #expect(losses.components(separatedBy: "\r\n").count > 34)
        let results = try await nosce(["results", run.path])
        #expect(results.ending == .exit(0), "\(results.errors)")
        #expect(results.output.contains("### everything on organism"))
      }
    }

    @Test("It is not gone on with, and the message names its schema")
    func resumed() async throws {
      try await withRun { run in
        let outcome = try await nosce(["run", "--resume", run.path])
        #expect(outcome.ending == .exit(65))
        #expect(outcome.errors.contains("found 'nosce-plan-2'"))
        #expect(outcome.errors.contains("report and export, but not go on with"))
      }
    }

    @Test("The schema is looked at before the model, and nothing is left in the folder")
    func withoutModel() async throws {
      try await withRun { run in
        let request = run.appending(path: "request.json")
        let text = String(decoding: try Data(contentsOf: request), as: UTF8.self)
        #expect(text.contains("organism"))
        try Data(text.replacing("\"organism\"", with: "\"/no/such/model\"").utf8)
          .write(to: request)
        let before = Set(try FileManager.default.contentsOfDirectory(atPath: run.path))
        let outcome = try await nosce(["run", "--resume", run.path])
        #expect(outcome.ending == .exit(65))
        #expect(outcome.errors.contains("found 'nosce-plan-2'"))
        #expect(Set(try FileManager.default.contentsOfDirectory(atPath: run.path)) == before)
      }
    }

    @Test("A forecast after it is marked, and one that was sealed for it is not lost in silence")
    func forecasts() async throws {
      try await withRun { run in
        let parent = run.deletingLastPathComponent()
        let file = parent.appending(path: "everything.yaml").path
        // Keys that files had then and have not any more.
        let text = try String(contentsOfFile: run.path + "/experiment.yaml", encoding: .utf8)
        let kept = text.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
          !["interval_level:", "pairing:"].contains { line.contains($0) }
        }
        try Data(kept.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.copyItem(
          at: Self.folder.deletingLastPathComponent().appending(path: "rows.jsonl"),
          to: parent.appending(path: "rows.jsonl"))
        let sealed = parent.appending(path: "sealed")
        let contrast = "bolder not=0.2"
        let late = try await nosce(
          ["forecast", file, "--set", contrast, "--forecasts", sealed.path, "--runs", parent.path])
        #expect(late.ending == .exit(0), "\(late.errors)")
        #expect(late.output.contains("AFTER THE FACT"))
        let again = try await nosce(
          [
            "run", file, "--seeds", "5", "--out", parent.appending(path: "runs").path,
            "--forecasts", run.appending(path: "forecasts").path,
          ])
        #expect(again.errors.contains("found 'nosce-forecast-1', sealed by an earlier version"))
      }
    }
  }
}
