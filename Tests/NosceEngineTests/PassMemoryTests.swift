import Foundation
import NosceEngine
import NosceTestSupport
import Testing

@Suite("The memory of a pass")
struct PassMemoryTests {
  static func read(_ members: [String: String]) throws -> ModelConfiguration {
    let text = "{" + members.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ",") + "}"
    return try withFolder { folder in
      try Data(text.utf8).write(to: folder.appendingPathComponent("config.json"))
      return try ModelConfiguration(contentsOf: folder)
    }
  }

  struct Shape: Sendable, CustomTestStringConvertible {
    let name: String
    let family: String
    /// hidden, feed-forward, layers, heads, key-value heads, size of a head, vocabulary
    let sizes: [Int]
    let float32: Int
    let bfloat16: Int
    var testDescription: String { name }

    func configuration() throws -> ModelConfiguration {
      let keys = [
        "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
        "num_key_value_heads", "head_dim", "vocab_size",
      ]
      var members = Dictionary(uniqueKeysWithValues: zip(keys, sizes.map(String.init)))
      members["model_type"] = "\"\(family)\""
      members["max_position_embeddings"] = "2048"
      if family == "qwen2" { members["head_dim"] = nil }
      if family == "gemma3_text" { members["sliding_window"] = "512" }
      return try PassMemoryTests.read(members)
    }
  }

  static let shapes = [
    Shape(
      name: "the bench's tiny", family: "llama", sizes: [128, 352, 4, 4, 4, 32, 1200],
      float32: 36_157, bfloat16: 40_329),
    Shape(
      name: "the bench's small", family: "llama", sizes: [512, 1408, 8, 8, 4, 64, 8192],
      float32: 4854, bfloat16: 5461),
    Shape(
      name: "the organism", family: "llama", sizes: [128, 320, 4, 4, 4, 32, 3459],
      float32: 37_449, bfloat16: 41_943),
    Shape(
      name: "SmolLM2-135M", family: "llama", sizes: [576, 1536, 30, 9, 3, 64, 49152],
      float32: 1194, bfloat16: 1350),
    Shape(
      name: "Qwen2.5-0.5B", family: "qwen2", sizes: [896, 4864, 24, 14, 2, 64, 151936],
      float32: 688, bfloat16: 750),
    Shape(
      name: "Gemma 3 270M", family: "gemma3_text", sizes: [640, 2048, 18, 4, 1, 256, 262144],
      float32: 1142, bfloat16: 1252),
  ]

  @Test("The row limit is what it was when the first adapters were trained", arguments: shapes)
  func rowLimit(_ shape: Shape) throws {
    let configuration = try shape.configuration()
    #expect(configuration.rowLimit(.float32) == shape.float32)
    #expect(configuration.rowLimit(.bfloat16) == shape.bfloat16)
  }

  /// Each with other operations: gates or none, norms behind parts and of heads, parallel layers.
  static let families: [[String: String]] = [
    ["model_type": "\"llama\"", "num_key_value_heads": "2", "head_dim": "8"],
    ["model_type": "\"gemma3_text\"", "num_key_value_heads": "2", "head_dim": "8"],
    ["model_type": "\"olmo2\"", "num_key_value_heads": "2"],
    ["model_type": "\"gpt_neox\"", "rotary_pct": "0.25", "use_parallel_residual": "true"],
  ]

  @Test(
    "A pass takes what was forecast", arguments: families, Precision.allCases)
  func forecast(_ family: [String: String], _ precision: Precision) throws {
    let sizes = [
      "vocab_size": "301", "hidden_size": "32", "intermediate_size": "48",
      "num_hidden_layers": "3", "num_attention_heads": "4", "max_position_embeddings": "64",
    ]
    let configuration = try Self.read(sizes.merging(family) { _, own in own })
    let model = try LanguageModel(
      ModelParameters(configuration: configuration, seed: 1), precision: precision)
    let trainer = try AdapterTrainer(
      model, configuration: AdapterConfiguration(rank: 4, alpha: 8, targets: .allLinear), seed: 1,
      optimizer: OptimizerSettings(learningRate: 0.01), shards: 1)
    // Every row but a sequence's last is read, and predicts a target.
    let lengths = [41, 17, 30]
    _ = try trainer.step(
      lengths.map { length in
        TrainingExample(tokens: (0..<length).map { Int32(($0 * 7 + length) % 301) })
      })
    let rows = lengths.reduce(0) { $0 + $1 - 1 }
    let memory = TrainingMemory(
      model, adapter: trainer.adapter.layout, longest: 40, step: rows, shards: 1)
    // The scratch of gradients grows with the first matrix that needs it, by a quarter too much at the
    // most; everything else is exact.
    #expect(trainer.passBytes <= memory.passes)
    #expect(Double(trainer.passBytes) >= 0.9 * Double(memory.passes))
    #expect(memory.weights == model.packedBytes)
    let longer = TrainingMemory(
      model, adapter: trainer.adapter.layout, longest: 40, step: 2 * rows, shards: 1)
    #expect(longer.passes > memory.passes)
  }
}
