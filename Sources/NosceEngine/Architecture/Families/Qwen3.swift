import NosceFormats

/// Qwen 3 (Yang et al. 2025): Qwen 2 without its biases, with a norm on each head's query and key,
/// and a head size of its own.
enum Qwen3 {
  static func configuration(
    _ settings: SettingsReader
  ) throws(CheckpointError) -> ModelConfiguration {
    let sizes = try CommonSizes(settings, keyValueHeads: 32, headSize: 128, positions: 32_768)
    let epsilon = try settings.nonNegative("rms_norm_eps", default: 1e-6)
    let activation = try settings.activation("hidden_act", default: "silu")
    let feedForwardSize = try LlamaParts.feedForwardSize(settings)
    let bias = try settings.bool("attention_bias", default: false)
    let (sliding, window) = try Qwen2.slidingWindow(settings, layers: sizes.layers)
    let tied = try settings.bool("tie_word_embeddings", default: false)

    func norm(_ path: String) -> Norm {
      Norm(kind: .rootMeanSquare, path: path, epsilon: epsilon)
    }
    return try ModelConfiguration(
      .qwen3, settings, sizes, embedding: LlamaParts.embedding,
      layers: (0..<sizes.layers).map { layer in
        let path = LlamaParts.path(layer)
        var attention = LlamaParts.attention(
          sizes, path, bias: bias, window: sliding[layer] ? window : nil)
        attention.queryNorm = norm(path + "self_attn.q_norm")
        attention.keyNorm = norm(path + "self_attn.k_norm")
        return TransformerLayer(
          inputNorm: norm(path + "input_layernorm"), attention: attention,
          feedForwardNorm: norm(path + "post_attention_layernorm"),
          feedForward: LlamaParts.feedForward(
            sizes, path, size: feedForwardSize, activation: activation))
      },
      finalNorm: norm("model.norm"), headPath: tied ? nil : LlamaParts.headPath,
      rotaries: [Rotary.read(settings, sizes: sizes)])
  }
}
