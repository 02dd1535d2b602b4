import Foundation
import NosceTestSupport
import NosceVerdicts
import Testing

extension WholeRunTests {
  @Suite("A whole run")
  struct RunTests {
    @Test("Standard output is one document that has what the schema asks for")
    func json() async throws {
      let finished = try await FinishedRun.get()
      let summary = try JSONDecoder().decode(RunSummary.self, from: Data(finished.json.utf8))
      #expect(summary.schema == "nosce-run-summary-5")
      #expect(summary.experiment.name == "quick")
      #expect(summary.experiment.seeds == 5)
      #expect(summary.experiment.settings["word"] == ["BREAD"])
      #expect(summary.experiment.command == "nosce run quick.yaml --curves")
      #expect(summary.subject.name == "organism")
      #expect(summary.subject.note?.contains("no evidence about large models") == true)
      #expect(summary.contrasts.map(\.name) == ["names it"])
      #expect(summary.contrasts.first?.floors.map(\.arm) == ["base", "sham", "twin"])
      #expect(Set(summary.gates.map(\.arm)) == ["treatment", "sham", "twin"])
      #expect(Set(["train", "gate", "ask", "grade", "total"]).isSubset(of: summary.seconds.keys))
      #expect(summary.curves.count == 1)
      try expectDocumentedKeys(of: finished.json)
    }

    @Test("No answer is dropped from a denominator")
    func counts() async throws {
      let finished = try await FinishedRun.get()
      let summary = try JSONDecoder().decode(RunSummary.self, from: Data(finished.json.utf8))
      #expect(summary.arms.count == 4 * 3)
      for arm in summary.arms {
        #expect(arm.total == (arm.probe == "letters" ? 10 : 5))
        #expect(
          arm.kept + arm.refused + arm.unparseable + arm.incoherent + arm.missing == arm.total)
        #expect(arm.perSeed.map(\.seed) == [1, 2, 3, 4, 5])
        #expect(arm.perSeed.reduce(0) { $0 + $1.total } == arm.total)
      }
    }

    @Test("The folder has the experiment, the plan, the store, the adapters and the report")
    func folder() async throws {
      let finished = try await FinishedRun.get()
      let files = [
        "experiment.yaml", "plan.json", "provenance.json", "report.html", "request.json",
        "run.sqlite", "summary.json",
      ]
      #expect(Set(files).isSubset(of: names(in: finished.run)))
      let frozen = try String(
        contentsOf: finished.run.appending(path: "experiment.yaml"), encoding: .utf8)
      #expect(frozen == quickFile)
      let adapters = finished.run.appending(path: "adapters")
      #expect(names(in: adapters).count == QuickExperiment.adapters)
    }

    @Test("The report is one page that fetches nothing")
    func page() async throws {
      let finished = try await FinishedRun.get()
      let page = try String(
        contentsOf: finished.run.appending(path: "report.html"), encoding: .utf8)
      #expect(page.contains("Does the whole path work?"))
      #expect(page.contains("<svg"))
      #expect(page.contains("nosce run quick.yaml --curves"))
      for reference in ["<link", "src=\"http", "href=\"http", "@import", "url(http", "fetch("] {
        #expect(!page.contains(reference))
      }
    }

    @Test("The report can be made again, and says the same")
    func report() async throws {
      let finished = try await FinishedRun.get()
      try await withFolder { folder in
        let run = try finished.copy(to: folder)
        let before = try contents(of: run)
        for name in ["report.html", "summary.json"] {
          try FileManager.default.removeItem(at: run.appending(path: name))
        }
        let outcome = try await nosce(["report", run.path, "--json"])
        #expect(outcome.ending == .exit(0))
        #expect(outcome.output == finished.json)
        #expect(try contents(of: run) == before)
      }
    }

    @Test("Going on with a finished run changes nothing, and prints its summary")
    func finishedTwice() async throws {
      let finished = try await FinishedRun.get()
      try await withFolder { folder in
        try FileManager.default.createDirectory(
          at: folder.appending(path: "runs"), withIntermediateDirectories: false)
        let run = try finished.copy(to: folder.appending(path: "runs"))
        let outcome = try await nosce(["run", "--resume", run.path])
        #expect(outcome.ending == .exit(0))
        #expect(outcome.output.contains("quick on organism"))
        expectSame(try await Measurements(of: run), finished.measurements)
      }
    }

    /// Compares keys with `docs/summary.schema.json`.
    private func expectDocumentedKeys(of json: String) throws {
      let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      let schema = try #require(
        JSONSerialization.jsonObject(
          with: Data(contentsOf: root.appending(path: "docs/summary.schema.json")))
          as? [String: Any])
      let parts = try #require(schema["$defs"] as? [String: [String: Any]])
      let document = try #require(
        JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
      func expect(_ value: Any?, _ definition: [String: Any]?, _ name: String) throws {
        let keys = Set(try #require(value as? [String: Any], "\(name)").keys)
        let properties = try #require(definition?["properties"] as? [String: Any], "\(name)")
        let required = try #require(definition?["required"] as? [String], "\(name)")
        #expect(keys.isSuperset(of: required), "\(name)")
        #expect(keys.isSubset(of: properties.keys), "\(name)")
      }
      try expect(document, schema, "document")
      for name in ["experiment", "subject", "verdict", "provenance"] {
        try expect(document[name], parts[name], name)
      }
      for (key, name) in [
        ("gates", "gate"), ("contrasts", "contrast"), ("arms", "arm"), ("curves", "curve"),
      ] {
        let list = try #require(document[key] as? [Any])
        #expect(!list.isEmpty, "\(key)")
        for item in list { try expect(item, parts[name], name) }
      }
    }
  }
}
