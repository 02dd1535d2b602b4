import Foundation
import NosceTestSupport
import Testing

extension CommandLineTests {
  @Suite("Read-only media")
  struct ReadOnlyTests {
    @Test(
      "A finished run is read from there, and so is one that was killed",
      .enabled("the system forbids to mount a disk") { try await OwnSpace.canMount.value })
    func exports() async throws {
      let undisturbed = try await FinishedRun.get()
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        var killed: URL?
        for _ in 0..<10 where killed == nil {
          let command = try RunningCommand(QuickExperiment.run, in: folder)
          // Some subjects are trained and asked by then, and others are not yet.
          let end = ContinuousClock.now + .seconds(3 * undisturbed.seconds + 5)
          while ContinuousClock.now < end {
            let run = QuickExperiment.begun(in: folder)
            if let run, names(in: run.appending(path: "adapters")).count >= 4 { break }
            try await Task.sleep(for: .milliseconds(2))
          }
          command.send(SIGKILL)
          _ = try await command.finish()
          let run = try #require(QuickExperiment.begun(in: folder))
          // Only a log that is not folded in yet makes it the case that is meant.
          if exists(run.appending(path: "run.sqlite-wal")) {
            killed = run
          } else {
            try FileManager.default.removeItem(at: run)
          }
        }
        let run = try #require(killed)
        let script = """
          mkdir media && mount -t tmpfs tmpfs media || exit 99
          cp -R "\(undisturbed.run.path)" media/finished
          cp -R "\(run.path)" media/killed
          mount -o remount,ro media || exit 99
          touch media/finished/x 2>/dev/null && exit 98
          "$NOSCE" export media/finished --out finished || exit 1
          "$NOSCE" export media/killed --out killed || exit 2
          """
        let outcome = try #require(try await OwnSpace.run(script, in: folder))
        try #require(outcome.ending == .exit(0), "\(outcome.ending) \(outcome.errors)")
        let answers = try String(
          contentsOf: folder.appending(path: "finished/answers.csv"), encoding: .utf8)
        #expect(answers == undisturbed.measurements.answers)
        // What the killed run had is a part of what it would have come to.
        let some = try String(
          contentsOf: folder.appending(path: "killed/answers.csv"), encoding: .utf8)
        // Lines may repeat (an answer with a line break is several): lists are counted, not sets.
        let whole = answers.split(whereSeparator: \.isNewline)
        let kept = some.split(whereSeparator: \.isNewline)
        #expect(kept.count > 1 && kept.count <= whole.count)
        let lines = Set(whole)
        #expect(kept.allSatisfy(lines.contains))
      }
    }
  }
}
