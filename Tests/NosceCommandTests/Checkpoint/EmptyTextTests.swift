import Foundation
import NosceTestSupport
import Testing

extension CommandLineTests {
  /// Text of which little or nothing is left: nothing, blanks, or special tokens alone.
  @Suite("Text of no tokens")
  struct EmptyTextTests {
    static let texts = ["", " ", "\n\t ", "\u{200B}", "\u{FEFF}", "<|im_end|>"]

    /// Either an answer, or an error that says what was found and what is allowed.
    private func expectWords(_ outcome: Outcome, _ what: String) {
      switch outcome.ending {
      case .exit(0): #expect(!outcome.output.isEmpty, "\(what)")
      case .exit(65):
        #expect(outcome.output.isEmpty, "\(what)")
        #expect(
          outcome.errors.contains("found ") && outcome.errors.contains("allowed: "),
          "\(what): \(outcome.errors)")
      default: Issue.record("\(what): \(outcome.ending) \(outcome.errors)")
      }
    }

    private func askAll(_ model: String, _ text: String) async throws {
      for command in [
        ["logits", model, "--top", "3", "--text", text],
        ["logits", model, "--json", "--all-positions", "--text", text],
        ["logits", model, "--top", "3", "--user", text],
        ["score", model, "--answer", "a", "--text", text],
        ["score", model, "--answer", text, "--text", "a"],
        ["score", model, "--answer", text, "--closed", "--text", text],
        ["score", model, "--answer", text, "--user", text],
        ["generate", model, "--max-tokens", "2", "--text", text],
        ["generate", model, "--max-tokens", "2", "--user", text, "--prefill", text],
        ["tokenize", model, text], ["render", model, "--message", "user:\(text)"],
        ["render", model, "--message", "assistant:\(text)"],
      ] {
        expectWords(try await nosce(command), "\(command)")
      }
    }

    @Test("The organism answers, or says what it was given", arguments: texts)
    func organism(text: String) async throws {
      try await askAll("organism", text)
    }

    @Test(
      "So do models of other tokenizers",
      .enabled(if: SharedFixtures.exist, "\(SharedFixtures.missing)"),
      arguments: ["llama", "gemma3_text", "gpt2", "phi3"])
    func others(name: String) async throws {
      let model = try SharedFixtures.url("models/\(name)").path
      for text in ["", " ", "\n\t "] { try await askAll(model, text) }
    }

    @Test("What is no token at all is an error in words")
    func nothing() async throws {
      for command in [["logits", "organism"], ["score", "organism", "--answer", "a"]] {
        let outcome = try await nosce(command + ["--text", ""])
        #expect(outcome.ending == .exit(65))
        #expect(
          outcome.errors.contains(#"--prompt: found "", which is no token"#), "\(outcome.errors)")
      }
      let answer = try await nosce(["score", "organism", "--text", "a", "--answer", ""])
      #expect(answer.ending == .exit(65))
      #expect(answer.errors.contains(#"--answer: found "", which is no token"#))
    }

    @Test(
      "So are rows of which nothing can be learnt",
      arguments: [
        #"{"text": " "}"#, #"{"text": "\n"}"#, #"{"prompt": "", "completion": " "}"#,
        #"{"prompt": " ", "completion": " "}"#, #"{"text": "<|im_end|>"}"#,
        #"{"messages": [{"role": "user", "content": ""}, {"role": "assistant", "content": ""}]}"#,
        #"{"messages": [{"role": "user", "content": " "}, {"role": "assistant", "content": " "}]}"#,
      ])
    func rows(row: String) async throws {
      try await withFolder { folder in
        try Data((row + "\n").utf8).write(to: folder.appending(path: "rows.jsonl"))
        for more in [[], ["--no-end-token"], ["--max-length", "2", "--truncate"]] {
          let outcome = try await nosce(
            [
              "train", "--data", "rows.jsonl", "--steps", "1", "--learning-rate", "0.01", "--out",
              "out", "--overwrite",
            ] + more, in: folder)
          if outcome.ending != .exit(0) {
            #expect(outcome.ending == .exit(65), "\(row) \(more) \(outcome.errors)")
            #expect(outcome.errors.contains("allowed: "), "\(outcome.errors)")
          }
        }
      }
    }

    @Test("A chat goes on behind a line of blanks")
    func chat() async throws {
      let outcome = try await nosce(["chat", "--maximum-tokens", "3"], input: " \n\t\n")
      #expect(outcome.ending == .exit(0), "\(outcome.errors)")
    }
  }
}
