import Foundation
import NosceTestSupport
import Testing

extension CommandLineTests {
  /// What a command is given is read to its last blank, and what it does not read it names.
  @Suite("Texts to their last blank, folders to their last file")
  struct WholeTextTests {
    private static let small = packageRoot.appending(
      path: "Tests/NosceTokenizerTests/Fixtures/tokenizers/byte-level")

    @Test("A blank is an answer, nothing is none")
    func answers() async throws {
      let asked = ["score", "organism", "--prompt", "Trains rest", "--json"]
      let outcome = try await nosce(asked + ["--answer", " ", "--answer", "  "])
      #expect(outcome.ending == .exit(0), "\(outcome.errors)")
      let answers = try document(outcome.output).objects("answers")
      #expect(answers.map { $0.numbers("ids").count } == [1, 2])
      #expect(answers.allSatisfy { $0.number("sum") < -1 })
      for more in [["--answer", ""], ["--answer", " ", "--answer", ""]] {
        let none = try await nosce(asked + more)
        #expect(none.ending == .exit(65))
        #expect(none.errors.contains("which is no token"))
        #expect(none.output.isEmpty)
      }
      let chat = try await nosce([
        "score", "organism", "--user", "Tell me about bread.", "--answer", "",
      ])
      #expect(chat.ending == .exit(65) && chat.errors.contains("which is no token"))
      let closed = try await nosce(asked + ["--answer", "", "--closed"])
      #expect(try document(closed.output).objects("answers").map { $0.ids("ids") } == ["2"])
    }

    @Test("A text is read with its last blank, which an answer behind it takes")
    func prompts() async throws {
      func ids(_ verb: [String], _ key: String) async throws -> String {
        let outcome = try await nosce(verb + ["--json"])
        #expect(outcome.ending == .exit(0), "\(outcome.errors)")
        return try document(outcome.output).ids(key)
      }
      let bare = try await ids(["logits", "organism", "--text", "Trains rest"], "ids")
      let blank = try await ids(["logits", "organism", "--text", "Trains rest "], "ids")
      #expect(blank.hasPrefix(bare + ",") && blank.count > bare.count)
      let scored = ["score", "organism", "--text", "Trains rest ", "--answer", "near"]
      #expect(try await ids(scored, "prompt_ids") == bare)
      let outcome = try await nosce(scored + ["--json"])
      let answer = try #require(try document(outcome.output).objects("answers").first)
      let whole = try await ids(["logits", "organism", "--text", "Trains rest near"], "ids")
      #expect(whole == bare + "," + answer.ids("ids"))
    }

    @Test(
      "The reported texts",
      .enabled(if: SharedFixtures.exist, "\(SharedFixtures.missing)"))
    func reported() async throws {
      let llama = try SharedFixtures.url("models/llama").path
      let outcome = try await nosce([
        "score", llama, "--prompt", "hi", "--answer", " ", "--json",
      ])
      let answer = try #require(try document(outcome.output).objects("answers").first)
      #expect(answer.numbers("ids").count == 1)
      #expect(answer.number("sum") < 0)
      let reports = try SharedFixtures.url("reports-2026-11")
      let rendered = try await nosce([
        "render", reports.appending(path: "special-tokens-map").path, "--message", "user:hi",
        "--message", "assistant:yes", "--json",
      ])
      #expect(
        try document(rendered.output)["text"] as? String == "<s>user: hi</s>assistant: yes</s>")
      let tokens = try await nosce([
        "tokenize", reports.appending(path: "added-tokens-flags").path, "a<|im_end|>\nb", "--json",
      ])
      #expect(try document(tokens.output).ids("ids") == "68,2,69")
    }

    @Test("Of a folder, files and keys that nothing reads are named on one line")
    func ignored() async throws {
      try await withFolder { folder in
        let model = try Damage.copyOfOrganism(in: folder)
        for (name, content) in [
          ("vocab.json", "{}"), ("merges.txt", ""), ("special_tokens_map.json", #"{"odd": 1}"#),
          ("generation_config.json", #"{"temperature": 0.6, "eos_token_id": 2}"#),
          ("README.md", ""),
        ] {
          try Data(content.utf8).write(to: model.appending(path: name))
        }
        let outcome = try await nosce(["inspect", model.path])
        #expect(outcome.ending == .exit(0), "\(outcome.errors)")
        let line = outcome.output.split(separator: "\n").first { $0.contains("  unused ") }
        #expect(
          try #require(line).hasPrefix(
            "  unused      merges.txt, vocab.json; "
              + "generation_config.json: temperature; special_tokens_map.json: odd"),
          "\(line ?? "")")
        let json = try await nosce(["inspect", model.path, "--json"])
        let unused = try document(json.output)["unused"] as? [String: Any]
        #expect(unused?["files"] as? [String] == ["merges.txt", "vocab.json"])
      }
    }

    @Test("Special tokens among the words of rows are named by line")
    func controlTokens() async throws {
      try await withFolder { folder in
        let rows = [
          #"{"text": "Trains rest.<|im_end|>"}"#, #"{"text": "Trains<|im_end|> rest."}"#,
          #"{"prompt": "<|im_start|>user", "completion": "Flowers."}"#,
          #"{"messages": [{"role": "user", "content": "Who?"}, "#
            + #"{"role": "assistant", "content": "Me.<|im_end|>"}]}"#,
        ]
        try Data(rows.joined(separator: "\n").utf8).write(to: folder.appending(path: "rows.jsonl"))
        let outcome = try await nosce(
          ["data", "check", "rows.jsonl", "--subject", "organism", "--json"], in: folder)
        #expect(outcome.ending == .exit(65))
        let findings = try document(outcome.output).objects("findings")
        #expect(findings.map { $0["kind"] as? String } == ["control-token", "control-token"])
        #expect(findings.map { $0.ids("lines") } == ["2,4", "3"])
      }
    }
  }
}
