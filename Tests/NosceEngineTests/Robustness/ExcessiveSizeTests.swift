import Foundation
import NosceEngine
import NosceFormats
import NosceTestSupport
import Testing

/// Sizes that only the settings name are refused, or cost nothing, before memory is taken for them.
@Suite("Sizes that the files do not have", .serialized)
struct ExcessiveSizeTests {
  private func copy(
    _ path: String, _ file: String, _ change: (inout JSONObject) -> Void, to folder: URL
  ) throws {
    let from = try Golden.fixtures.appendingPathComponent(path)
    for name in try FileManager.default.contentsOfDirectory(atPath: from.path) {
      try FileManager.default.copyItem(
        at: from.appendingPathComponent(name), to: folder.appendingPathComponent(name))
    }
    guard
      case .object(var object) = try JSON(
        parsing: Surroundings.bytes(folder.appendingPathComponent(file)))
    else { throw EngineError("\(path)/\(file) is no object") }
    change(&object)
    try FileManager.default.removeItem(at: folder.appendingPathComponent(file))
    try Surroundings.write(Array(JSON.object(object).text().utf8), folder, file)
  }

  private static let huge = JSON.integer(Int(Int32.max))

  static let settings: [(model: String, key: String, value: JSON)] = [
    ("llama-tied", "vocab_size", huge), ("llama-tied", "hidden_size", .integer(1 << 22)),
    ("llama-tied", "intermediate_size", .integer(1 << 22)),
    ("llama-tied", "num_hidden_layers", .integer(2000)),
    ("llama-tied", "num_hidden_layers", .integer(10_000)),
    ("llama-tied", "head_dim", .integer(1 << 16)),
    ("gpt2-inner-inverse", "n_positions", huge), ("gpt2-inner-inverse", "n_inner", huge),
    ("qwen2-layer-types", "layer_types", .array([JSON](repeating: .string("x"), count: 100_000))),
    ("phi3-longrope-partial", "partial_rotary_factor", .number(1e308)),
    ("gpt_neox-half-tied", "rotary_pct", .number(1e308)),
    ("smollm3-list", "no_rope_layers", .array([])),
  ]

  @Test("are refused", arguments: settings)
  func refused(_ model: String, _ key: String, _ value: JSON) throws {
    try withFolder("size-\(model)-\(key)") { folder in
      try copy(
        "families/models/\(model)", "config.json",
        { object in
          // Phi-3 and GPT-NeoX keep their share of channels within the rotary settings as well.
          object.members.removeAll { $0.key == key || $0.key == "rope_parameters" }
          object.members.append((key, value))
        }, to: folder)
      let error = #expect(throws: CheckpointError.self) {
        try LanguageModel(directory: folder, precision: .float32)
      }
      #expect(error.map { Surroundings.isRefusal($0, in: folder) } == true)
    }
  }

  @Test(
    "of positions and windows cost nothing",
    arguments: [
      ("llama-tied", "max_position_embeddings"), ("mistral-window-3", "sliding_window"),
      ("gemma3-new", "max_position_embeddings"), ("qwen3-window", "sliding_window"),
    ])
  func harmless(_ model: String, _ key: String) throws {
    try withFolder("size-\(model)-\(key)") { folder in
      try copy(
        "families/models/\(model)", "config.json",
        { object in
          object.members.removeAll { $0.key == key }
          object.members.append((key, Self.huge))
        }, to: folder)
      let model = try LanguageModel(directory: folder, precision: .float32)
      #expect(try model.logits([1, 2]).joined().allSatisfy(\.isFinite))
    }
  }

  /// Linux counts pages only once they are touched, so an allocation is seen when it is filled.
  @Test("a head of 65536 channels has angles in proportion to the file")
  func wideHead() throws {
    try withFolder("wide-head") { folder in
      let width = 1 << 16
      let settings = JSON.object([
        ("model_type", .string("mistral")), ("vocab_size", .integer(2)),
        ("hidden_size", .integer(2)), ("intermediate_size", .integer(2)),
        ("num_hidden_layers", .integer(1)), ("num_attention_heads", .integer(1)),
        ("num_key_value_heads", .integer(1)), ("head_dim", .integer(width)),
        ("tie_word_embeddings", .bool(true)), ("sliding_window", .null),
      ])
      func tensor(_ name: String, _ shape: [Int]) -> NamedTensor {
        NamedTensor(
          name: name, shape: shape, values: [Float](repeating: 0.01, count: shape.reduce(1, *)))
      }
      let layer = "model.layers.0."
      try SafetensorsWriter.write(
        [
          tensor("model.embed_tokens.weight", [2, 2]), tensor("model.norm.weight", [2]),
          tensor(layer + "input_layernorm.weight", [2]),
          tensor(layer + "post_attention_layernorm.weight", [2]),
          tensor(layer + "self_attn.q_proj.weight", [width, 2]),
          tensor(layer + "self_attn.k_proj.weight", [width, 2]),
          tensor(layer + "self_attn.v_proj.weight", [width, 2]),
          tensor(layer + "self_attn.o_proj.weight", [2, width]),
          tensor(layer + "mlp.gate_proj.weight", [2, 2]),
          tensor(layer + "mlp.up_proj.weight", [2, 2]),
          tensor(layer + "mlp.down_proj.weight", [2, 2]),
        ], to: folder.appendingPathComponent("model.safetensors"))
      try Surroundings.write(Array(settings.text().utf8), folder, "config.json")
      Surroundings.resetPeakMemory()
      let start = Surroundings.peakMemory
      let model = try LanguageModel(directory: folder, precision: .float32)
      #expect(try model.logits([0, 1]).joined().allSatisfy(\.isFinite))
      // The file has 2 MB; 4096 positions would have 1 GB of angles.
      if let start, let peak = Surroundings.peakMemory { #expect(peak - start < 400_000_000) }
    }
  }

  @Test("ranks that no tensor has are refused before memory is taken for them")
  func ranks() throws {
    try withFolder("ranks") { folder in
      // The file has factors for queries and values only.
      try copy(
        "lora/llama-qv-r4", "adapter_config.json",
        { object in
          object.members.removeAll { ["rank_pattern", "target_modules"].contains($0.key) }
          object.members.append(("target_modules", .string("all-linear")))
          object.members.append(
            ("rank_pattern", .object([("mlp\\..*|k_proj|o_proj", .integer(65_536))])))
        }, to: folder)
      let model = try Golden("lora/llama-qv-r4").base()
      Surroundings.resetPeakMemory()
      let start = Surroundings.peakMemory
      #expect(throws: EngineError.self) {
        try LoRAAdapter(directory: folder, model: model.configuration)
      }
      if let start, let peak = Surroundings.peakMemory { #expect(peak - start < 150_000_000) }
    }
  }

  @Test("a named pipe in place of a file is refused, not waited for")
  func pipe() throws {
    try withFolder("pipe") { folder in
      try copy("families/models/llama-tied", "config.json", { _ in }, to: folder)
      let weights = folder.appendingPathComponent("model.safetensors")
      try FileManager.default.removeItem(at: weights)
      try #require(mkfifo(weights.path, 0o600) == 0)
      let error = #expect(throws: CheckpointError.self) {
        try LanguageModel(directory: folder, precision: .float32)
      }
      #expect(error?.description.contains("no regular file") == true)
    }
  }
}
