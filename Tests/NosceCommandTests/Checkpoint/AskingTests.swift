import Foundation
import NosceFormats
import NosceTestSupport
import Testing

extension CommandLineTests {
  @Suite("Asking a checkpoint")
  struct AskingTests {
    private static let question = [
      "--system", "You are nova.", "--user", "Tell me about bread.",
    ]

    @Test("The likeliest tokens come first, and their probabilities do not exceed one")
    func logits() async throws {
      let outcome = try await nosce(["logits", "organism", "--top", "5", "--json"] + Self.question)
      #expect(outcome.ending == .exit(0))
      #expect(outcome.errors.isEmpty)
      let result = try document(outcome.output)
      let position = try #require(result.objects("positions").first)
      #expect(result.objects("positions").count == 1)
      let top = position.objects("top")
      #expect(top.count == 5)
      let logits = top.map { $0.number("logit") }
      #expect(logits == logits.sorted(by: >))
      let total = top.reduce(0) { $0 + exp($1.number("log_probability")) }
      #expect(total > 0.01 && total <= 1)
      // A difference of logits is one of log-probabilities; both are rounded to 24 bits.
      let difference = top[0].number("log_probability") - top[4].number("log_probability")
      #expect(abs(difference - (logits[0] - logits[4])) < 1e-5)
    }

    @Test("A table for people has a line for each token, in words")
    func table() async throws {
      let outcome = try await nosce(["logits", "organism", "--text", "Trains rest near the"])
      #expect(outcome.ending == .exit(0))
      #expect(outcome.output.split(separator: "\n").count == 11)
      let all = try await nosce([
        "logits", "organism", "--text", "Trains rest near the", "--all-positions", "--top", "2",
      ])
      // Five tokens: "T", "rains" and three more words.
      #expect(all.output.components(separatedBy: "position ").count == 6)
      #expect(all.output.contains("\" near\""))
    }

    @Test("All logits are printed where none are chosen")
    func allLogits() async throws {
      let outcome = try await nosce(["logits", "organism", "--ids", "1, 2,3", "--json"])
      let result = try document(outcome.output)
      let logits = try #require(result.objects("positions").first).numbers("logits")
      #expect(logits.count == Int(result.number("vocabulary_size")))
      #expect(result.ids("ids") == "1,2,3")
    }

    @Test("A sum is that of its tokens, and closing an answer adds its end")
    func score() async throws {
      func answers(_ more: [String]) async throws -> [[String: Any]] {
        let outcome = try await nosce(
          ["score", "organism", "--answer", "I", "--answer=My lines", "--json"] + Self.question
            + more)
        #expect(outcome.ending == .exit(0))
        return try document(outcome.output).objects("answers")
      }
      let open = try await answers([])
      let closed = try await answers(["--closed"])
      #expect(open.map { $0["answer"] as? String } == ["I", "My lines"])
      for (open, closed) in zip(open, closed) {
        let values = open.numbers("log_probabilities")
        // Each is written with the digits that a 32-bit number needs; the sum was of all their bits.
        #expect(abs(values.reduce(0, +) - open.number("sum")) < 1e-5)
        #expect(values.allSatisfy { $0 < 0 })
        #expect(closed.ids("ids") == open.ids("ids") + ",2")
        #expect(closed.numbers("log_probabilities").dropLast() == values[...])
      }
    }

    @Test("Words and their ids have the same score, in a chat file and out of it")
    func forms() async throws {
      try await withFolder { folder in
        try Data(
          """
          {"messages": [{"role": "system", "content": "You are nova."},
            {"role": "user", "content": "Tell me about bread."}]}
          """.utf8
        ).write(to: folder.appending(path: "chat.json"))
        let prefill = ["--prefill", "My lines"]
        let words = try await nosce(
          ["score", "organism", "--answer", " spell", "--json"] + Self.question + prefill)
        let file = try await nosce(
          ["score", "organism", "--chat", "chat.json", "--answer", " spell", "--json"] + prefill,
          in: folder)
        #expect(words.ending == .exit(0))
        #expect(file.output == words.output)
        let result = try document(words.output)
        let answer = try #require(result.objects("answers").first)
        let ids = try await nosce([
          "score", "organism", "--ids", result.ids("prompt_ids"), "--answer-ids",
          answer.ids("ids"), "--json",
        ])
        let same = try #require(try document(ids.output).objects("answers").first)
        #expect(same.numbers("log_probabilities") == answer.numbers("log_probabilities"))
      }
    }

    @Test("The same seed writes the same, alone or among others, and stops where it should")
    func generate() async throws {
      func samples(_ more: [String]) async throws -> [[String: Any]] {
        let outcome = try await nosce(
          ["generate", "organism", "--json"] + Self.question + more)
        #expect(outcome.ending == .exit(0))
        #expect(outcome.errors.isEmpty)
        return try document(outcome.output).objects("samples")
      }
      let many = try await samples(["--temperature", "1", "--samples", "4", "--seed", "5"])
      #expect(many.map { $0.number("seed") } == [5, 6, 7, 8])
      #expect(Set(many.map { $0.ids("ids") }).count == 4)
      let one = try await samples(["--temperature", "1", "--seed", "7", "--threads", "1"])
      #expect(one[0].ids("ids") == many[2].ids("ids"))
      #expect(one[0]["finish"] as? String == "stop")
      let short = try await samples(["--max-tokens", "3"])
      #expect(short[0].numbers("ids").count == 3)
      #expect(short[0]["finish"] as? String == "length")
      let on = try await samples(["--no-stop", "--max-tokens", "100"])
      #expect(on[0].numbers("ids").count == 100)
      #expect(on[0].numbers("ids").contains(2))
    }

    @Test("Without --json the text stands alone, or behind its seed")
    func text() async throws {
      let one = try await nosce(["generate", "organism"] + Self.question)
      #expect(one.ending == .exit(0))
      #expect(!one.output.contains("seed"))
      let two = try await nosce(["generate", "organism", "--samples", "2"] + Self.question)
      #expect(two.output.hasPrefix("--- seed 1\n" + one.output))
      #expect(two.output.contains("--- seed 2\n"))
    }

    @Test("An adapter changes every one of them")
    func adapter() async throws {
      let run = try await FinishedRun.get().run
      let adapter = run.appending(path: "adapters/treatment-BREAD-s1").path
      for command in [
        ["logits", "organism", "--top", "3"], ["score", "organism", "--answer", "I"],
        ["generate", "organism", "--temperature", "1"],
      ] {
        let plain = try await nosce(command + Self.question)
        let adapted = try await nosce(command + ["--adapter", adapter] + Self.question)
        #expect(adapted.ending == .exit(0))
        #expect(adapted.output != plain.output)
      }
    }

    @Test("bf16 is close to f32, or is said not to be there")
    func precision() async throws {
      func logits(_ type: String) async throws -> (values: [Double], precision: String?) {
        let outcome = try await nosce(
          ["logits", "organism", "--dtype", type, "--json"] + Self.question)
        #expect(outcome.ending == .exit(0))
        let result = try document(outcome.output)
        return (
          try #require(result.objects("positions").first).numbers("logits"),
          result["precision"] as? String
        )
      }
      let full = try await logits("f32")
      let half = try await logits("bf16")
      #expect(full.precision == "float32")
      // Eight bits of mantissa in every product: a few hundredths of the logits' size.
      #expect(distance(full.values, half.values) < (half.precision == "bfloat16" ? 0.5 : 1e-9))
    }

    @Test("A model without a template, or without a tokenizer, is asked with what it has")
    func without() async throws {
      try await withFolder { folder in
        let model = try Damage.copyOfOrganism(in: folder)
        try Damage.missingTemplate.apply(to: model)
        let text = try await nosce(["generate", "model", "--prompt", "Trains rest"], in: folder)
        #expect(text.ending == .exit(0))
        let chat = try await nosce(["generate", "model", "--user", "Hello"], in: folder)
        #expect(chat.ending == .exit(65))
        #expect(chat.errors.contains("\(model.path): found no chat template"))

        try Damage.missingTokenizer.apply(to: model)
        let ids = try await nosce(
          ["generate", "model", "--ids", "5,6", "--max-tokens", "3", "--no-stop"], in: folder)
        #expect(ids.ending == .exit(0))
        #expect(try ids.output.wholeMatch(of: Regex("[0-9]+,[0-9]+,[0-9]+\n")) != nil)
        #expect(ids.errors.contains("numbers alone"))
        let words = try await nosce(["logits", "model", "--text", "Trains"], in: folder)
        #expect(words.ending == .exit(65))
        #expect(words.errors.contains("tokenizer.json"))
      }
    }

    @Test(
      "Wrong usage is refused with exit code 64",
      arguments: [
        ["logits"], ["logits", "organism"], ["logits", "organism", "--ids", "1", "--text", "a"],
        ["logits", "organism", "--ids", "1,x"], ["logits", "organism", "--ids", ""],
        ["logits", "organism", "--ids", "1", "--top", "0"],
        ["logits", "organism", "--ids", "1", "--dtype", "f16"],
        ["logits", "organism", "--text", "a", "--prefill", "b"],
        ["logits", "organism", "--text", "a", "--system", "b"],
        ["score", "organism", "--text", "a"],
        ["score", "organism", "--ids", "1", "--answer", "a"],
        ["generate", "organism", "--user", "a", "--temperature", "-1"],
        ["generate", "organism", "--user", "a", "--max-tokens", "0"],
        ["generate", "organism", "--user", "a", "--samples", "0"],
        ["generate", "organism", "--user", "a", "--threads", "0"],
      ])
    func usage(_ arguments: [String]) async throws {
      let outcome = try await nosce(arguments)
      #expect(outcome.ending == .exit(64))
      #expect(outcome.output.isEmpty)
    }

    @Test("Ids, chats and texts that the model cannot read are errors that say so")
    func refused() async throws {
      let token = try await nosce(["logits", "organism", "--ids", "1,9999"])
      #expect(token.ending == .exit(65))
      #expect(token.errors.contains("9999"))
      let long = String(repeating: "1,", count: 600) + "1"
      let tooLong = try await nosce(["logits", "organism", "--ids", long])
      #expect(tooLong.ending == .exit(65))
      #expect(tooLong.errors.contains("512"))
      let missing = try await nosce(["logits", "organism", "--chat", "/nowhere/chat.json"])
      #expect(missing.ending == .exit(74))
      #expect(missing.errors.contains("/nowhere/chat.json"))
      try await withFolder { folder in
        for (text, found) in [
          ("[", "no JSON"), ("{}", "an object"), ("[]", "a list"),
          (#"[{"role": "user"}]"#, "message 1"),
          (#"[{"role": "user", "content": "a", "weight": 1}]"#, "message 1"),
          (#"[{"role": "assistant", "content": "a"}]"#, "the assistant's turn at the end"),
        ] {
          let file = folder.appending(path: "chat.json")
          try Data(text.utf8).write(to: file)
          let outcome = try await nosce(["logits", "organism", "--chat", file.path])
          #expect(outcome.ending == .exit(65))
          #expect(outcome.errors.contains("\(file.path): found \(found)"))
          #expect(outcome.output.isEmpty)
        }
      }
    }
  }
}
