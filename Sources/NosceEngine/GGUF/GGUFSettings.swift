import Foundation
import NosceFormats

/// The settings of a model in a GGUF file, in the words of a Hugging Face `config.json`.
///
/// So a family is described once, for both kinds of files. Keys: `gguf-py/gguf/constants.py`; what
/// llama.cpp assumes where one is absent: `src/models/*.cpp`.
struct GGUFSettings {
  /// Which architectures are read, and what a `config.json` calls each.
  static let modelTypes = [
    "llama": "llama", "qwen2": "qwen2", "qwen3": "qwen3", "gemma2": "gemma2",
    "gemma3": "gemma3_text", "phi3": "phi3", "olmo2": "olmo2", "smollm3": "smollm3",
    "gpt2": "gpt2", "gptneox": "gpt_neox",
  ]

  private let gguf: GGUFFile
  private let architecture: String
  private let type: String
  private let keys: GGUFKeys
  private var members: [(key: String, value: JSON)] = []

  init(_ gguf: GGUFFile) throws(CheckpointError) {
    self.gguf = gguf
    let metadata = gguf.metadata
    if let kind = try metadata.string("general.type"), kind != "model" {
      throw metadata.failure(
        "general.type",
        allowed: "model" + (kind == "adapter" ? ": an adapter is no base to start from" : ""))
    }
    architecture = try metadata.architecture()
    guard let type = Self.modelTypes[architecture] else {
      throw metadata.failure(
        "general.architecture", allowed: Self.modelTypes.keys.sorted().joined(separator: ", "))
    }
    self.type = type
    keys = GGUFKeys(metadata, architecture: architecture)
    try refuseUnsupported()
    try readSizes()
    try readFamily()
    try readTokens()
  }

  /// As the families' files read them.
  var settings: SettingsReader {
    SettingsReader(file: gguf.url.path, object: JSONObject(members))
  }

  private mutating func set(_ key: String, _ value: JSON) { members.append((key, value)) }

  private func holds(_ tensor: String) -> Bool { gguf.tensor(tensor) != nil }

  /// What would change the numbers and is not done.
  private func refuseUnsupported() throws(CheckpointError) {
    for key in ["expert_count", "expert_used_count"] {
      guard try keys.integer(key) ?? 0 == 0 else {
        throw keys.failure(key, allowed: "0: no mixture of experts")
      }
    }
    for key in [
      "logit_scale", "residual_scale", "embedding_scale", "attention.clamp_kqv",
      "attention.max_alibi_bias", "attention.scale",
    ] {
      guard try keys.number(key) ?? 0 == 0 else { throw keys.failure(key, allowed: "none") }
    }
    guard try keys.bool("attention.causal") ?? true else {
      throw keys.failure("attention.causal", allowed: "true")
    }
  }

  // MARK: Sizes

  private mutating func readSizes() throws(CheckpointError) {
    guard let table = gguf.tensor("token_embd.weight"), table.shape.count == 2 else {
      throw CheckpointError(
        file: gguf.url.path, found: "no tensor token_embd.weight with two dimensions",
        allowed: "a whole model")
    }
    let vocabulary = table.shape[0]
    if let tokens = try gguf.metadata.strings("tokenizer.ggml.tokens"), tokens.count != vocabulary {
      throw CheckpointError(
        file: gguf.url.path,
        found: "\(tokens.count) tokens in tokenizer.ggml.tokens for an embedding of "
          + "\(vocabulary) rows", allowed: "a token for each row")
    }
    let hidden = try keys.size("embedding_length")
    let layers = try keys.size("block_count")
    let heads = try keys.uniform("attention.head_count")
    set("model_type", .string(type))
    set("vocab_size", .integer(vocabulary))
    set("hidden_size", .integer(hidden))
    set("num_hidden_layers", .integer(layers))
    set("num_attention_heads", .integer(heads))
    let perKey = try keys.optionalUniform("attention.head_count_kv") ?? heads
    set("num_key_value_heads", .integer(perKey))
    set("intermediate_size", .integer(try keys.uniform("feed_forward_length")))
    set("max_position_embeddings", .integer(try keys.size("context_length")))
    set("tie_word_embeddings", .bool(!holds("output.weight")))
    set("torch_dtype", .string(storedType))
    let length = try keys.integer("attention.key_length") ?? (hidden / max(1, heads))
    if let values = try keys.integer("attention.value_length"), values != length {
      throw keys.failure(
        "attention.value_length", allowed: "\(length), the same as attention.key_length")
    }
    set("head_dim", .integer(length))
  }

  /// By the largest tensors: quantised ones are no more exact than bfloat16.
  private var storedType: String {
    let matrices = gguf.tensors.filter { $0.shape.count > 1 }
    if matrices.allSatisfy({ $0.type == .f32 }) { return "float32" }
    return matrices.contains { $0.type == .f16 } && matrices.allSatisfy { $0.type == .f16 }
      ? "float16" : "bfloat16"
  }

  private var headSize: Int {
    members.first { $0.key == "head_dim" }?.value.integer ?? 0
  }

  private func integer(_ key: String) -> Int {
    members.first { $0.key == key }?.value.integer ?? 0
  }

  // MARK: Families

  private mutating func readFamily() throws(CheckpointError) {
    switch architecture {
    case "gpt2":
      set("layer_norm_epsilon", .number(try keys.epsilon("attention.layer_norm_epsilon")))
      set("n_inner", .integer(integer("intermediate_size")))
      return
    case "gptneox":
      set("layer_norm_eps", .number(try keys.epsilon("attention.layer_norm_epsilon")))
      set("use_parallel_residual", .bool(try keys.bool("use_parallel_residual") ?? true))
      let turned = try keys.integer("rope.dimension_count") ?? headSize
      set("rotary_pct", .number(Double(turned) / Double(max(1, headSize))))
      set("rotary_emb_base", .number(try keys.number("rope.freq_base") ?? 10_000))
      try readScaling()
      return
    default: break
    }
    set("rms_norm_eps", .number(try keys.epsilon("attention.layer_norm_rms_epsilon")))
    set("rope_theta", .number(try keys.number("rope.freq_base") ?? 10_000))
    let turned = try keys.integer("rope.dimension_count") ?? headSize
    if architecture == "phi3" {
      set("partial_rotary_factor", .number(Double(turned) / Double(max(1, headSize))))
    } else if turned != headSize {
      throw keys.failure("rope.dimension_count", allowed: "\(headSize), every channel of a head")
    }
    switch architecture {
    case "llama", "smollm3":
      set("attention_bias", .bool(holds("blk.0.attn_q.bias")))
      set("mlp_bias", .bool(holds("blk.0.ffn_up.bias")))
    case "qwen3": set("attention_bias", .bool(holds("blk.0.attn_q.bias")))
    case "phi3":
      let window = try keys.integer("attention.sliding_window") ?? 0
      set("sliding_window", window == 0 ? .null : .integer(window))
    case "olmo2":
      set("attention_bias", .bool(holds("blk.0.attn_q.bias")))
      guard try keys.integer("attention.sliding_window") ?? 0 == 0 else {
        throw keys.failure("attention.sliding_window", allowed: "none: OLMo 2, and not OLMo 3")
      }
    case "gemma2", "gemma3": try readGemma()
    default: break
    }
    try readScaling()
  }

  private mutating func readGemma() throws(CheckpointError) {
    let isSecond = architecture == "gemma2"
    // The two largest models divide by another number, as llama.cpp knows by their layers.
    let isLargest = integer("num_hidden_layers") == (isSecond ? 46 : 62)
    let scalar =
      isLargest ? integer("hidden_size") / max(1, integer("num_attention_heads")) : headSize
    set("query_pre_attn_scalar", .integer(scalar))
    set("hidden_activation", .string("gelu_pytorch_tanh"))
    let cap = try keys.number("final_logit_softcapping") ?? (isSecond ? 30 : 0)
    set("final_logit_softcapping", cap == 0 ? .null : .number(cap))
    let window = try keys.integer("attention.sliding_window") ?? (isSecond ? 4096 : 0)
    set("sliding_window", window == 0 ? .null : .integer(window))
    if isSecond {
      set("attn_logit_softcapping", .number(try keys.number("attn_logit_softcapping") ?? 50))
    } else {
      set("rope_local_base_freq", .number(try keys.number("rope.freq_base_swa") ?? 10_000))
    }
    let sliding = try slidingLayers(period: isSecond ? 2 : 6, window: window)
    set(
      "layer_types",
      .array(sliding.map { .string($0 ? "sliding_attention" : "full_attention") }))
  }

  /// The pattern's key holds a period, of which the last layer sees everything, or a truth value for
  /// each layer.
  private func slidingLayers(period: Int, window: Int) throws(CheckpointError) -> [Bool] {
    let layers = integer("num_hidden_layers")
    if window == 0 { return [Bool](repeating: false, count: min(layers, 10_000)) }
    let key = "attention.sliding_window_pattern"
    if case .numbers = keys[key] {
      guard let pattern = try keys.bools(key), pattern.count >= layers else {
        throw keys.failure(key, allowed: "a truth value for each of \(layers) layers, or a period")
      }
      return Array(pattern.prefix(layers))
    }
    let every = try keys.integer(key) ?? period
    return (0..<min(layers, 10_000)).map { every > 0 && ($0 + 1) % every != 0 }
  }

  // MARK: Rotary angles

  private mutating func readScaling() throws(CheckpointError) {
    let original = try keys.integer("rope.scaling.original_context_length")
    if let factors = try factors("rope_freqs.weight") {
      // Llama 3 comes with its divisors worked out, one for each frequency at every length.
      return setFactors(short: factors, long: factors, amplitude: 1, original: nil)
    }
    if let long = try factors("rope_factors_long.weight"),
      let short = try factors("rope_factors_short.weight")
    {
      let amplitude = try keys.number("rope.scaling.attn_factor") ?? 1
      return setFactors(
        short: short, long: long, amplitude: amplitude == 0 ? 1 : amplitude, original: original)
    }
    let older = try keys.number("rope.scale_linear")
    let kind = try keys.string("rope.scaling.type") ?? (older == nil ? "none" : "linear")
    var members: [(key: String, value: JSON)] = []
    switch kind {
    case "none": return
    case "linear":
      members = [
        ("rope_type", .string("linear")),
        ("factor", .number(try keys.number("rope.scaling.factor") ?? older ?? 1)),
      ]
    case "yarn":
      members = [
        ("rope_type", .string("yarn")),
        ("factor", .number(try keys.number("rope.scaling.factor") ?? 1)),
      ]
      if let original {
        members.append(("original_max_position_embeddings", .integer(original)))
      }
      for (key, name) in [("yarn_beta_fast", "beta_fast"), ("yarn_beta_slow", "beta_slow")] {
        if let number = try keys.number("rope.scaling." + key) {
          members.append((name, .number(number)))
        }
      }
      for key in ["rope.scaling.attn_factor", "rope.scaling.yarn_attn_factor"] {
        guard try keys.number(key) ?? 1 == 1 else {
          throw keys.failure(key, allowed: "1: what YaRN itself gives")
        }
      }
      let multiplier = "rope.scaling.yarn_log_multiplier"
      guard try keys.number(multiplier) ?? 0 == 0 else {
        throw keys.failure(multiplier, allowed: "0")
      }
    default:
      throw keys.failure("rope.scaling.type", allowed: "none, linear, yarn or longrope")
    }
    set("rope_scaling", .object(members))
  }

  private mutating func setFactors(
    short: [Double], long: [Double], amplitude: Double, original: Int?
  ) {
    let length = original ?? integer("max_position_embeddings")
    set("original_max_position_embeddings", .integer(length))
    set(
      "rope_scaling",
      .object([
        ("type", .string("longrope")),
        ("short_factor", .array(short.map { .number($0) })),
        ("long_factor", .array(long.map { .number($0) })),
        ("attention_factor", .number(amplitude)),
        ("original_max_position_embeddings", .integer(length)),
      ]))
  }

  /// A tensor of divisors.
  private func factors(_ name: String) throws(CheckpointError) -> [Double]? {
    guard let tensor = gguf.tensor(name) else { return nil }
    guard tensor.type == .f32, tensor.shape.count == 1, tensor.count <= 1 << 16 else {
      throw CheckpointError(
        file: gguf.url.path,
        found: "the tensor \(name) of type \(tensor.type.name) and shape \(tensor.shape)",
        allowed: "F32 numbers in one dimension")
    }
    let values: [Float]
    do {
      values = try GGUFBlocks.floats(of: tensor, in: gguf)
    } catch let error as CheckpointError {
      throw error
    } catch {
      throw CheckpointError(
        file: gguf.url.path, found: "\(name): \(error)", allowed: "a readable tensor")
    }
    guard values.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw CheckpointError(
        file: gguf.url.path, found: "the tensor \(name) with a divisor that is not positive",
        allowed: "positive numbers")
    }
    return values.map(Double.init)
  }

  // MARK: Tokens

  private mutating func readTokens() throws(CheckpointError) {
    for name in ["bos", "eos"] {
      let key = "tokenizer.ggml.\(name)_token_id"
      // Some files write the largest number for "none".
      guard case .integer(let id) = gguf.metadata[key], id < Int(Int32.max) else { continue }
      guard (0..<integer("vocab_size")).contains(id) else {
        throw gguf.metadata.failure(
          key, allowed: "a token of the vocabulary of \(integer("vocab_size"))")
      }
      set("\(name)_token_id", .integer(id))
    }
  }

  // MARK: What is not read

  /// The architecture's keys that nobody asks for. Those of `general.` say how the file was made, and
  /// those of `tokenizer.` are for the tokenizer.
  static func unread(in file: GGUFFile) -> [String] {
    let prefix = (try? file.metadata.architecture()).map { $0 + "." } ?? ""
    return file.metadata.keys.filter { key in
      if ["general.", "tokenizer.", "split.", "quantize."].contains(where: key.hasPrefix) {
        return false
      }
      return !key.hasPrefix(prefix) || !read.contains(String(key.dropFirst(prefix.count)))
    }
  }

  private static let read: Set<String> = [
    "expert_count", "expert_used_count", "logit_scale", "residual_scale", "embedding_scale",
    "attention.clamp_kqv", "attention.max_alibi_bias", "attention.scale", "attention.causal",
    "embedding_length", "block_count", "attention.head_count", "attention.head_count_kv",
    "feed_forward_length", "context_length", "attention.key_length", "attention.value_length",
    "attention.layer_norm_epsilon", "attention.layer_norm_rms_epsilon", "use_parallel_residual",
    "rope.dimension_count", "rope.freq_base", "rope.freq_base_swa", "attention.sliding_window",
    "attention.sliding_window_pattern", "final_logit_softcapping", "attn_logit_softcapping",
    "rope.scaling.type", "rope.scaling.factor", "rope.scaling.original_context_length",
    "rope.scaling.attn_factor", "rope.scaling.yarn_attn_factor", "rope.scaling.yarn_beta_fast",
    "rope.scaling.yarn_beta_slow", "rope.scaling.yarn_log_multiplier", "rope.scale_linear",
    // Repeats the number of tokens.
    "vocab_size",
  ]
}
