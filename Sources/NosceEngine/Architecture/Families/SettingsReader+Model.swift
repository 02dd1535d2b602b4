import NosceFormats

extension SettingsReader {
  /// Refuses by name what would change the numbers and that the engine does not do.
  func refuseUnsupported(architecture: String) throws(CheckpointError) {
    for found in try strings("architectures") where !isKnown(found, architecture) {
      throw failure("the architecture \(found)", allowed: architecture)
    }
    for key in ["quantization_config", "compression_config"] {
      if let quantization = try nested(key) {
        let method = try quantization.string("quant_method") ?? "an unnamed method"
        throw failure(
          "weights quantized by \(method)", allowed: "F32, F16 or BF16 weights, not quantized")
      }
    }
    for (key, meaning) in [
      ("use_bidirectional_attention", "attention without a causal mask"),
      ("add_cross_attention", "cross-attention"),
    ] where try bool(key, default: false) {
      throw failure("\(key) = true", allowed: "false: no \(meaning)")
    }
  }

  /// The class itself, or the bare model without a head.
  private func isKnown(_ found: String, _ architecture: String) -> Bool {
    let stem = architecture.replacing("ForCausalLM", with: "").replacing("LMHeadModel", with: "")
    return found == architecture || found == stem + "Model" || found == stem + "TextModel"
  }

  func storedType() throws(CheckpointError) -> TensorType {
    let name = try string("dtype", "torch_dtype") ?? "float32"
    switch name {
    case "float32", "auto": return .float32
    case "float16": return .float16
    case "bfloat16": return .bfloat16
    default: throw failure("dtype \"\(name)\"", allowed: "float32, float16 or bfloat16")
    }
  }

  /// The nonlinearity, by the reference library's names for it.
  func activation(
    _ key: String, default standard: String
  ) throws(CheckpointError) -> Activation {
    let name = try string(key) ?? standard
    switch name {
    case "silu", "swish": return .silu
    case "gelu", "gelu_python": return .gelu
    case "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_accurate", "gelu_python_tanh":
      return .geluTanh
    default:
      throw failure(
        "\(key) \"\(name)\"",
        allowed: "silu, gelu, gelu_new, gelu_fast or gelu_pytorch_tanh")
    }
  }

  /// Which layers see only a window: as `layer_types` lists them, or as the family's rule has it.
  func slidingLayers(
    _ count: Int, rule: (Int) -> Bool
  ) throws(CheckpointError) -> [Bool] {
    let types = try strings("layer_types")
    if types.isEmpty { return (0..<count).map(rule) }
    guard types.count == count else {
      throw failure(
        "layer_types with \(types.count) entries", allowed: "one for each of \(count) layers")
    }
    var result: [Bool] = []
    for type in types {
      switch type {
      case "full_attention", "attention": result.append(false)
      case "sliding_attention": result.append(true)
      default:
        throw failure("layer_types \"\(type)\"", allowed: "full_attention or sliding_attention")
      }
    }
    return result
  }

  /// The window of layers that slide, which must be given where there are any.
  func window(
    _ window: Int?, for sliding: [Bool]
  ) throws(CheckpointError) -> Int? {
    guard window != nil || !sliding.contains(true) else {
      throw failure("sliding layers without sliding_window", allowed: "a window for them")
    }
    return window
  }
}
