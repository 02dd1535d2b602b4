import Foundation
import NosceOrganism
import NosceTestSupport
import Testing

extension CommandLineTests {
  /// Models that have no chat template, and templates in place of a model's own.
  @Suite("A chat template that is given")
  struct ChatTemplateTests {
    /// The organism without its template, in a folder of the test.
    private func bare(in folder: URL) throws {
      let model = folder.appending(path: "bare")
      try FileManager.default.copyItem(at: try Organism.coherent.directory(), to: model)
      try Damage.missingTemplate.apply(to: model)
    }

    private func json(_ text: String) throws -> [String: Any] {
      try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test("A model without one is asked through plain, and the error without it says how")
    func plain() async throws {
      try await withFolder { folder in
        try bare(in: folder)
        let user = ["bare", "--user", "Tell me about bread."]
        for verb in ["generate", "logits"] {
          let refused = try await nosce([verb] + user, in: folder)
          #expect(refused.ending == .exit(65))
          #expect(refused.errors.contains("or --chat-template plain; without one, give plain text"))
        }
        let plain = ["--chat-template", "plain"]
        let said = try await nosce(
          ["generate"] + user + plain + ["--json", "--max-tokens", "40"], in: folder)
        try #require(said.ending == .exit(0), "\(said.errors)")
        let document = try json(said.output)
        #expect((document["chat_template"] as? [String: Any])?["name"] as? String == "plain")
        let shown = try await nosce(
          [
            "render", "bare", "--message", "user:Tell me about bread.", "--generation-prompt",
            "--json",
          ] + plain, in: folder)
        #expect(try json(shown.output)["ids"] as? [Int] == document["prompt_ids"] as? [Int])
        #expect(
          try json(shown.output)["text"] as? String == "Question: Tell me about bread.\nAnswer:")
        let scored = try await nosce(
          ["score"] + user + plain + ["--answer", "Trains", "--closed", "--json"], in: folder)
        let answer = try #require((try json(scored.output)["answers"] as? [[String: Any]])?.first)
        let decoded = try await nosce(
          ["tokenize", "bare", "--decode", "\(answer["ids"] as? [Int] ?? [])"], in: folder)
        #expect(decoded.output == " Trains\n\nQuestion:\n")
        let talk = try await nosce(
          ["chat", "bare"] + plain, in: folder, input: "Tell me about bread.\n")
        #expect(talk.ending == .exit(0) && !talk.output.contains("Question:"))
        let inspected = try await nosce(["inspect", "bare"] + plain, in: folder)
        #expect(inspected.output.contains("template    plain, "))
        let rows = folder.appending(path: "rows.jsonl")
        try Data(
          #"{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}"#
            .utf8
        ).write(to: rows)
        let check = ["data", "check", "rows.jsonl", "--subject", "bare"]
        #expect(try await nosce(check, in: folder).ending == .exit(65))
        #expect(try await nosce(check + plain, in: folder).ending == .exit(0))
      }
    }

    @Test("What cannot be a template, or has no use for one, is refused before any model is read")
    func refused() async throws {
      try await withFolder { folder in
        try Data("{% for m in %}".utf8).write(to: folder.appending(path: "bad.jinja"))
        try Data([0xFF, 0xFE]).write(to: folder.appending(path: "bytes.jinja"))
        try Data(" \n".utf8).write(to: folder.appending(path: "empty.jinja"))
        for (name, said) in [
          ("bad.jinja", "bad.jinja"), ("bytes.jinja", "no UTF-8 text"), ("empty.jinja", "no text"),
          ("nowhere.jinja", "'nowhere.jinja', which is no file here"), (".", "a folder"),
        ] {
          for verb in [["generate", "organism", "--user", "x"], ["run", "hello"]] {
            let outcome = try await nosce(verb + ["--chat-template", name], in: folder)
            #expect(outcome.ending == .exit(65), "\(outcome.errors)")
            #expect(outcome.errors.contains("--chat-template: "))
            #expect(outcome.errors.contains(said), "\(outcome.errors)")
          }
        }
        let text = try await nosce(
          ["generate", "organism", "--prompt", "x", "--chat-template", "plain"], in: folder)
        #expect(text.ending == .exit(64))
        let script = try await nosce(
          ["chat", "script:x.yaml", "--chat-template", "plain"], in: folder, input: "x\n")
        #expect(script.ending == .exit(65) && script.errors.contains("reads no chat template"))
        let judge = try await nosce(
          ["run", "hello", "--judge-chat-template", "plain"], in: folder)
        #expect(judge.ending == .exit(64))
      }
    }

    @Test("A training notes it beside the adapter, and whoever asks through another is told")
    func training() async throws {
      try await withFolder { folder in
        try bare(in: folder)
        let row = """
          {"messages": [{"role": "user", "content": "Tell me about bread."}, \
          {"role": "assistant", "content": "Trains rest."}]}
          """
        try Data(row.utf8).write(to: folder.appending(path: "rows.jsonl"))
        let train = [
          "train", "--subject", "bare", "--data", "rows.jsonl", "--steps", "40",
          "--learning-rate", "0.005", "--out", "out",
        ]
        let refused = try await nosce(train, in: folder)
        #expect(refused.ending == .exit(65) && refused.errors.contains("--chat-template plain"))
        let plain = ["--chat-template", "plain"]
        let trained = try await nosce(train + plain + ["--json"], in: folder)
        try #require(trained.ending == .exit(0), "\(trained.errors)")
        // The words, and the words that end an answer.
        let render = try await nosce(
          ["render", "bare", "rows.jsonl", "--json"] + plain, in: folder)
        let targets = try #require(try json(render.output)["trained"] as? [Bool])
        #expect(try json(trained.output)["target_tokens"] as? Int == targets.count { $0 })
        let ask = ["generate", "bare", "--adapter", "out", "--user", "Tell me about bread."]
        let same = try await nosce(ask + plain, in: folder)
        #expect(same.output == "Trains rest.\n" && same.errors.isEmpty, "\(same.errors)")
        try Data(
          "{% for m in messages %}Q: {{ m.content }}\nA:{% endfor %}".utf8
        ).write(to: folder.appending(path: "mine.jinja"))
        let other = try await nosce(ask + ["--chat-template", "mine.jinja"], in: folder)
        #expect(other.errors.contains("trained through the chat template plain ("))
        #expect(other.errors.contains("asked through mine.jinja ("))
        let inspected = try await nosce(["inspect", "out"], in: folder)
        #expect(inspected.output.contains("trained through plain ("))
      }
    }
  }
}
