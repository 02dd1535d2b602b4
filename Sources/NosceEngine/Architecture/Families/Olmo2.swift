import NosceFormats

/// OLMo 2 (OLMo Team 2024): Llama with norms behind attention and feed-forward instead of before
/// them, and norms over the whole width of queries and of keys.
enum Olmo2 {
  static func configuration(
    _ settings: SettingsReader
  ) throws(CheckpointError) -> ModelConfiguration {
    let sizes = try CommonSizes(settings)
    let epsilon = try settings.nonNegative("rms_norm_eps", default: 1e-5)
    let activation = try settings.activation("hidden_act", default: "silu")
    let feedForwardSize = try LlamaParts.feedForwardSize(settings)
    let bias = try settings.bool("attention_bias", default: false)
    let tied = try settings.bool("tie_word_embeddings", default: false)

    func norm(_ path: String) -> Norm {
      Norm(kind: .rootMeanSquare, path: path, epsilon: epsilon)
    }
    return try ModelConfiguration(
      .olmo2, settings, sizes, embedding: LlamaParts.embedding,
      layers: (0..<sizes.layers).map { layer in
        let path = LlamaParts.path(layer)
        var attention = LlamaParts.attention(sizes, path, bias: bias)
        attention.queryNorm = norm(path + "self_attn.q_norm")
        attention.keyNorm = norm(path + "self_attn.k_norm")
        attention.normsWholeWidth = true
        return TransformerLayer(
          attention: attention,
          attentionOutputNorm: norm(path + "post_attention_layernorm"),
          feedForward: LlamaParts.feedForward(
            sizes, path, size: feedForwardSize, activation: activation),
          feedForwardOutputNorm: norm(path + "post_feedforward_layernorm"))
      },
      finalNorm: norm("model.norm"), headPath: tied ? nil : LlamaParts.headPath,
      rotaries: [Rotary.read(settings, sizes: sizes)])
  }
}
