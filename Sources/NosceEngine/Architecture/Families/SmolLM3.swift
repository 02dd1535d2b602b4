import NosceFormats

/// SmolLM 3 (Bakouch et al. 2025): Llama in which every fourth layer turns neither queries nor keys.
enum SmolLM3 {
  static func configuration(
    _ settings: SettingsReader
  ) throws(CheckpointError) -> ModelConfiguration {
    let sizes = try CommonSizes(settings, keyValueHeads: 4, positions: 32_768)
    let epsilon = try settings.nonNegative("rms_norm_eps", default: 1e-6)
    let activation = try settings.activation("hidden_act", default: "silu")
    let feedForwardSize = try LlamaParts.feedForwardSize(settings)
    let attentionBias = try settings.bool("attention_bias", default: false)
    let mlpBias = try settings.bool("mlp_bias", default: false)
    let turns = try turningLayers(settings, count: sizes.layers)
    let window = try settings.optionalSize("sliding_window", default: nil)
    let uses = try settings.bool("use_sliding_window", default: false)
    let sliding = try settings.slidingLayers(sizes.layers) { layer in
      uses && window != nil && !turns[layer]
    }
    let slidingWindow = try settings.window(window, for: sliding)
    let tied = try settings.bool("tie_word_embeddings", default: true)

    func norm(_ path: String) -> Norm {
      Norm(kind: .rootMeanSquare, path: path, epsilon: epsilon)
    }
    return try ModelConfiguration(
      .smollm3, settings, sizes, embedding: LlamaParts.embedding,
      layers: (0..<sizes.layers).map { layer in
        let path = LlamaParts.path(layer)
        return TransformerLayer(
          inputNorm: norm(path + "input_layernorm"),
          attention: LlamaParts.attention(
            sizes, path, bias: attentionBias, rotary: turns[layer] ? 0 : nil,
            window: sliding[layer] ? slidingWindow : nil),
          feedForwardNorm: norm(path + "post_attention_layernorm"),
          feedForward: LlamaParts.feedForward(
            sizes, path, size: feedForwardSize, activation: activation, bias: mlpBias))
      },
      finalNorm: norm("model.norm"), headPath: tied ? nil : LlamaParts.headPath,
      rotaries: [Rotary.read(settings, sizes: sizes, defaultBase: 2_000_000)])
  }

  /// `no_rope_layers` holds, against its name, 1 for the layers that turn.
  private static func turningLayers(
    _ settings: SettingsReader, count: Int
  ) throws(CheckpointError) -> [Bool] {
    guard let list = try settings.indices("no_rope_layers") else {
      let interval = try settings.integer("no_rope_layer_interval", in: 1...10_000, default: 4)
      return (0..<count).map { ($0 + 1) % interval != 0 }
    }
    guard list.count >= count else {
      throw settings.failure(
        "no_rope_layers with \(list.count) entries", allowed: "one for each of \(count) layers")
    }
    return list.prefix(count).map { $0 != 0 }
  }
}
