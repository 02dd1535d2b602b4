import Foundation
import NosceRuns
import NosceTestSupport
import NosceVerdicts
import Testing

extension WholeRunTests {
  @Suite("The exact command of a report")
  struct ExactCommandTests {
    @Test("A shell that is given it makes the same plan, whatever the names hold")
    func again() async throws {
      try await withFolder { folder in
        let name = "it's \"my\" $HOME & more.yaml"
        try Data(
          quickFile.replacing("word: [BREAD]", with: "word: [BREAD]\n  place: [Rome]")
            .utf8
        ).write(to: folder.appending(path: name))
        let first = try await nosce(
          [
            "run", name, "--seeds", "1", "--exploratory", "--set", "place=Rome and $(clear); `x`",
            "--json",
          ], in: folder)
        #expect(first.ending == .exit(0), "\(first.errors)")
        let summary = try JSONDecoder().decode(RunSummary.self, from: Data(first.output.utf8))
        let command = summary.experiment.command
        #expect(command.hasPrefix("nosce run 'it'\\''s \"my\" $HOME & more.yaml' --seeds 1"))
        let shell = try RunningCommand(
          ["-c", "nosce() { '\(try Binary.url().path)' \"$@\"; }; \(command) --json"],
          program: URL(fileURLWithPath: "/bin/sh"), in: folder)
        let second = try await shell.finish()
        #expect(second.ending == .exit(0), "\(second.errors)")
        let again = try JSONDecoder().decode(RunSummary.self, from: Data(second.output.utf8))
        #expect(again.provenance.hashes == summary.provenance.hashes)
        #expect(again.experiment.command == command)
      }
    }
  }
}
