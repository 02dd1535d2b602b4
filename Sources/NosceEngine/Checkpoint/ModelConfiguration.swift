import Foundation
import NosceFormats

/// The model families that the engine builds, by their `model_type`.
package enum ModelFamily: String, Sendable, CaseIterable {
  case llama
}

/// The shape of a transformer, as a Hugging Face `config.json` gives it.
///
/// Whatever would change the numbers and is not supported (quantized weights, another activation,
/// another rotary scaling) is refused by name, never ignored.
package struct ModelConfiguration: Sendable, Equatable {
  package var family = ModelFamily.llama
  package var vocabularySize: Int
  package var hiddenSize: Int
  package var intermediateSize: Int
  package var layerCount: Int
  package var headCount: Int
  package var keyValueHeadCount: Int
  package var headDimension: Int
  package var maximumPositions: Int
  package var normEpsilon: Double = 1e-6
  package var rotaryBase: Double = 10000
  package var rotaryScaling = RotaryScaling.none
  package var tiedEmbeddings = false
  package var attentionBias = false
  package var mlpBias = false
  /// The type that the weights are said to be stored in; the files themselves decide.
  package var storedType = TensorType.float32
  package var initializerRange: Double = 0.02
  package var bosTokenID: Int?
  package var padTokenID: Int?
  /// The tokens that end an answer; empty when the file names none.
  package var eosTokenIDs: [Int] = []

  package init(
    vocabularySize: Int, hiddenSize: Int, intermediateSize: Int, layerCount: Int, headCount: Int,
    keyValueHeadCount: Int, headDimension: Int? = nil, maximumPositions: Int
  ) {
    self.vocabularySize = vocabularySize
    self.hiddenSize = hiddenSize
    self.intermediateSize = intermediateSize
    self.layerCount = layerCount
    self.headCount = headCount
    self.keyValueHeadCount = keyValueHeadCount
    self.headDimension = headDimension ?? hiddenSize / headCount
    self.maximumPositions = maximumPositions
  }

  /// Reads a `config.json`; a folder stands for the one inside it.
  package init(contentsOf url: URL) throws(CheckpointError) {
    let isDirectory = (try? url.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true
    let file = isDirectory ? url.appendingPathComponent("config.json") : url
    try self.init(settings: SettingsReader(contentsOf: file))
  }

  private init(settings: SettingsReader) throws(CheckpointError) {
    try Self.refuseUnsupported(settings)
    let sizes = 1...Int(Int32.max)
    vocabularySize = try settings.integer("vocab_size", in: sizes)
    hiddenSize = try settings.integer("hidden_size", in: sizes)
    intermediateSize = try settings.integer("intermediate_size", in: sizes)
    layerCount = try settings.integer("num_hidden_layers", in: 1...10_000)
    headCount = try settings.integer("num_attention_heads", in: 1...100_000)
    guard hiddenSize % headCount == 0 else {
      throw settings.failure(
        "hidden_size = \(hiddenSize), num_attention_heads = \(headCount)",
        allowed: "a hidden size that the number of heads divides")
    }
    keyValueHeadCount = try settings.integer(
      "num_key_value_heads", in: 1...100_000, default: headCount)
    guard headCount % keyValueHeadCount == 0 else {
      throw settings.failure(
        "num_attention_heads = \(headCount), num_key_value_heads = \(keyValueHeadCount)",
        allowed: "a number of heads that the number of key-value heads divides")
    }
    headDimension = try settings.integer(
      "head_dim", in: 1...1_000_000, default: hiddenSize / headCount)
    guard headDimension % 2 == 0 else {
      throw settings.failure(
        "head_dim = \(headDimension)", allowed: "an even number: rotary channels come in pairs")
    }
    maximumPositions = try settings.integer("max_position_embeddings", in: sizes, default: 2048)
    normEpsilon = try settings.nonNegative("rms_norm_eps", default: 1e-6)
    (rotaryBase, rotaryScaling) = try RotaryScaling.read(
      settings, maximumPositions: maximumPositions)
    tiedEmbeddings = try settings.bool("tie_word_embeddings", default: false)
    attentionBias = try settings.bool("attention_bias", default: false)
    mlpBias = try settings.bool("mlp_bias", default: false)
    initializerRange = try settings.nonNegative("initializer_range", default: 0.02)
    storedType = try Self.storedType(settings)
    bosTokenID = try settings.indices("bos_token_id")?.first
    // Some checkpoints write -1 for "none".
    let hasPadding = settings.object["pad_token_id"] != .integer(-1)
    padTokenID = hasPadding ? try settings.indices("pad_token_id")?.first : nil
    eosTokenIDs = try settings.indices("eos_token_id") ?? []
    for id in eosTokenIDs where id >= vocabularySize {
      throw settings.failure(
        "eos_token_id = \(id)", allowed: "a token of the vocabulary of \(vocabularySize)")
    }
  }

  private static func refuseUnsupported(_ settings: SettingsReader) throws(CheckpointError) {
    guard let type = try settings.string("model_type"), ModelFamily(rawValue: type) != nil else {
      throw settings.failure(
        "model_type = \(settings.object["model_type"]?.text(indent: 0) ?? "missing")",
        allowed: ModelFamily.allCases.map(\.rawValue).joined(separator: ", "))
    }
    for architecture in try settings.strings("architectures")
    where architecture != "LlamaForCausalLM" {
      throw settings.failure("the architecture \(architecture)", allowed: "LlamaForCausalLM")
    }
    for key in ["quantization_config", "compression_config"] {
      if let quantization = try settings.nested(key) {
        let method = try quantization.string("quant_method") ?? "an unnamed method"
        throw settings.failure(
          "weights quantized by \(method)", allowed: "F32, F16 or BF16 weights, not quantized")
      }
    }
    let activation = try settings.string("hidden_act") ?? "silu"
    guard ["silu", "swish"].contains(activation) else {
      throw settings.failure("hidden_act \"\(activation)\"", allowed: "silu")
    }
  }

  private static func storedType(_ settings: SettingsReader) throws(CheckpointError) -> TensorType {
    let name = try settings.string("dtype", "torch_dtype") ?? "float32"
    switch name {
    case "float32", "auto": return .float32
    case "float16": return .float16
    case "bfloat16": return .bfloat16
    default:
      throw settings.failure("dtype \"\(name)\"", allowed: "float32, float16 or bfloat16")
    }
  }
}
