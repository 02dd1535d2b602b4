import Foundation
import NosceCore
import NosceEngine
import NosceFormats

/// What a `config.json` says, in the spelling of any family.
package struct ConfigFacts: Sendable {
  package let family: String?
  package let layers: Int?
  package let hidden: Int?
  package let feedForward: Int?
  package let heads: Int?
  package let keyValueHeads: Int?
  package let headDimension: Int?
  package let vocabulary: Int?
  package let context: Int?
  /// Nil where it is not said.
  package let isTied: Bool?
  package let storedType: TensorType?
  package let rotaryBase: Double?
  package let rotaryScaling: String?
  package let slidingWindow: Int?
  package private(set) var oddities: [String] = []

  init(_ files: ModelFiles) throws {
    switch files {
    case .folder(let directory): try self.init(directory: directory)
    case .gguf(let file): self.init(try ModelConfiguration.settings(of: file))
    }
  }

  private init(directory: URL) throws {
    let url = directory.appendingPathComponent("config.json")
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw CheckpointError(
        file: url.path, found: "no readable file (\(Storage.reason(for: error, at: url)))",
        allowed: "a JSON object")
    }
    let json: JSON
    do throws(JSONError) {
      json = try JSON(parsing: data)
    } catch {
      throw CheckpointError(file: url.path, found: "no JSON (\(error))", allowed: "a JSON object")
    }
    guard let object = json.object else {
      throw CheckpointError(file: url.path, found: json.kind, allowed: "a JSON object")
    }
    self.init(object)
  }

  private init(_ object: JSONObject) {
    func integer(_ keys: String...) -> Int? { keys.lazy.compactMap { object[$0]?.integer }.first }
    family = object["model_type"]?.string
    layers = integer("num_hidden_layers", "n_layer")
    hidden = integer("hidden_size", "n_embd")
    feedForward = integer("intermediate_size", "n_inner")
    heads = integer("num_attention_heads", "n_head")
    keyValueHeads = integer("num_key_value_heads", "num_attention_heads", "n_head")
    if let given = integer("head_dim") {
      headDimension = given
    } else if let hidden, let heads, heads > 0 {
      headDimension = hidden / heads
    } else {
      headDimension = nil
    }
    vocabulary = integer("vocab_size")
    context = integer("max_position_embeddings", "n_positions", "n_ctx")
    isTied = object["tie_word_embeddings"]?.bool
    storedType = (object["dtype"] ?? object["torch_dtype"])?.string.flatMap(Self.type)
    let rotary = (object["rope_parameters"] ?? object["rope_scaling"])?.object
    rotaryBase = rotary?["rope_theta"]?.number ?? object["rope_theta"]?.number
    rotaryScaling = (rotary?["rope_type"] ?? rotary?["type"])?.string
    let usesWindow = object["use_sliding_window"]?.bool ?? true
    slidingWindow = usesWindow ? integer("sliding_window") : nil
    oddities = findOddities(object, rotary)
  }

  private func findOddities(_ object: JSONObject, _ rotary: JSONObject?) -> [String] {
    var found: [String] = []
    if let scaling = rotaryScaling, scaling != "default" {
      let factor = rotary?["factor"]?.number.map { " by a factor of \($0)" } ?? ""
      found.append("rotary angles scaled (\(scaling))\(factor)")
    }
    if let nested = rotary?.members.filter({ $0.value.object != nil }), !nested.isEmpty {
      let names = nested.map(\.key).joined(separator: ", ")
      found.append("other rotary angles in different layers (\(names))")
    }
    let share = (rotary?["partial_rotary_factor"] ?? object["partial_rotary_factor"])?.number
    if let share = share ?? object["rotary_pct"]?.number, share != 1 {
      found.append("only \(share) of each head is rotated")
    }
    if let layers = object["no_rope_layers"]?.array, layers.contains(.integer(0)) {
      found.append("layers without rotary positions")
    }
    if let window = slidingWindow, window < context ?? .max {
      found.append("a sliding window: tokens see at most \(window) others in some or all layers")
    }
    for key in ["attn_logit_softcapping", "final_logit_softcapping"] {
      if let cap = object[key]?.number { found.append("logits are bent towards \(cap) (\(key))") }
    }
    for key in ["quantization_config", "compression_config"] where object[key] != nil {
      found.append("quantized weights (\(key))")
    }
    if let architectures = object["architectures"]?.array?.compactMap(\.string),
      let other = architectures.first(where: {
        !$0.hasSuffix("ForCausalLM") && !$0.hasSuffix("LMHeadModel")
      })
    {
      found.append("the architecture \(other) is no plain language model")
    }
    return found
  }

  private static func type(_ name: String) -> TensorType? {
    switch name.replacing("torch.", with: "") {
    case "float32": .float32
    case "float16": .float16
    case "bfloat16": .bfloat16
    default: nil
    }
  }
}
