import Foundation
import NosceEngine
import NosceFormats
import NosceTestSupport
import Testing

@Suite("config.json")
struct ModelConfigurationTests {
  static let base: [(key: String, value: String)] = [
    ("model_type", "\"llama\""), ("vocab_size", "32"), ("hidden_size", "8"),
    ("intermediate_size", "12"), ("num_hidden_layers", "1"), ("num_attention_heads", "2"),
  ]

  private func read(_ changes: [(key: String, value: String)]) throws -> ModelConfiguration {
    let keys = Set(changes.map(\.key))
    let members = Self.base.filter { !keys.contains($0.key) } + changes
    let text = "{" + members.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ",") + "}"
    return try withFolder { folder in
      try text.write(
        to: folder.appendingPathComponent("config.json"), atomically: true, encoding: .utf8)
      return try ModelConfiguration(contentsOf: folder)
    }
  }

  @Test("the newer spelling is read")
  func newer() throws {
    let configuration = try ModelConfiguration(
      contentsOf: CheckpointFixtures.url("configs/llama.json"))
    var shape = Llama.Shape(
      vocabularySize: 384, hiddenSize: 48, intermediateSize: 96, layerCount: 2, headCount: 4,
      keyValueHeadCount: 2, headDimension: 12, maximumPositions: 256)
    shape.padTokenID = 0
    shape.eosTokenIDs = [2]
    let expected = try shape.configuration()
    #expect(configuration.layers == expected.layers)
    #expect(configuration.rotaries == expected.rotaries)
    #expect(configuration.eosTokenIDs == [2] && configuration.padTokenID == 0)
    #expect(configuration.maximumPositions == 256)
  }

  @Test("the older spelling is read, with llama3 rotary scaling")
  func older() throws {
    let configuration = try ModelConfiguration(
      contentsOf: CheckpointFixtures.url("configs/llama3-rope.json"))
    #expect(configuration.finalNorm.epsilon == 1e-5)
    #expect(configuration.bosTokenID == 1)
    #expect(
      configuration.rotaries[0].scaling
        == .llama3(
          factor: 4, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalMaximumPositions: 64))
  }

  /// Settings of stretched angles, of which `length` may be given inside and outside.
  private func stretched(
    _ type: String, inside: Int?, outside: String?, model: String = "llama",
    key: String = "rope_scaling"
  ) throws -> Int? {
    let length = inside.map { #", "original_max_position_embeddings": \#($0)"# } ?? ""
    let object =
      #"{"rope_type": "\#(type)", "factor": 4.0, "low_freq_factor": 1, "high_freq_factor": 4, "#
      + #""short_factor": [1.0, 1.5], "long_factor": [2.0, 3.0]\#(length)}"#
    let changes = [
      ("model_type", "\"\(model)\""), ("max_position_embeddings", "512"), (key, object),
      ("num_key_value_heads", "2"), ("head_dim", "4"), ("rotary_pct", "1.0"),
    ]
    let configuration = try read(
      changes + (outside.map { [("original_max_position_embeddings", $0)] } ?? []))
    return switch configuration.rotaries[0].scaling {
    case .llama3(_, _, _, let original): original
    case .yarn(let yarn): yarn.originalMaximumPositions
    case .longrope(let rope): rope.originalMaximumPositions
    default: nil
    }
  }

  @Test(
    "The length of the first training is taken from outside of the rotary settings first",
    arguments: ["llama3", "yarn", "longrope"],
    ["llama", "mistral", "qwen2", "qwen3", "olmo2", "smollm3", "gemma2", "gpt_neox"])
  func trainedPositions(type: String, model: String) throws {
    for key in ["rope_scaling", "rope_parameters"] {
      func read(_ inside: Int?, _ outside: String?) throws -> Int? {
        try stretched(type, inside: inside, outside: outside, model: model, key: key)
      }
      #expect(try read(128, "64") == 64)
      #expect(try read(nil, "64") == 64)
      #expect(try read(128, nil) == 128)
      #expect(try read(128, "null") == 128)
      #expect(try read(nil, nil) == 512)
      #expect(throws: CheckpointError.self) { try read(128, "0") }
      #expect(throws: CheckpointError.self) { try read(128, "\"64\"") }
    }
  }

  @Test("Phi-3 has a length outside even where no file gives one")
  func trainedPositionsOfPhi() throws {
    func read(_ inside: Int?, _ outside: String?) throws -> Int? {
      try stretched("longrope", inside: inside, outside: outside, model: "phi3")
    }
    #expect(try read(128, "64") == 64)
    #expect(try read(128, nil) == 4096)
    #expect(try read(nil, nil) == 4096)
  }

  @Test("Where each kind of layer has an object of its own, only that object counts")
  func trainedPositionsByLayer() throws {
    let object =
      #"{"full_attention": {"rope_type": "yarn", "factor": 4.0, "rope_theta": 1e6LENGTH}, "#
      + #""sliding_attention": {"rope_type": "default", "rope_theta": 1e4}}"#
    for (inside, expected) in [("", 512), (#", "original_max_position_embeddings": 128"#, 128)] {
      let configuration = try read([
        ("model_type", "\"gemma3_text\""), ("max_position_embeddings", "512"), ("head_dim", "4"),
        ("num_key_value_heads", "2"), ("original_max_position_embeddings", "64"),
        ("rope_parameters", object.replacing("LENGTH", with: inside)),
      ])
      guard case .yarn(let yarn) = configuration.rotaries[0].scaling else {
        Issue.record("no yarn")
        continue
      }
      #expect(yarn.originalMaximumPositions == expected)
    }
  }

  @Test("absent keys take the library's defaults")
  func defaults() throws {
    let configuration = try read([])
    #expect(configuration.keyValueHeadCount == 2)
    #expect(configuration.headDimension == 4)
    #expect(configuration.rotaries[0].base == 10000)
    #expect(configuration.eosTokenIDs.isEmpty)
    #expect(
      try read([("rope_scaling", "null"), ("head_dim", "null")]).layers == configuration.layers)
    #expect(try read([("eos_token_id", "[3, 4]")]).eosTokenIDs == [3, 4])
    #expect(
      try read([("rope_scaling", #"{"type": "linear", "factor": 2}"#)]).rotaries[0].scaling
        == .linear(factor: 2))
    #expect(try read([("rope_parameters", #"{"rope_theta": 5e5}"#)]).rotaries[0].base == 500_000)
    #expect(try read([("torch_dtype", "\"bfloat16\"")]).storedType == .bfloat16)
  }

  @Test(
    "what is not supported is refused by name",
    arguments: [
      ("rope_scaling", #"{"rope_type": "proportional", "factor": 2.0}"#, "proportional"),
      ("rope_parameters", #"{"rope_type": "longrope"}"#, "short_factor"),
      ("rope_parameters", #"{"rope_theta": 1e4, "partial_rotary_factor": 0.4}"#, "rotated"),
      ("rope_scaling", #"{"rope_type": "linear"}"#, "factor"),
      ("model_type", "\"mamba9\"", "mamba9"),
      ("architectures", #"["LlamaForSequenceClassification"]"#, "Classification"),
      ("hidden_act", "\"swoosh\"", "swoosh"),
      ("dtype", "\"int8\"", "int8"),
      ("quantization_config", #"{"quant_method": "awq"}"#, "awq"),
      ("num_hidden_layers", "0", "num_hidden_layers = 0"),
      ("num_hidden_layers", "99999999999999", "num_hidden_layers"),
      ("hidden_size", "8.5", "hidden_size = 8.5"),
      ("hidden_size", "\"8\"", "hidden_size"),
      ("hidden_size", "null", "hidden_size"),
      ("num_key_value_heads", "3", "num_key_value_heads = 3"),
      ("head_dim", "3", "channels of 3"),
      ("rms_norm_eps", "-1", "rms_norm_eps"),
      ("tie_word_embeddings", "1", "tie_word_embeddings"),
      ("eos_token_id", "32", "eos_token_id"),
      ("rope_theta", "0", "rope_theta"),
    ])
  func refused(key: String, value: String, words: String) {
    let error = #expect(throws: CheckpointError.self) { try read([(key, value)]) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test("a configuration that is written is read back equal but for the stored type")
  func roundTrip() throws {
    var shape = Llama.Shape(
      vocabularySize: 900, hiddenSize: 128, intermediateSize: 344, layerCount: 6, headCount: 4,
      keyValueHeadCount: 2, maximumPositions: 512)
    shape.tiedEmbeddings = true
    shape.eosTokenIDs = [2, 5]
    shape.padTokenID = 0
    let configuration = try shape.configuration()
    try withFolder { folder in
      try configuration.write(to: folder, storedType: .float32)
      #expect(try ModelConfiguration(contentsOf: folder) == configuration)
      try configuration.write(to: folder, storedType: .bfloat16)
      let again = try ModelConfiguration(contentsOf: folder)
      #expect(again.storedType == .bfloat16)
      #expect(again.layers == configuration.layers)
    }
  }

  @Test("a configuration with changed bytes is an error or sane")
  func mutation() throws {
    let whole = try Data(contentsOf: CheckpointFixtures.url("configs/llama3-rope.json"))
    try withFolder { folder in
      let url = folder.appendingPathComponent("config.json")
      for seed in 0..<2000 as Range<UInt64> {
        var generator = TestGenerator(seed: seed)
        var bytes = whole
        for _ in 0...Int.random(in: 0...2, using: &generator) {
          let index = Int.random(in: 0..<bytes.count, using: &generator)
          bytes[index] = UInt8.random(in: 32...126, using: &generator)
        }
        try bytes.write(to: url)
        do {
          let configuration = try ModelConfiguration(contentsOf: url)
          #expect(configuration.headCount % configuration.keyValueHeadCount == 0, "seed \(seed)")
        } catch is CheckpointError {
          continue
        }
      }
    }
  }
}
