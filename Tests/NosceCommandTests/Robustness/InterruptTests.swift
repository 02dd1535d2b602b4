import Foundation
import NosceTestSupport
import Testing

extension CommandLineTests {
  @Suite("A run that is stopped")
  struct InterruptTests {
    @Test("It ends cleanly, says how to go on, and does", arguments: [SIGINT, SIGTERM])
    func stopped(_ signal: Int32) async throws {
      let undisturbed = try await FinishedRun.get()
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let command = try RunningCommand(QuickExperiment.run, in: folder)
        let isTraining = try await command.wait {
          QuickExperiment.begun(in: folder).map {
            !names(in: $0.appending(path: "adapters")).isEmpty
          } ?? false
        }
        #expect(isTraining)
        command.send(signal)
        let outcome = try await command.finish()
        #expect(outcome.ending == .exit(130))
        #expect(outcome.output.isEmpty)
        let last = try #require(outcome.errors.split(separator: "\n").last)
        let words = last.split(separator: " ").map(String.init)
        try #require(words.starts(with: ["nosce", "run", "--resume"]))
        let resumed = try await nosce(Array(words.dropFirst()), in: folder)
        #expect(resumed.ending == .exit(0))
        let run = try #require(QuickExperiment.begun(in: folder))
        expectSame(try await Measurements(of: run), undisturbed.measurements)
      }
    }

    @Test("What it has so far can be reported and exported")
    func partial() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let command = try RunningCommand(QuickExperiment.run, in: folder)
        let hasAdapters = try await command.wait {
          QuickExperiment.begun(in: folder).map {
            names(in: $0.appending(path: "adapters")).count >= 3
          } ?? false
        }
        #expect(hasAdapters)
        command.send(SIGKILL)
        #expect(try await command.finish().ending == .signal(SIGKILL))
        let run = try #require(QuickExperiment.begun(in: folder))
        let report = try await nosce(["report", run.path])
        #expect(report.ending == .exit(0))
        #expect(report.output.hasPrefix("UNFINISHED: "))
        let export = try await nosce(["export", run.path])
        #expect(export.ending == .exit(0))
      }
    }

    @Test("A second process on the same folder is turned away, and the first one ends as usual")
    func secondProcess() async throws {
      let undisturbed = try await FinishedRun.get()
      try await withFolder { folder in
        // More seeds, so that the first is still busy when the second comes.
        try QuickExperiment.write(to: folder)
        let first = try RunningCommand(
          ["run", "quick.yaml", "--seeds", "20", "--json"], in: folder)
        #expect(try await first.wait { QuickExperiment.begun(in: folder) != nil })
        let run = try #require(QuickExperiment.begun(in: folder))
        let second = try await nosce(["run", "--resume", run.path])
        try #require(first.isRunning)
        #expect(second.ending == .exit(75))
        #expect(second.errors.contains("\(run.path): another process is running this folder"))
        #expect(second.output.isEmpty)
        #expect(try await first.finish().ending == .exit(0))
        // The first five seeds are those of the smaller run.
        let answers = try await Measurements(of: run).answers
        #expect(answers.components(separatedBy: "\r\n").count > QuickExperiment.answers)
        let earlier = undisturbed.measurements.answers.components(separatedBy: "\r\n")
        #expect(Set(answers.components(separatedBy: "\r\n")).isSuperset(of: earlier))
      }
    }
  }
}
