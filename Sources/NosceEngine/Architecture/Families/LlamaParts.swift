import NosceFormats

/// The parts that Llama and the families that follow its naming share.
///
/// Each is named as in the checkpoint: `self_attn.q_proj`, `mlp.gate_proj`…
enum LlamaParts {
  static let embedding = Embedding(path: "model.embed_tokens")
  static let headPath = "lm_head"

  static func path(_ layer: Int) -> String { "model.layers.\(layer)." }

  static func attention(
    _ sizes: CommonSizes, _ path: String, bias: Bool, outputBias: Bool? = nil, rotary: Int? = 0,
    window: Int? = nil
  ) -> Attention {
    let width = sizes.heads * sizes.headSize
    let keyWidth = sizes.keyValueHeads * sizes.headSize
    func module(_ name: String, _ outputs: Int, _ bias: Bool) -> LinearModule {
      LinearModule(path: path + "self_attn." + name, outputs: outputs, hasBias: bias)
    }
    return Attention(
      heads: sizes.heads, keyValueHeads: sizes.keyValueHeads, headSize: sizes.headSize,
      scale: 1 / Double(sizes.headSize).squareRoot(), window: window, rotary: rotary,
      input: LinearGroup(
        inputs: sizes.hidden,
        modules: [
          module("q_proj", width, bias), module("k_proj", keyWidth, bias),
          module("v_proj", keyWidth, bias),
        ]),
      output: LinearGroup(
        inputs: width, modules: [module("o_proj", sizes.hidden, outputBias ?? bias)]))
  }

  static func feedForward(
    _ sizes: CommonSizes, _ path: String, size: Int, activation: Activation, bias: Bool = false
  ) -> FeedForward {
    func module(_ name: String, _ outputs: Int) -> LinearModule {
      LinearModule(path: path + "mlp." + name, outputs: outputs, hasBias: bias)
    }
    return FeedForward(
      size: size, activation: activation, isGated: true,
      input: LinearGroup(
        inputs: sizes.hidden, modules: [module("gate_proj", size), module("up_proj", size)]),
      output: LinearGroup(inputs: size, modules: [module("down_proj", sizes.hidden)]))
  }

  static func feedForwardSize(_ settings: SettingsReader) throws(CheckpointError) -> Int {
    try settings.integer("intermediate_size", in: 1...CommonSizes.widest)
  }
}
