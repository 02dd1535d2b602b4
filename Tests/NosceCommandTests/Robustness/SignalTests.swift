import Foundation
import NosceReport
import NosceTestSupport
import Testing

extension CommandLineTests {
  /// Through a terminal, as a person does it: typing Ctrl-C, and closing the window.
  @Suite("Signals")
  struct SignalTests {
    private static let interrupt = "\u{3}"

    private func withSuite(
      _ body: (_ folder: URL, _ command: [String], _ environment: [String: String]) async throws
        -> Void
    ) async throws {
      try await withFolder { folder in
        let catalog = try SmallCatalog(
          in: folder,
          ["first": SmallCatalog.quick("first"), "second": SmallCatalog.quick("second")])
        try await body(folder, ["run", "--all", "--out", "all"], catalog.environment)
      }
    }

    /// Whether the first run of a suite trains its subjects.
    private func isTraining(in folder: URL) -> Bool {
      let all = folder.appending(path: "all")
      return names(in: all).first { $0.hasPrefix("first-") }.map {
        !names(in: all.appending(path: "\($0)/adapters")).isEmpty
      } ?? false
    }

    @Test("Ctrl-C stops a suite after the step under way, and the same command goes on")
    func suite() async throws {
      try await withSuite { folder, command, environment in
        let terminal = try Terminal()
        let running = try terminal.run(command, in: folder, environment: environment)
        #expect(try await running.wait { isTraining(in: folder) })
        try terminal.type(Self.interrupt)
        let outcome = try await running.finish()
        #expect(outcome.ending == .exit(130))
        // What was left of the suite has not been done first.
        let suite = try JSONDecoder().decode(
          SuiteSummary.self,
          from: Data(contentsOf: folder.appending(path: "all/summary.json")))
        #expect(suite.entries.last?.unfinished != nil && suite.notReached == ["second"])
        let shown = try await terminal.text()
        #expect(shown.contains("Stopping after the step under way; once more ends at once."))
        #expect(shown.contains("Everything measured is kept; the same command goes on."))
        let again = try await nosce(command, in: folder, environment: environment)
        #expect(again.ending == .exit(0), "\(again.errors)")
        let all = names(in: folder.appending(path: "all"))
        #expect(all.filter { $0.hasPrefix("first-") }.count == 1)
        #expect(all.filter { $0.hasPrefix("second-") }.count == 1)
      }
    }

    @Test("SIGTERM and SIGHUP stop a suite in the same way", arguments: [SIGTERM, SIGHUP])
    func signals(_ signal: Int32) async throws {
      try await withSuite { folder, command, environment in
        let running = try RunningCommand(command, in: folder, environment: environment)
        #expect(try await running.wait { isTraining(in: folder) })
        running.send(signal)
        let outcome = try await running.finish()
        #expect(outcome.ending == .exit(130))
        #expect(outcome.errors.contains("Everything measured is kept; the same command goes on."))
        let index = try String(
          contentsOf: folder.appending(path: "all/index.html"), encoding: .utf8)
        #expect(index.contains("unfinished, "))
      }
    }

    @Test("A terminal that goes away ends a run, which can be gone on with")
    func hangUp() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let terminal = try Terminal()
        let running = try terminal.run(QuickExperiment.run, in: folder)
        let isTraining = try await running.wait {
          QuickExperiment.begun(in: folder).map {
            !names(in: $0.appending(path: "adapters")).isEmpty
          } ?? false
        }
        #expect(isTraining)
        terminal.hangUp()
        #expect(try await running.finish().ending == .exit(130))
        let run = try #require(QuickExperiment.begun(in: folder))
        #expect(!exists(run.appending(path: "report.html")))
        #expect(try await nosce(["run", "--resume", run.path]).ending == .exit(0))
      }
    }

    @Test("A second Ctrl-C ends the program at once, in the middle of a step")
    func second() async throws {
      try await withFolder { folder in
        // One step over so many rows takes several seconds.
        let rows = String(
          repeating: #"{"text": "Trains rest near the sea."}"# + "\n", count: 60_000)
        try Data(rows.utf8).write(to: folder.appending(path: "rows.jsonl"))
        let terminal = try Terminal()
        let running = try terminal.run(
          [
            "train", "--data", "rows.jsonl", "--out", "out", "--batch-rows", "64", "--accumulate",
            "1000",
          ], in: folder)
        #expect(try await running.wait { terminal.shownSoFar.contains("memory  ") })
        try await Task.sleep(for: .milliseconds(300))
        try terminal.type(Self.interrupt)
        #expect(
          try await running.wait { terminal.shownSoFar.contains("once more ends at once") })
        try await Task.sleep(for: .milliseconds(300))
        #expect(running.isRunning)
        try terminal.type(Self.interrupt)
        #expect(try await running.finish().ending == .exit(130))
        #expect(!exists(folder.appending(path: "out")))
      }
    }

    @Test("A verb that has nothing to keep is ended by the first")
    func nothingToKeep() async throws {
      try await withFolder { folder in
        let terminal = try Terminal()
        let running = try terminal.run(["chat", "organism"], in: folder)
        #expect(try await running.wait { terminal.shownSoFar.contains("An empty line ends.") })
        try terminal.type(Self.interrupt)
        #expect(try await running.finish().ending == .exit(130))
      }
    }
  }
}
