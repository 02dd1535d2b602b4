import Foundation
import NosceTestSupport
import Testing

extension CommandLineTests {
  @Suite("What a folder holds and nobody reads")
  struct UnusedTests {
    private func line(_ label: String, of output: String) -> String? {
      output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        .first { $0.hasPrefix(label) }
    }

    @Test("Files and keys of a checkpoint are named on one line, and an adapter in its folder")
    func checkpoint() async throws {
      let finished = try await FinishedRun.get()
      try await withFolder { folder in
        let model = try Damage.copyOfOrganism(in: folder)
        let before = try await nosce(["inspect", model.path])
        #expect(
          line("unused", of: before.output)?.hasPrefix("unused      tokenizer_config.json: ")
            == true)

        for name in [
          "pytorch_model.bin", "model-q4.gguf", "optimizer.pt", "modeling_own.py",
          "model-00001-of-00002.safetensors", "README.md", "LICENSE",
        ] {
          try Data("x".utf8).write(to: model.appending(path: name))
        }
        let original = model.appending(path: "original")
        try FileManager.default.createDirectory(at: original, withIntermediateDirectories: false)
        try Data("x".utf8).write(to: original.appending(path: "consolidated.00.pth"))
        let url = model.appending(path: "config.json")
        var config = try #require(
          JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
        config["attn_temperature_tuning"] = true
        config["query_pre_attn_scalar"] = 12
        config["off"] = false
        config["rope_scaling"] = ["rope_type": "linear", "factor": 2.0, "attn_factor": 3]
        try JSONSerialization.data(withJSONObject: config).write(to: url)
        let adapter = finished.run.appending(path: "adapters/treatment-BREAD-s1")
        for name in names(in: adapter) {
          try FileManager.default.copyItem(
            at: adapter.appending(path: name), to: model.appending(path: name))
        }

        let text = try await nosce(["inspect", model.path])
        #expect(text.ending == .exit(0))
        let unused = try #require(line("unused", of: text.output))
        for part in [
          "pytorch_model.bin", "model-q4.gguf", "optimizer.pt", "modeling_own.py",
          "model-00001-of-00002.safetensors", "original", "attn_temperature_tuning",
          "query_pre_attn_scalar", "rope_scaling.attn_factor",
          "an adapter, which is not applied: adapter_config.json, adapter_model.safetensors",
        ] {
          #expect(unused.contains(part), "\(unused)")
        }
        for part in ["README", "LICENSE", " off", "rope_scaling.factor", "vocab_size"] {
          #expect(!unused.contains(part), "\(unused)")
        }
        let json = try document(try await nosce(["inspect", model.path, "--json"]).output)
        let parts = try #require(json["unused"] as? [String: Any])
        #expect((parts["adapter"] as? [String])?.count == 2)

        let asked = try await nosce(["generate", model.path, "--user", "Hi", "--max-tokens", "2"])
        #expect(asked.ending == .exit(0))
        #expect(asked.errors.contains("also holds an adapter, which is not applied"))
      }
    }

    @Test("A run's note says that an adapter in the model's folder is not applied")
    func run() async throws {
      let finished = try await FinishedRun.get()
      try await withFolder { folder in
        let model = try Damage.copyOfOrganism(in: folder)
        let adapter = finished.run.appending(path: "adapters/treatment-BREAD-s1")
        for name in names(in: adapter) {
          try FileManager.default.copyItem(
            at: adapter.appending(path: name), to: model.appending(path: name))
        }
        try QuickExperiment.write(to: folder)
        let shown = try await nosce(
          [
            "run", "quick.yaml", "--subject", model.path, "--seeds", "1", "--exploratory", "--json",
          ],
          in: folder)
        #expect(shown.ending == .exit(0), "\(shown.errors)")
        #expect(shown.output.contains("also holds an adapter, which is not applied"))
      }
    }

    @Test("An adapter's own template and tokenizer, its settings and states, are named")
    func adapter() async throws {
      let finished = try await FinishedRun.get()
      try await withFolder { folder in
        let adapter = folder.appending(path: "adapter")
        try FileManager.default.copyItem(
          at: finished.run.appending(path: "adapters/treatment-BREAD-s1"), to: adapter)
        let before = try await nosce(["inspect", adapter.path])
        #expect(line("unused", of: before.output) == "unused      nothing", "\(before.output)")
        for name in ["chat_template.jinja", "tokenizer.json", "optimizer.pt", "README.md"] {
          try Data("{}".utf8).write(to: adapter.appending(path: name))
        }
        let url = adapter.appending(path: "adapter_config.json")
        var config = try #require(
          JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
        config["own_factor"] = 3
        config["eva_config"] = ["rho": 2]
        try JSONSerialization.data(withJSONObject: config).write(to: url)
        let text = try await nosce(["inspect", adapter.path])
        #expect(text.ending == .exit(0), "\(text.errors)")
        let unused = try #require(line("unused", of: text.output))
        #expect(
          unused.hasSuffix(
            "chat_template.jinja, optimizer.pt, tokenizer.json; adapter_config.json: own_factor"),
          "\(unused)")
        let asked = try await nosce([
          "generate", "organism", "--adapter", adapter.path, "--user", "Hi", "--max-tokens", "2",
        ])
        #expect(asked.ending == .exit(0))
        #expect(
          asked.errors.contains(
            "The adapter has another chat_template.jinja, tokenizer.json, not used"),
          "\(asked.errors)")
      }
    }

    @Test(
      "Every fixture is described without a key that it needs",
      .enabled(if: SharedFixtures.exist, "\(SharedFixtures.missing)"),
      arguments: [
        "gemma2", "gemma3_text", "gpt2", "gpt_neox", "llama", "llama3-rope", "mistral", "olmo2",
        "phi3", "qwen2", "qwen3", "smollm3",
      ])
    func fixtures(name: String) async throws {
      let model = try SharedFixtures.url("models/\(name)").path
      let found = try document(try await nosce(["inspect", model, "--json"]).output)
      let unused = try #require(found["unused"] as? [String: Any])
      let files = try #require(unused["keys"] as? [[String: Any]])
      let keys = files.filter { $0["file"] as? String == "config.json" }
        .flatMap { $0["keys"] as? [String] ?? [] }
      for needed in ["hidden_size", "rope_theta", "rope_parameters", "sliding_window", "n_embd"] {
        #expect(!keys.contains { $0.hasPrefix(needed) }, "\(keys)")
      }
    }
  }
}
