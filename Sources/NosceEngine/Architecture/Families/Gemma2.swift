import NosceFormats

/// Gemma 2 (Gemma Team 2024): norms that multiply by 1 + w before and after each part, scaled
/// embeddings, squashed scores and logits, and a window in every other layer.
enum Gemma2 {
  static func configuration(
    _ settings: SettingsReader
  ) throws(CheckpointError) -> ModelConfiguration {
    let sizes = try CommonSizes(
      settings, keyValueHeads: 4, headSize: 256, dividesHidden: true, positions: 8192)
    let scoreCap = try settings.optionalPositive("attn_logit_softcapping", default: 50)
    let logitCap = try settings.optionalPositive("final_logit_softcapping", default: 30)
    let window = try settings.optionalSize("sliding_window", default: 4096)
    let sliding = try settings.slidingLayers(sizes.layers) { $0 % 2 == 0 }
    let slidingWindow = try settings.window(window, for: sliding)
    let parts = try GemmaParts(settings, sizes)

    return try ModelConfiguration(
      .gemma2, settings, sizes, embedding: parts.embedding,
      layers: (0..<sizes.layers).map { layer in
        var result = parts.layer(layer, window: sliding[layer] ? slidingWindow : nil)
        result.attention.scoreCap = scoreCap
        return result
      },
      finalNorm: parts.norm("model.norm"), headPath: parts.headPath, logitCap: logitCap,
      rotaries: [Rotary.read(settings, sizes: sizes)])
  }
}

/// What Gemma 2 and 3 share.
struct GemmaParts {
  let sizes: CommonSizes
  let epsilon: Double
  let activation: Activation
  let feedForwardSize: Int
  let bias: Bool
  let scale: Double
  let headPath: String?

  init(_ settings: SettingsReader, _ sizes: CommonSizes) throws(CheckpointError) {
    self.sizes = sizes
    epsilon = try settings.nonNegative("rms_norm_eps", default: 1e-6)
    activation = try settings.activation("hidden_activation", default: "gelu_pytorch_tanh")
    feedForwardSize = try LlamaParts.feedForwardSize(settings)
    bias = try settings.bool("attention_bias", default: false)
    scale = 1 / (try settings.positive("query_pre_attn_scalar", default: 256)).squareRoot()
    let tied = try settings.bool("tie_word_embeddings", default: true)
    headPath = tied ? nil : LlamaParts.headPath
  }

  var embedding: Embedding {
    Embedding(path: "model.embed_tokens", scale: Double(sizes.hidden).squareRoot())
  }

  func norm(_ path: String) -> Norm {
    Norm(kind: .rootMeanSquareFromOne, path: path, epsilon: epsilon)
  }

  func layer(_ layer: Int, window: Int?) -> TransformerLayer {
    let path = LlamaParts.path(layer)
    var attention = LlamaParts.attention(sizes, path, bias: bias, window: window)
    attention.scale = scale
    return TransformerLayer(
      inputNorm: norm(path + "input_layernorm"), attention: attention,
      attentionOutputNorm: norm(path + "post_attention_layernorm"),
      feedForwardNorm: norm(path + "pre_feedforward_layernorm"),
      feedForward: LlamaParts.feedForward(
        sizes, path, size: feedForwardSize, activation: activation),
      feedForwardOutputNorm: norm(path + "post_feedforward_layernorm"))
  }
}
