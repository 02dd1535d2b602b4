import NosceFormats

/// Gemma 3, the text model (Gemma Team 2025): Gemma 2 with norms on each head's query and key in
/// place of squashed scores, five layers with a window to each without, and rotary angles of their
/// own for the layers that slide.
enum Gemma3 {
  static func configuration(
    _ settings: SettingsReader
  ) throws(CheckpointError) -> ModelConfiguration {
    let sizes = try CommonSizes(
      settings, keyValueHeads: 4, headSize: 256, dividesHidden: true, positions: 131_072)
    let logitCap = try settings.optionalPositive("final_logit_softcapping", default: nil)
    let window = try settings.optionalSize("sliding_window", default: 4096)
    let pattern = try settings.integer("sliding_window_pattern", in: 1...10_000, default: 6)
    let sliding = try settings.slidingLayers(sizes.layers) { ($0 + 1) % pattern != 0 }
    let slidingWindow = try settings.window(window, for: sliding)
    let parts = try GemmaParts(settings, sizes)

    return try ModelConfiguration(
      .gemma3, settings, sizes, embedding: parts.embedding,
      layers: (0..<sizes.layers).map { layer in
        let path = LlamaParts.path(layer)
        var result = parts.layer(layer, window: sliding[layer] ? slidingWindow : nil)
        result.attention.queryNorm = parts.norm(path + "self_attn.q_norm")
        result.attention.keyNorm = parts.norm(path + "self_attn.k_norm")
        result.attention.rotary = sliding[layer] ? 1 : 0
        return result
      },
      finalNorm: parts.norm("model.norm"), headPath: parts.headPath, logitCap: logitCap,
      rotaries: [
        try rotary(settings, sizes, "full_attention", base: 1_000_000, key: "rope_theta"),
        try rotary(settings, sizes, "sliding_attention", base: 10_000, key: "rope_local_base_freq"),
      ])
  }

  /// The angles of one kind of layer, from `rope_parameters.KIND` or from the older keys, of which
  /// `rope_scaling` stretches the full layers only.
  private static func rotary(
    _ settings: SettingsReader, _ sizes: CommonSizes, _ kind: String, base: Double, key: String
  ) throws(CheckpointError) -> Rotary {
    let own = try settings.nested("rope_parameters")?.nested(kind)
    let older = kind == "full_attention" ? try settings.nested("rope_scaling") : nil
    let standard = try settings.positive(key, default: base)
    var rotary = Rotary(
      base: try own?.positive("rope_theta", default: standard) ?? standard,
      channels: sizes.headSize, maximumPositions: sizes.positions)
    guard sizes.headSize % 2 == 0 else {
      throw settings.failure(
        "head_dim = \(sizes.headSize)", allowed: "an even number: rotary channels come in pairs")
    }
    // Of the older object, the reference library reads the newer of two names for the type only.
    let isOlder = try older?.string("rope_type") != nil
    if let scaling = isOlder ? older : own {
      rotary.scaling = try RotaryScaling.read(
        scaling, whole: settings, rotary, original: nil)
    }
    return rotary
  }
}
