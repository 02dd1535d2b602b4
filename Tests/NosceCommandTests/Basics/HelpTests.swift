import Foundation
import Testing

extension CommandLineTests {
  @Suite("Version and help")
  struct HelpTests {
    @Test("The version is one line")
    func version() async throws {
      let outcome = try await nosce(["--version"])
      #expect(outcome.ending == .exit(0))
      #expect(try outcome.output.wholeMatch(of: Regex("[0-9]+\\.[0-9]+\\.[0-9]+\n")) != nil)
      #expect(outcome.errors.isEmpty)
    }

    @Test("The root's help names every verb and every exit code")
    func root() async throws {
      let outcome = try await nosce(["--help"])
      #expect(outcome.ending == .exit(0))
      let verbs = [
        "run", "show", "list", "check", "report", "export", "chat", "organism", "inspect",
        "tokenize", "render", "logits", "score", "generate", "train", "bench", "results",
        "forecast",
        "forecasts", "validate",
      ]
      for verb in verbs { #expect(outcome.output.contains("\n  \(verb) ")) }
      let text = outcome.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      for code in ["0 done", "64 wrong usage", "65 bad data", "74 a file", "75 the run", "130 "] {
        #expect(text.contains(code))
      }
    }

    @Test(
      "Every verb has help, by an option and by the help verb",
      arguments: [
        ["run"], ["show"], ["list"], ["check"], ["report"], ["export"], ["chat"], ["organism"],
        ["organism", "generate"], ["organism", "train"], ["inspect"], ["tokenize"], ["render"],
        ["logits"], ["score"], ["generate"], ["train"], ["bench"], ["results"], ["forecast"],
        ["forecasts"], ["validate"],
      ])
    func verb(_ verb: [String]) async throws {
      for arguments in [verb + ["--help"], ["help"] + verb] {
        let outcome = try await nosce(arguments)
        #expect(outcome.ending == .exit(0))
        #expect(outcome.output.contains("OVERVIEW: "))
        #expect(outcome.output.contains("USAGE: nosce \(verb.joined(separator: " "))"))
        #expect(outcome.errors.isEmpty)
      }
    }
  }
}
