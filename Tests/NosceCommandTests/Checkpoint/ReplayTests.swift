import Foundation
import NosceEngine
import NosceTestSupport
import Testing

extension CommandLineTests {
  /// The reference's training steps, done again through `nosce train` on rows of token ids.
  @Suite(
    "Replay of a reference training",
    .enabled(if: SharedFixtures.exist, "\(SharedFixtures.missing)"))
  struct ReplayTests {
    static let cases = ["lora/llama-qv-r4", "lora/llama-rslora-patterns"]

    /// A reference training as a file of rows and the arguments that replay it.
    private struct Replay {
      let golden: [String: Any]
      let adapter: URL
      let arguments: [String]

      init(_ path: String, in folder: URL, asText: Bool = false) throws {
        let golden = try SharedFixtures.golden(path)
        let adapter = try SharedFixtures.url(path)
        let train = try #require(golden["train"] as? [String: Any])
        var lines = Data()
        var sizes: [String] = []
        for step in train.objects("steps") {
          for batch in step["micro_batches"] as? [[[String: Any]]] ?? [] {
            sizes.append("\(batch.count)")
            for row in batch {
              let kept = row.filter { asText == ($0.key == "messages") }
              lines += try JSONSerialization.data(withJSONObject: kept) + Data("\n".utf8)
            }
          }
        }
        try lines.write(to: folder.appending(path: "rows.jsonl"))
        let betas = train.numbers("betas")
        self.golden = golden
        self.adapter = adapter
        arguments = [
          "train", "--subject",
          try SharedFixtures.url("models/\(try #require(golden["model"] as? String))").path,
          "--data", "rows.jsonl", "--init", adapter.path, "--order", "file",
          "--batch-rows", sizes.joined(separator: ","),
          "--accumulate", "\(Int(train.number("micro_batches_per_step")))",
          "--learning-rate", "\(train.number("lr"))",
          "--schedule", train["schedule"] as? String ?? "constant",
          "--warmup-steps", "\(Int(train.number("warmup_steps")))",
          "--beta1", "\(betas[0])", "--beta2", "\(betas[1])",
          "--epsilon", "\(train.number("eps"))",
          "--weight-decay", "\(train.number("weight_decay"))",
          "--clip-norm", (train["max_grad_norm"] as? NSNumber).map { "\($0)" } ?? "none",
        ]
      }

      func expectLog(at url: URL) throws {
        let text = try String(contentsOf: url, encoding: .utf8)
        let found = try text.split(separator: "\n").map { try document(String($0)) }
        let log = try #require(golden["train"] as? [String: Any]).objects("log")
        #expect(found.count == log.count)
        for (found, expected) in zip(found, log) {
          // The fixtures' README states these tolerances: float32 against float32 in another order.
          #expect(abs(found.number("loss") - expected.number("loss")) < 2e-4)
          let norm = expected.number("grad_norm_before_clip")
          #expect(abs(found.number("gradient_norm") - norm) < 1e-3 * norm)
          #expect(found.number("target_tokens") == expected.number("target_tokens"))
          #expect(found.number("step") == expected.number("step") + 1)
          #expect(found.number("learning_rate") == expected.number("lr"))
          #expect(found.number("seconds") > 0)
        }
      }

      /// Adapter tensors against a reference file, by the same names.
      func expect(
        _ file: URL, _ expected: URL, within tolerance: (Float) -> Float
      ) throws {
        let (found, expected) = (
          try SafetensorsFile(contentsOf: file), try SafetensorsFile(contentsOf: expected)
        )
        #expect(found.names.sorted() == expected.names.sorted())
        for name in expected.names {
          let reference = try expected.floats(name)
          let largest = reference.map { abs($0) }.max() ?? 0
          let values = try found.floats(name)
          #expect(try found.shape(of: name) == expected.shape(of: name))
          let difference = zip(values, reference).map { abs($0 - $1) }.max() ?? .infinity
          #expect(difference < tolerance(largest), "\(name): \(difference)")
        }
      }
    }

    @Test("Losses, gradient norms and the adapter at the end", arguments: cases)
    func tokens(_ path: String) async throws {
      try await withFolder { folder in
        let replay = try Replay(path, in: folder)
        let outcome = try await nosce(
          replay.arguments + ["--out", "out", "--log", "log.jsonl", "--json"], in: folder)
        #expect(outcome.ending == .exit(0), "\(outcome.errors)")
        try replay.expectLog(at: folder.appending(path: "log.jsonl"))
        let train = try #require(replay.golden["train"] as? [String: Any])
        // AdamW makes a full step of a gradient that is almost zero: there the file says by how much
        // its own two precisions differ.
        let noise =
          (train["params_after_noise"] as? [String: NSNumber])?.values
          .map(\.floatValue).max() ?? 0
        try replay.expect(
          folder.appending(path: "out/adapter_model.safetensors"),
          replay.adapter.appending(path: "after/adapter_model.safetensors")
        ) { _ in max(1e-4, 4 * noise) }
        let result = try document(outcome.output)
        #expect(result.number("largest_logit_change") > 0.01)
        #expect(result.number("steps") == 3)
      }
    }

    @Test("The same from conversations, through the tokenizer and the template", arguments: cases)
    func conversations(_ path: String) async throws {
      try await withFolder { folder in
        let replay = try Replay(path, in: folder, asText: true)
        let outcome = try await nosce(
          replay.arguments + ["--out", "out", "--log", "log.jsonl"], in: folder)
        #expect(outcome.ending == .exit(0), "\(outcome.errors)")
        try replay.expectLog(at: folder.appending(path: "log.jsonl"))
      }
    }

    @Test("The gradients of the first step, without a step", arguments: cases)
    func gradients(_ path: String) async throws {
      try await withFolder { folder in
        let replay = try Replay(path, in: folder)
        let outcome = try await nosce(
          replay.arguments + ["--gradients", "gradients.safetensors", "--json"], in: folder)
        #expect(outcome.ending == .exit(0), "\(outcome.errors)")
        #expect(names(in: folder) == ["gradients.safetensors", "rows.jsonl"])
        // Sums of many terms, relative to the largest of each tensor.
        try replay.expect(
          folder.appending(path: "gradients.safetensors"),
          replay.adapter.appending(path: "grads_first_step.safetensors")
        ) { 1e-4 * $0 + 1e-6 }
        let log = try #require(replay.golden["train"] as? [String: Any]).objects("log")
        let loss = try document(outcome.output).number("loss")
        #expect(abs(loss - log[0].number("loss")) < 2e-4)
      }
    }
  }
}
