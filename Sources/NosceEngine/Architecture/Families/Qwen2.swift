import NosceFormats

/// Qwen 2 and 2.5 (Yang et al. 2024): Llama with biases on queries, keys and values, and a window
/// in the layers from `max_window_layers` on where `use_sliding_window` asks for it.
enum Qwen2 {
  static func configuration(
    _ settings: SettingsReader
  ) throws(CheckpointError) -> ModelConfiguration {
    let sizes = try CommonSizes(settings, keyValueHeads: 32, positions: 32_768)
    let epsilon = try settings.nonNegative("rms_norm_eps", default: 1e-6)
    let activation = try settings.activation("hidden_act", default: "silu")
    let feedForwardSize = try LlamaParts.feedForwardSize(settings)
    let (sliding, window) = try slidingWindow(settings, layers: sizes.layers)
    let tied = try settings.bool("tie_word_embeddings", default: false)

    func norm(_ path: String) -> Norm {
      Norm(kind: .rootMeanSquare, path: path, epsilon: epsilon)
    }
    return try ModelConfiguration(
      .qwen2, settings, sizes, embedding: LlamaParts.embedding,
      layers: (0..<sizes.layers).map { layer in
        let path = LlamaParts.path(layer)
        return TransformerLayer(
          inputNorm: norm(path + "input_layernorm"),
          attention: LlamaParts.attention(
            sizes, path, bias: true, outputBias: false, window: sliding[layer] ? window : nil),
          feedForwardNorm: norm(path + "post_attention_layernorm"),
          feedForward: LlamaParts.feedForward(
            sizes, path, size: feedForwardSize, activation: activation))
      },
      finalNorm: norm("model.norm"), headPath: tied ? nil : LlamaParts.headPath,
      rotaries: [Rotary.read(settings, sizes: sizes)])
  }

  /// Which layers slide, and the window: the rule of Qwen 2 and 3.
  static func slidingWindow(
    _ settings: SettingsReader, layers: Int
  ) throws(CheckpointError) -> (sliding: [Bool], window: Int?) {
    let uses = try settings.bool("use_sliding_window", default: false)
    let window = uses ? try settings.optionalSize("sliding_window", default: 4096) : nil
    let first = try settings.integer("max_window_layers", in: 0...10_000, default: 28)
    let sliding = try settings.slidingLayers(layers) { window != nil && $0 >= first }
    return (sliding, try settings.window(window, for: sliding))
  }
}
