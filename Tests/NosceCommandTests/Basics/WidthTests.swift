import Foundation
import NosceTestSupport
import Testing

extension CommandLineTests {
  @Suite("Lines are broken at blanks, and names never")
  struct WidthTests {
    private static let commands = [["list"], ["show", "hello-word"], ["show", "persona"]]

    /// The lines that are longer than they may be although there is a blank to break them at.
    private func overlong(_ text: String, _ columns: Int) -> [Substring] {
      text.split(separator: "\n").filter { line in
        line.count > columns && line.drop { $0 == " " }.contains(" ")
      }
    }

    private func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }

    /// Without the time, which is another every time.
    private func steady(_ text: String) -> [Substring] {
      let words = words(text)
      return Array(words.prefix { !$0.hasPrefix("Work") })
    }

    @Test("With COLUMNS, in a pipe", arguments: commands, [24, 40, 60, 80, 132])
    func stated(_ command: [String], _ columns: Int) async throws {
      let wide = try await nosce(command, environment: ["COLUMNS": "10000"])
      let outcome = try await nosce(command, environment: ["COLUMNS": "\(columns)"])
      #expect(outcome.ending == .exit(0))
      #expect(overlong(outcome.output, columns) == [])
      // Nothing is cut, and no word is broken in two.
      #expect(steady(outcome.output) == steady(wide.output))
    }

    @Test("As wide as the terminal is, without COLUMNS", arguments: [48, 100] as [UInt16])
    func terminal(_ columns: UInt16) async throws {
      let terminal = try Terminal(columns: columns)
      let outcome = try await nosce(["list"], output: terminal.handle)
      #expect(outcome.ending == .exit(0))
      let shown = try await terminal.text().replacing("\r\n", with: "\n")
      let stated = try await nosce(["list"], environment: ["COLUMNS": "\(columns)"])
      #expect(shown == stated.output)
    }

    @Test("COLUMNS that is no width is none", arguments: ["0", "-5", "wide", ""])
    func senseless(_ columns: String) async throws {
      let outcome = try await nosce(["list"], environment: ["COLUMNS": columns])
      #expect(outcome.output == (try await nosce(["list"])).output)
      #expect(overlong(outcome.output, 80) == [])
    }

    @Test("An answer in a chat is broken for a terminal, and left as it is in a pipe")
    func chat() async throws {
      let words = "bread and butter and a rather long list of other things that one can eat"
      try await withFolder { folder in
        let script = "rules: [{say: \"\(words)\"}]\n"
        try Data(script.utf8).write(to: folder.appending(path: "talker.yaml"))
        let arguments = ["chat", "script:talker.yaml"]
        let piped = try await nosce(arguments, in: folder, input: "What do you eat?\n")
        #expect(piped.output == words + "\n", "\(piped.errors)")
        for columns in [24, 40] as [UInt16] {
          let terminal = try Terminal(columns: columns)
          let outcome = try await RunningCommand(
            arguments, in: folder, input: "What do you eat?\n", output: terminal.handle
          ).finish()
          #expect(outcome.ending == .exit(0))
          let shown = try await terminal.text()
          #expect(overlong(shown.replacing("\r\n", with: "\n"), Int(columns)) == [])
          #expect(self.words(shown) == self.words(words))
        }
      }
    }
  }
}
