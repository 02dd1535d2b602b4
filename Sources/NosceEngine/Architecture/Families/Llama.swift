import NosceFormats

/// Llama 1 to 3 (Touvron et al. 2023; Grattafiori et al. 2024), and whatever shares its class.
package enum Llama {
  static func configuration(
    _ settings: SettingsReader
  ) throws(CheckpointError) -> ModelConfiguration {
    let sizes = try CommonSizes(settings, dividesHidden: true)
    let epsilon = try settings.nonNegative("rms_norm_eps", default: 1e-6)
    let activation = try settings.activation("hidden_act", default: "silu")
    let feedForwardSize = try LlamaParts.feedForwardSize(settings)
    let attentionBias = try settings.bool("attention_bias", default: false)
    let mlpBias = try settings.bool("mlp_bias", default: false)
    let tied = try settings.bool("tie_word_embeddings", default: false)

    func norm(_ path: String) -> Norm {
      Norm(kind: .rootMeanSquare, path: path, epsilon: epsilon)
    }
    return try ModelConfiguration(
      .llama, settings, sizes, embedding: LlamaParts.embedding,
      layers: (0..<sizes.layers).map { layer in
        let path = LlamaParts.path(layer)
        return TransformerLayer(
          inputNorm: norm(path + "input_layernorm"),
          attention: LlamaParts.attention(sizes, path, bias: attentionBias),
          feedForwardNorm: norm(path + "post_attention_layernorm"),
          feedForward: LlamaParts.feedForward(
            sizes, path, size: feedForwardSize, activation: activation, bias: mlpBias))
      },
      finalNorm: norm("model.norm"), headPath: tied ? nil : LlamaParts.headPath,
      rotaries: [Rotary.read(settings, sizes: sizes)])
  }
}
