import Foundation
import NosceCore
import NosceReport
import NosceTestSupport
import NosceVerdicts
import Testing

extension WholeRunTests {
  @Suite("A run that is not at its end")
  struct UnfinishedTests {
    /// Runs the quick experiment until so many adapters are there, and then kills it.
    private func killed(
      in folder: URL, after adapters: Int, _ command: [String] = QuickExperiment.run
    ) async throws -> URL {
      try QuickExperiment.write(to: folder)
      let running = try RunningCommand(command, in: folder)
      let isFarEnough = try await running.wait {
        QuickExperiment.begun(in: folder).map {
          names(in: $0.appending(path: "adapters")).count >= adapters
        } ?? false
      }
      try #require(isFarEnough)
      running.send(SIGKILL)
      try #require(try await running.finish().ending == .signal(SIGKILL))
      return try #require(QuickExperiment.begun(in: folder))
    }

    /// `5 + 3 * 5 + 1` are planned: base as five personas, three arms of five seeds, and a curve.
    private static let planned = 21

    @Test("It says so, how far it came and how to go on, and has no verdict and no failed gate")
    func report() async throws {
      try await withFolder { folder in
        let run = try await killed(in: folder, after: 3)
        let outcome = try await nosce(["report", run.path])
        #expect(outcome.ending == .exit(0))
        let summary = try JSONDecoder().decode(
          RunSummary.self, from: Data(contentsOf: run.appending(path: "summary.json")))
        let unfinished = try #require(summary.unfinished)
        #expect(unfinished.subjects == Self.planned && unfinished.failed == 0)
        #expect((5..<Self.planned).contains(unfinished.done))
        #expect(unfinished.resume == "nosce run --resume \(run.path)")
        let words = "unfinished, \(unfinished.done) of \(Self.planned) subjects"
        #expect(summary.verdict.kind == .unfinished)
        #expect(summary.verdict.sentence.contains(words))

        #expect(outcome.output.hasPrefix("UNFINISHED: "))
        #expect(outcome.output.contains(words))
        #expect(outcome.output.contains("\n  nosce run --resume \(run.path)\n"))
        let page = try String(
          contentsOf: run.appending(path: "report.html"), encoding: .utf8)
        #expect(page.contains(words))
        #expect(page.contains("<code>nosce run --resume \(run.path)</code>"))
        for text in [outcome.output, page] {
          for word in ["not testable", "failed", "primary contrast"] {
            #expect(!text.lowercased().contains(word), "\(word)")
          }
        }

        for contrast in summary.contrasts {
          #expect(contrast.verdict == .unfinished && contrast.floors.isEmpty)
          #expect(contrast.p == nil && contrast.estimate == nil && contrast.interval == nil)
        }
        // The twin is the last arm: its gate cannot have its subjects yet.
        #expect(!summary.gates.contains { $0.state == .failed })
        let last = try #require(summary.gates.first { $0.arm == "twin" })
        #expect(last.state == .notYet && last.value == nil)
        #expect(last.detail.contains(" of 5 subjects were run so far"))
        #expect(outcome.output.contains(" not yet"))
        #expect(page.contains("<span class=\"tag open\">not yet</span>"))
      }
    }

    @Test("An export says so, and a run that is gone on with says it no more")
    func others() async throws {
      try await withFolder { folder in
        let run = try await killed(in: folder, after: 3)
        let export = try await nosce(["export", run.path, "--out", "out"], in: folder)
        #expect(export.ending == .exit(0))
        #expect(export.errors.contains("The run is unfinished, "))
        #expect(export.errors.contains("go on with `nosce run --resume \(run.path)`"))
        let readme = try String(
          contentsOf: folder.appending(path: "out/README.md"), encoding: .utf8)
        #expect(readme.contains("**The run is unfinished, "))
        let gates = try String(
          contentsOf: folder.appending(path: "out/gates.csv"), encoding: .utf8)
        #expect(gates.contains(",twin,not yet,"))

        let results = try await nosce(["results", "runs"], in: folder)
        #expect(results.ending == .exit(74))
        #expect(results.errors.contains("left out: unfinished, "))
        #expect(
          results.errors.contains(" of \(Self.planned) subjects; go on with `nosce run --resume"))

        let resumed = try await nosce(["run", "--resume", run.path, "--json"], in: folder)
        #expect(resumed.ending == .exit(0), "\(resumed.errors)")
        let summary = try JSONDecoder().decode(RunSummary.self, from: Data(resumed.output.utf8))
        #expect(summary.unfinished == nil && summary.verdict.kind != .unfinished)
        #expect(summary.gates.allSatisfy { $0.passed != nil })
      }
    }

    @Test("A catalog that is stopped has the experiment under way in its index")
    func index() async throws {
      try await withFolder { folder in
        let catalog = try SmallCatalog(
          in: folder,
          [
            "first": SmallCatalog.quick("first"), "second": SmallCatalog.quick("second"),
            "third": SmallCatalog.quick("third"),
          ])
        let command = try RunningCommand(
          ["run", "--all", "--out", "all"], in: folder, environment: catalog.environment)
        let all = folder.appending(path: "all")
        let isUnderWay = try await command.wait {
          names(in: all).first { $0.hasPrefix("second-") }.map {
            !names(in: all.appending(path: "\($0)/adapters")).isEmpty
          } ?? false
        }
        try #require(isUnderWay)
        command.send(SIGINT)
        #expect(try await command.finish().ending == .exit(130))
        let suite = try JSONDecoder().decode(
          SuiteSummary.self, from: Data(contentsOf: all.appending(path: "summary.json")))
        #expect(suite.entries.map(\.experiment) == ["first", "second"])
        let unfinished = try #require(suite.entries.last?.unfinished)
        #expect(suite.entries.last?.failedGates == 0)
        #expect(suite.notReached == ["third"])
        let page = try String(contentsOf: all.appending(path: "index.html"), encoding: .utf8)
        let run = try #require(suite.entries.last?.folder)
        #expect(
          page.contains("unfinished, \(unfinished.done) of \(unfinished.subjects) subjects"))
        #expect(page.contains("Not come to: third. The same command goes on."))
        #expect(page.contains("href=\"\(run)/report.html\""))
        #expect(exists(all.appending(path: "\(run)/report.html")))

        let results = try await nosce(["results", "all"], in: folder)
        #expect(results.ending == .exit(0))
        #expect(results.errors.contains("left out: unfinished, "))
        #expect(!results.output.contains("\n## second\n"))
      }
    }
  }
}
