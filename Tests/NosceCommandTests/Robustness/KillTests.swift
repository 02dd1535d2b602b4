import Foundation
import NosceTestSupport
import Testing

extension CommandLineTests {
  @Suite("A run that is killed")
  struct KillTests {
    @Test(
      "It goes on, however often it is killed, to the measurements of an undisturbed run",
      arguments: 1...10)
    func anyMoment(_ seed: Int) async throws {
      let undisturbed = try await FinishedRun.get()
      var random = TestGenerator(seed: UInt64(seed))
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        var isFinished = try await start(
          in: folder, killedAfter: random.moment(within: undisturbed.seconds))
        var kills = isFinished ? 0 : 1
        while !isFinished {
          // A further kill becomes less and less likely.
          let again = kills < 4 && Bool.random(using: &random)
          isFinished = try await start(
            in: folder, killedAfter: again ? random.moment(within: undisturbed.seconds) : nil)
          if !isFinished { kills += 1 }
        }
        let run = try #require(QuickExperiment.begun(in: folder))
        expectSame(try await Measurements(of: run), undisturbed.measurements)
      }
    }

    /// Begins the run or goes on with it, and kills it after a while; true where it ended before.
    private func start(in folder: URL, killedAfter delay: Duration?) async throws -> Bool {
      let begun = QuickExperiment.begun(in: folder)
      let arguments = begun.map { ["run", "--resume", $0.path, "--json"] } ?? QuickExperiment.run
      let command = try RunningCommand(arguments, in: folder)
      if let delay {
        try await Task.sleep(for: delay)
        command.send(SIGKILL)
      }
      let outcome = try await command.finish()
      if delay != nil, outcome.ending == .signal(SIGKILL) { return false }
      try #require(outcome.ending == .exit(0), "\(outcome.errors)")
      return true
    }

    @Test("A folder in which nothing had begun is no run that can be gone on with")
    func notBegun() async throws {
      try await withFolder { folder in
        let outcome = try await nosce(["run", "--resume", folder.path])
        #expect(outcome.ending == .exit(74))
        #expect(outcome.errors.contains("\(folder.path): found no plan.json"))
        #expect(names(in: folder).isEmpty)
      }
    }
  }
}
