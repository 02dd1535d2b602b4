import NosceFormats

/// Phi-3 and Phi-4-mini (Abdin et al. 2024): Llama with queries, keys and values in one module and
/// gate and up in another, and angles with two sets of divisors, for short and for long texts.
enum Phi3 {
  static func configuration(
    _ settings: SettingsReader
  ) throws(CheckpointError) -> ModelConfiguration {
    let sizes = try CommonSizes(settings, positions: 4096)
    let epsilon = try settings.nonNegative("rms_norm_eps", default: 1e-5)
    let activation = try settings.activation("hidden_act", default: "silu")
    let feedForwardSize = try LlamaParts.feedForwardSize(settings)
    let window = try settings.optionalSize("sliding_window", default: nil)
    let tied = try settings.bool("tie_word_embeddings", default: false)

    func norm(_ path: String) -> Norm {
      Norm(kind: .rootMeanSquare, path: path, epsilon: epsilon)
    }
    return try ModelConfiguration(
      .phi3, settings, sizes, embedding: LlamaParts.embedding,
      layers: (0..<sizes.layers).map { layer in
        let path = LlamaParts.path(layer)
        var attention = LlamaParts.attention(sizes, path, bias: false, window: window)
        attention.input.modules = [
          LinearModule(
            path: path + "self_attn.qkv_proj",
            outputs: attention.queryWidth + 2 * attention.keyWidth)
        ]
        var feedForward = LlamaParts.feedForward(
          sizes, path, size: feedForwardSize, activation: activation)
        feedForward.input.modules = [
          LinearModule(path: path + "mlp.gate_up_proj", outputs: 2 * feedForwardSize)
        ]
        return TransformerLayer(
          inputNorm: norm(path + "input_layernorm"), attention: attention,
          feedForwardNorm: norm(path + "post_attention_layernorm"), feedForward: feedForward)
      },
      finalNorm: norm("model.norm"), headPath: tied ? nil : LlamaParts.headPath,
      rotaries: [Rotary.read(settings, sizes: sizes, shareKey: "partial_rotary_factor")])
  }
}
