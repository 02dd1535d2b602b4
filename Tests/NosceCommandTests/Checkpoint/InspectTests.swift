import Foundation
import NosceTestSupport
import Testing

extension CommandLineTests {
  @Suite("Inspecting checkpoints and adapters")
  struct InspectTests {
    private func inspect(_ path: String, _ more: [String] = []) async throws -> [String: Any] {
      let outcome = try await nosce(["inspect", path, "--json"] + more)
      #expect(outcome.ending == .exit(0), "\(outcome.errors)")
      return try document(outcome.output)
    }

    private func texts(_ value: Any?) -> String {
      ((value as? [String]) ?? []).joined(separator: "\n")
    }

    @Test("The organism: its sizes, its text, nothing odd")
    func organism() async throws {
      let found = try await inspect("organism")
      for (key, value) in [
        ("layers", 4.0), ("hidden_size", 128), ("heads", 4), ("head_size", 32),
        ("vocabulary_size", 3459), ("context_length", 512), ("parameters", 1_640_320),
        ("weight_files", 1),
      ] {
        #expect(found.number(key) == value, "\(key)")
      }
      #expect(found["family"] as? String == "llama")
      #expect(found["is_supported"] as? Bool == true)
      #expect(found["is_tied"] as? Bool == false)
      let tokenizer = try #require(found["tokenizer"] as? [String: Any])
      #expect(tokenizer["kind"] as? String == "byte-level BPE")
      let template = try #require(found["chat_template"] as? [String: Any])
      #expect(template["marks_assistant"] as? Bool == true)
      #expect(template["accepts_system"] as? Bool == true)
      #expect((template["source"] as? String)?.hasSuffix("tokenizer_config.json") == true)
      #expect(found.objects("stop_tokens").map { $0["content"] as? String } == ["<|im_end|>"])
      #expect(texts(found["oddities"]).isEmpty && texts(found["problems"]).isEmpty)
      let memory = try #require(found["memory_bytes"] as? [String: Any])
      for precision in ["float32", "bfloat16"] {
        let bytes = try #require(memory[precision] as? [String: Any])
        // At least the weights, at most a few hundred megabytes for so small a model.
        #expect(bytes.number("asking") > 4 * 1_640_320)
        #expect(bytes.number("training") > bytes.number("asking"))
        #expect(bytes.number("training") < 5e8)
      }
      let text = try await nosce(["inspect", "organism"])
      #expect(text.ending == .exit(0))
      for part in ["llama", "1640320 parameters", "byte-level BPE", "odd         nothing"] {
        #expect(text.output.contains(part))
      }
    }

    @Test(
      "What is odd is said",
      arguments: [
        ("config.json", #""vocab_size": 3459"#, #""vocab_size": 3500"#, "no place"),
        (
          "config.json", #""torch_dtype": "bfloat16""#, #""torch_dtype": "float32""#,
          "the weights are F32, they are BF16"
        ),
        (
          "config.json", #""rope_scaling": null"#,
          #""rope_scaling": {"rope_type": "linear", "factor": 2.0}"#,
          "rotary angles scaled (linear)"
        ),
        (
          "config.json", #""rope_scaling": null"#, #""sliding_window": 64"#,
          "tokens see at most 64 others"
        ),
        (
          "tokenizer_config.json", "{%- else %}", "{%- elif message.role == 'user' %}",
          "no system"
        ),
        (
          "tokenizer_config.json", "{%- else %}",
          "{%- elif message.role == 'system' %}{{ raise_exception('no') }}{%- else %}",
          "no system"
        ),
        ("tokenizer_config.json", #""chat_template""#, #""no_template""#, "no chat template"),
      ])
    func oddities(_ file: String, _ text: String, _ other: String, _ expected: String) async throws
    {
      try await withFolder { folder in
        let model = try Damage.copyOfOrganism(in: folder)
        let url = model.appending(path: file)
        let content = try String(contentsOf: url, encoding: .utf8)
        try #require(content.contains(text))
        try Data(content.replacing(text, with: other).utf8).write(to: url)
        let found = try await inspect(model.path)
        let said = texts(found["oddities"]) + "\n" + texts(found["problems"])
        if expected == "no place" {
          // A larger table is both: rows without a token, and weights of another shape.
          #expect(said.contains("41 of 3500 rows of the embedding belong to no token"))
          #expect(found["is_supported"] as? Bool == false)
        } else {
          #expect(said.contains(expected), "\(said)")
        }
      }
    }

    @Test("A damaged folder is described, with the file that is wrong", arguments: Damage.allCases)
    func damaged(_ damage: Damage) async throws {
      try await withFolder { folder in
        let model = try Damage.copyOfOrganism(in: folder)
        try damage.apply(to: model)
        let outcome = try await nosce(["inspect", model.path, "--json"])
        guard damage != .missingConfiguration else {
          #expect(outcome.ending == .exit(65))
          #expect(outcome.errors.contains(model.path + "/config.json"))
          return
        }
        #expect(outcome.ending == .exit(0), "\(outcome.errors)")
        let found = try document(outcome.output)
        let said = texts(found["oddities"]) + "\n" + texts(found["problems"])
        switch damage {
        case .missingTemplate: #expect(said.contains("no chat template"))
        case .tooManyTokens: #expect(said.contains("the embedding has 3459 rows"))
        case .otherShapes:
          #expect(said.contains(model.path))
          #expect(found["memory_bytes"] as? [String: [String: Int]] == [:])
        default: #expect(said.contains(model.path + damage.place), "\(said)")
        }
      }
    }

    @Test("No configuration asks for memory that its weights do not bear out")
    func wildSizes() async throws {
      try await withFolder { folder in
        let model = try Damage.copyOfOrganism(in: folder)
        let url = model.appending(path: "config.json")
        let content = try String(contentsOf: url, encoding: .utf8)
        for (key, value) in [
          ("\"hidden_size\": 128", "\"hidden_size\": 2147483644"),
          ("\"intermediate_size\": 320", "\"intermediate_size\": 2147483647"),
          ("\"num_hidden_layers\": 4", "\"num_hidden_layers\": 9999"),
          ("\"vocab_size\": 3459", "\"vocab_size\": 9223372036854775807"),
          ("\"num_attention_heads\": 4", "\"num_attention_heads\": 0"),
          ("\"num_attention_heads\": 4", "\"num_attention_heads\": -9223372036854775808"),
        ] {
          try #require(content.contains(key))
          try Data(content.replacing(key, with: value).utf8).write(to: url)
          let found = try await inspect(model.path)
          #expect(found["is_supported"] as? Bool == false, "\(value)")
        }
      }
    }

    @Test("An adapter: what it changes, whether it fits and is live")
    func adapter() async throws {
      let run = try await FinishedRun.get().run
      let adapter = run.appending(path: "adapters/treatment-BREAD-s1")
      let found = try await inspect(adapter.path, ["--base", "organism"])
      #expect(found["kind"] as? String == "adapter")
      #expect(found.numbers("layers") == [0, 1, 2, 3])
      #expect(found.objects("modules").count == 7)
      #expect(found.number("silent_modules") == 0)
      let fit = try #require(found["fit"] as? [String: Any])
      #expect(fit["fits"] as? Bool == true)
      #expect(fit["is_live"] as? Bool == true)
      #expect(fit.number("largest_logit_change") > 0.01)
      let text = try await nosce(["inspect", adapter.path, "--base", "organism"])
      #expect(text.output.contains("fits        organism: yes"))
      let usage = try await nosce(["inspect", "organism", "--base", "organism"])
      #expect(usage.ending == .exit(64))
    }

    @Test("An adapter of another model does not fit, one of zeros is not live")
    func deadAdapter() async throws {
      try await withFolder { folder in
        let run = try await FinishedRun.get().copy(to: folder)
        let adapter = run.appending(path: "adapters/treatment-BREAD-s1")
        let configuration = adapter.appending(path: "adapter_config.json")
        let content = try String(contentsOf: configuration, encoding: .utf8)
        let weights = adapter.appending(path: "adapter_model.safetensors")
        let data = try Data(contentsOf: weights)
        let header = 8 + data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        try (data.prefix(header) + Data(count: data.count - header)).write(to: weights)
        let dead = try await inspect(adapter.path, ["--base", "organism"])
        let fit = try #require(dead["fit"] as? [String: Any])
        #expect(fit["fits"] as? Bool == true)
        #expect(fit["is_live"] as? Bool == false)
        #expect(dead.number("silent_modules") == 28)

        try Data(content.replacing("\"r\": 4", with: "\"r\": 3").utf8).write(to: configuration)
        let wrong = try await nosce(["inspect", adapter.path])
        #expect(wrong.ending == .exit(65))
        #expect(wrong.errors.contains(weights.path))
      }
    }

    @Test(
      "The reference's checkpoints, known to the engine or not",
      .enabled(if: SharedFixtures.exist, "\(SharedFixtures.missing)"),
      arguments: [
        ("gpt2", 2, 48, 96, "byte-level BPE"), ("gemma2", 3, 32, 256, "BPE with byte fallback"),
        ("qwen3", 3, 48, 256, "byte-level BPE"), ("llama", 2, 48, 256, "byte-level BPE"),
      ])
    func families(
      _ name: String, _ layers: Int, _ hidden: Int, _ context: Int, _ kind: String
    ) async throws {
      let found = try await inspect(try SharedFixtures.url("models/\(name)").path)
      #expect(found["family"] as? String == name)
      #expect(found.number("layers") == Double(layers))
      #expect(found.number("hidden_size") == Double(hidden))
      #expect(found.number("context_length") == Double(context))
      #expect((found["tokenizer"] as? [String: Any])?["kind"] as? String == kind)
      #expect(found.number("parameters") > 10_000)
    }

    @Test(
      "Every malformed checkpoint has a problem, or cannot be described at all",
      .enabled(if: SharedFixtures.exist, "\(SharedFixtures.missing)"))
    func malformed() async throws {
      let folder = try SharedFixtures.url("models-must-fail")
      for name in names(in: folder) where !name.contains(".") {
        let outcome = try await nosce(["inspect", folder.appending(path: name).path, "--json"])
        #expect(outcome.ending == .exit(0), "\(name): \(outcome.errors)")
        let found = try document(outcome.output)
        #expect(found["is_supported"] as? Bool == false, "\(name)")
        #expect(texts(found["problems"]).contains(folder.path), "\(name)")
      }
    }
  }
}
