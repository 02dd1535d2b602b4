import NosceFormats

/// Mistral 7B and its successors (Jiang et al. 2023): Llama whose layers all see a window.
enum Mistral {
  static func configuration(
    _ settings: SettingsReader
  ) throws(CheckpointError) -> ModelConfiguration {
    let sizes = try CommonSizes(settings, keyValueHeads: 8, positions: 131_072)
    let epsilon = try settings.nonNegative("rms_norm_eps", default: 1e-6)
    let activation = try settings.activation("hidden_act", default: "silu")
    let feedForwardSize = try LlamaParts.feedForwardSize(settings)
    let window = try settings.optionalSize("sliding_window", default: 4096)
    let sliding = try settings.slidingLayers(sizes.layers) { _ in window != nil }
    let slidingWindow = try settings.window(window, for: sliding)
    let tied = try settings.bool("tie_word_embeddings", default: false)

    func norm(_ path: String) -> Norm {
      Norm(kind: .rootMeanSquare, path: path, epsilon: epsilon)
    }
    return try ModelConfiguration(
      .mistral, settings, sizes, embedding: LlamaParts.embedding,
      layers: (0..<sizes.layers).map { layer in
        let path = LlamaParts.path(layer)
        return TransformerLayer(
          inputNorm: norm(path + "input_layernorm"),
          attention: LlamaParts.attention(
            sizes, path, bias: false, window: sliding[layer] ? slidingWindow : nil),
          feedForwardNorm: norm(path + "post_attention_layernorm"),
          feedForward: LlamaParts.feedForward(
            sizes, path, size: feedForwardSize, activation: activation))
      },
      finalNorm: norm("model.norm"), headPath: tied ? nil : LlamaParts.headPath,
      rotaries: [Rotary.read(settings, sizes: sizes)])
  }
}
