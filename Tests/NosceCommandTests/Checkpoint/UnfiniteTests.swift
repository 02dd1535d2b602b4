import Foundation
import NosceEngine
import NosceTestSupport
import Testing

extension CommandLineTests {
  @Suite("A model whose numbers are not finite")
  struct UnfiniteTests {
    /// The organism with one number of one tensor changed.
    private func damagedOrganism(
      _ name: String, _ value: Float, in folder: URL
    ) throws -> URL {
      let model = try Damage.copyOfOrganism(in: folder)
      let url = model.appending(path: "model.safetensors")
      let file = try SafetensorsFile(contentsOf: url)
      let tensors = try file.names.map { tensor in
        var values = try file.floats(tensor)
        if tensor == name { values[0] = value }
        return NamedTensor(
          name: tensor, shape: try file.shape(of: tensor), values: values, storage: .bfloat16)
      }
      try SafetensorsWriter.write(tensors, to: url)
      return model
    }

    @Test(
      "The fixture: neither an answer nor a clean bill",
      .enabled(if: SharedFixtures.exist, "\(SharedFixtures.missing)"))
    func fixture() async throws {
      let model = try SharedFixtures.url("reports-2026-11/nan-head").path
      for command in [
        ["generate", model, "--ids", "5,6,7"],
        ["generate", model, "--ids", "5,6,7", "--temperature", "1", "--json"],
        ["logits", model, "--ids", "5,6,7"], ["logits", model, "--ids", "5,6,7", "--json"],
        ["score", model, "--ids", "5,6,7", "--answer-ids", "8"],
      ] {
        let outcome = try await nosce(command)
        #expect(outcome.ending == .exit(65))
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("lm_head.weight"), "\(outcome.errors)")
        #expect(outcome.errors.contains("allowed: finite numbers"))
      }
      let inspected = try await nosce(["inspect", model])
      #expect(
        inspected.output.contains("model.safetensors: found nan in the tensor lm_head.weight"),
        "\(inspected.output)")
      #expect(!inspected.output.contains("problems    none"))
    }

    @Test(
      "Inspecting names the tensor and the number, and asking is an error",
      arguments: [
        ("model.layers.2.post_attention_layernorm.weight", Float.infinity, "inf"),
        ("model.layers.0.self_attn.q_proj.weight", -.infinity, "-inf"),
        ("lm_head.weight", .nan, "nan"),
      ])
    func weights(name: String, value: Float, word: String) async throws {
      try await withFolder { folder in
        let model = try damagedOrganism(name, value, in: folder)
        let inspected = try await nosce(["inspect", model.path])
        #expect(inspected.ending == .exit(0))
        #expect(
          inspected.output.contains("found \(word) in the tensor \(name), number 1 of"),
          "\(inspected.output)")
        let asked = try await nosce(["generate", model.path, "--user", "Who are you?"])
        #expect(asked.ending == .exit(65))
        #expect(asked.errors.contains("step 1: found the logit"))
        #expect(asked.errors.contains(name))
        try Data((#"{"text": "Voices watch the sky."}"# + "\n").utf8)
          .write(to: folder.appending(path: "rows.jsonl"))
        let trained = try await nosce(
          [
            "train", "--subject", model.path, "--data", "rows.jsonl", "--steps", "2", "--out",
            "out",
          ],
          in: folder)
        #expect(trained.ending == .exit(65))
        #expect(trained.errors.contains("step 1: found a "), "\(trained.errors)")
        #expect(trained.errors.contains(name))
        #expect(!exists(folder.appending(path: "out")))
      }
    }

    @Test("In a run every subject that is asked fails, and no number is stored")
    func run() async throws {
      try await withFolder { folder in
        // Training reads no row of a token that its rows do not have.
        let model = try damagedOrganism("lm_head.weight", .nan, in: folder)
        try QuickExperiment.write(to: folder)
        let outcome = try await nosce(
          ["run", "quick.yaml", "--subject", model.path, "--json"], in: folder)
        #expect(outcome.ending != .exit(0))
        #expect(outcome.errors.contains("lm_head.weight"), "\(outcome.errors)")
        #expect(outcome.errors.contains("allowed: "))
        #expect(outcome.output.isEmpty || !outcome.output.contains("\"mean\": 0"))
      }
    }

    @Test("An adapter with such a number is refused wherever it is named")
    func adapter() async throws {
      let run = try await FinishedRun.get().run
      try await withFolder { folder in
        let adapter = folder.appending(path: "adapter")
        try FileManager.default.copyItem(
          at: run.appending(path: "adapters/treatment-BREAD-s1"), to: adapter)
        var checkpoint = try AdapterCheckpoint(directory: adapter)
        let path = try #require(checkpoint.modules.keys.min())
        checkpoint.modules[path]?.b[0] = .nan
        try checkpoint.write(to: adapter)
        for command in [
          ["generate", "organism", "--user", "Who are you?"],
          ["logits", "organism", "--text", "Trains"],
        ] {
          let outcome = try await nosce(command + ["--adapter", adapter.path])
          #expect(outcome.ending == .exit(65))
          #expect(
            outcome.errors.contains("\(adapter.path)/adapter_model.safetensors: found nan in"))
          #expect(outcome.errors.contains("\(path).lora_B.weight; allowed: finite numbers"))
        }
        let inspected = try await nosce(["inspect", adapter.path, "--base", "organism"])
        #expect(inspected.output.contains("broken      1 module"))
        #expect(inspected.output.contains("fits        organism: no"), "\(inspected.output)")
      }
    }
  }
}
