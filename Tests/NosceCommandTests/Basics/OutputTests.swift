import Foundation
import NosceTestSupport
import Testing

extension CommandLineTests {
  @Suite("Where output goes and how it looks")
  struct OutputTests {
    private static let escape = "\u{1B}"

    @Test("Nothing is coloured in a pipe or a file")
    func plain() async throws {
      let finished = try await FinishedRun.get()
      let outcome = try await nosce(["report", finished.run.path])
      #expect(outcome.ending == .exit(0))
      #expect(outcome.output.count > 500)
      #expect(!outcome.output.contains(Self.escape))
      #expect(!finished.errors.contains(Self.escape))
    }

    @Test("A summary fits a screen, on lines no longer than it is wide", arguments: [60, 80, 100])
    func width(_ columns: Int) async throws {
      let finished = try await FinishedRun.get()
      let outcome = try await nosce(
        ["report", finished.run.path], environment: ["COLUMNS": "\(columns)"])
      let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
      // Paths and commands are not cut.
      let text = lines.filter { !$0.hasPrefix("report ") && !$0.hasPrefix("again ") }
      #expect(text.allSatisfy { $0.count <= columns })
      #expect(lines.count <= 50)
    }

    @Test("A terminal gets colours, unless NO_COLOR is set or the terminal is dumb")
    func colours() async throws {
      let finished = try await FinishedRun.get()
      func shown(_ environment: [String: String]) async throws -> String {
        let terminal = try Terminal()
        let outcome = try await nosce(
          ["report", finished.run.path], environment: environment, output: terminal.handle)
        #expect(outcome.ending == .exit(0))
        return try await terminal.text()
      }
      let coloured = try await shown([:])
      #expect(coloured.contains("\(Self.escape)["))
      for environment in [["NO_COLOR": "1"], ["TERM": "dumb"]] {
        let plain = try await shown(environment)
        #expect(plain.count > 500)
        #expect(!plain.contains(Self.escape))
      }
      // An empty value is none: https://no-color.org
      #expect(try await shown(["NO_COLOR": ""]).contains("\(Self.escape)["))
    }

    @Test("Progress is a bar on the terminal, on standard error only")
    func progress() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let terminal = try Terminal()
        let outcome = try await RunningCommand(
          ["run", "quick.yaml", "--json"], in: folder, environment: ["NO_COLOR": "1"],
          errors: terminal.handle
        ).finish()
        #expect(outcome.ending == .exit(0))
        #expect(throws: Never.self) {
          try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        }
        let shown = try await terminal.text()
        #expect(shown.contains("quick"))
        #expect(shown.contains("█"))
        #expect(shown.contains("%"))
        // Lines are erased and drawn again, but not painted.
        #expect(try shown.firstMatch(of: Regex("\u{1B}\\[[0-9;]*m")) == nil)
      }
    }

    @Test(
      "A full disk under standard output is an error and no crash",
      .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "there is no /dev/full"))
    func fullOutput() async throws {
      let finished = try await FinishedRun.get()
      for arguments in [
        ["list"], ["show", "hello-word"], ["report", finished.run.path, "--json"],
        ["organism", "generate", "-n", "2"],
      ] {
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let outcome = try await nosce(arguments, output: full)
        #expect(outcome.ending == .exit(74))
        #expect(outcome.errors.contains("standard output: cannot be written: the disk is full"))
      }
    }
  }
}
