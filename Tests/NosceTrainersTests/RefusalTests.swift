import Foundation
import NosceEngine
import NoscePorts
import NosceTestSupport
import Testing

@Suite("What a training program leaves is not believed")
struct RefusalTests {
  @Test("Reports that say something else than the job")
  func reports() async throws {
    try await withFolder { folder in
      let fake = try await FakeTraining(in: folder)
      let wrong: [(key: String, value: String, found: String)] = [
        ("schema", "\"other\"", "schema"),
        ("tokens_sha256", "\"00\"", "tokens_sha256"),
        ("steps", "2", "steps = 2; allowed: 3"),
        ("trained_tokens_of_first_step", "1", "allowed: \(fake.trainedTokens)"),
        ("losses", "[1.0, 2.0]", "2 losses"),
        ("losses", "[\(fake.own.losses[0]), 1.0, \"nan\"]", "step 3"),
        ("losses", "[\(fake.own.losses[0] + 0.5), 1.0, 1.0]", "which the base has here"),
        ("losses", "[1e999]", "no JSON"),
      ]
      for (key, value, found) in wrong {
        let message = try await fake.refusal(fake.script(report: [key: value]))
        #expect(message.contains("report.json") && message.contains(found), "\(message)")
        #expect(!exists(fake.job.adapterDirectory))
      }
      let none = try await fake.refusal(fake.script(after: "rm \"$job/report.json\""))
      #expect(none.contains("report.json: found none"))
      let broken = try await fake.refusal(fake.script(after: "echo '{' > \"$job/report.json\""))
      #expect(broken.contains("no JSON"))
    }
  }

  @Test("Adapters that are not what was asked for")
  func adapters() async throws {
    try await withFolder { folder in
      let fake = try await FakeTraining(in: folder)
      let first = "model.layers.0.self_attn.q_proj"
      let wrong: [(change: (inout AdapterCheckpoint) -> Void, found: String)] = [
        ({ $0.modules[first] = nil }, "found no adapter for \(first)"),
        ({ $0.modules[first]?.a[0] = .nan }, "nan in \(first)"),
        ({ $0.modules[first]?.b[1] = .infinity }, "inf"),
        (
          { checkpoint in
            for (path, factors) in checkpoint.modules {
              checkpoint.modules[path]?.b = factors.b.map { _ in 0 }
            }
          }, "nothing but zeros"
        ),
        ({ $0.configuration.alpha = 5 }, "lora_alpha = 5"),
        ({ $0.configuration.rankStabilised = true }, "use_rslora"),
        ({ $0.configuration.baseModel = "another" }, "base_model_name_or_path = another"),
        (
          { checkpoint in
            checkpoint.configuration.targets = .names(["q_proj"])
            checkpoint.modules = checkpoint.modules.filter { $0.key.hasSuffix("q_proj") }
          }, "none for"
        ),
      ]
      for (change, found) in wrong {
        let message = try await fake.refusal(fake.script(adapter: try fake.adapter(change)))
        #expect(message.contains(found), "\(message)")
        #expect(!exists(fake.job.adapterDirectory))
      }
    }
  }

  @Test("Links, other forms of weights and wrong copies")
  func files() async throws {
    try await withFolder { folder in
      let fake = try await FakeTraining(in: folder)
      let own = fake.ownAdapter.path
      let wrong: [(after: String, found: String)] = [
        ("rm -r \"$job/adapter\"; ln -s '\(own)' \"$job/adapter\"", "a symbolic link"),
        (
          "cd \"$job/adapter\"; rm adapter_model.safetensors; "
            + "ln -s '\(own)/adapter_model.safetensors' .",
          "adapter_model.safetensors: found a symbolic link"
        ),
        (
          "cd \"$job/adapter\"; rm adapter_config.json; ln -s '\(own)/adapter_config.json' .",
          "adapter_config.json: found a symbolic link"
        ),
        (
          "cd \"$job\"; mv report.json r; ln -s r report.json",
          "report.json: found a symbolic link"
        ),
        (
          "cd \"$job/adapter\"; mv adapter_model.safetensors adapter_model.bin",
          "adapter_model.safetensors: found none"
        ),
        (
          "cd \"$job/adapter\"; head -c 30000000 /dev/zero >> adapter_model.safetensors",
          "bytes; allowed: at most"
        ),
        ("rm -r \"$job/snapshots/step-2\"", "step-2: found none"),
        (
          "cd \"$job\"; rm -rf \"$job.aside\"; mv snapshots \"$job.aside\"; "
            + "ln -s \"$job.aside\" snapshots", "snapshots: found a symbolic link"
        ),
      ]
      for (after, found) in wrong {
        let message = try await fake.refusal(fake.script(after: after))
        #expect(message.contains(found), "\(message)")
        #expect(!exists(fake.job.adapterDirectory) && !exists(fake.job.snapshotDirectory))
      }
    }
  }
}
