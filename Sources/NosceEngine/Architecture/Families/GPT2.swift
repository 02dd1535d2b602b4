import NosceFormats

/// GPT-2 (Radford et al. 2019): learned positions, LayerNorm, biases everywhere, and linear weights
/// that are stored [in, out].
enum GPT2 {
  static func configuration(
    _ settings: SettingsReader
  ) throws(CheckpointError) -> ModelConfiguration {
    let keys = CommonSizes.Keys(
      hidden: settings.first("n_embd", "hidden_size"),
      layers: settings.first("n_layer", "num_hidden_layers"),
      heads: settings.first("n_head", "num_attention_heads"),
      positions: settings.first("n_positions", "max_position_embeddings"))
    let sizes = try CommonSizes(settings, keys: keys, ignoresHeadSize: true, positions: 1024)
    guard sizes.heads == sizes.keyValueHeads else {
      throw settings.failure(
        "num_key_value_heads = \(sizes.keyValueHeads)", allowed: "one for each head")
    }
    let epsilon = try settings.nonNegative("layer_norm_epsilon", default: 1e-5)
    let activation = try settings.activation("activation_function", default: "gelu_new")
    let size =
      settings["n_inner"] == nil
      ? 4 * sizes.hidden : try settings.integer("n_inner", in: 1...CommonSizes.widest)
    let scales = try settings.bool("scale_attn_weights", default: true)
    let scalesByLayer = try settings.bool("scale_attn_by_inverse_layer_idx", default: false)
    let tied = try settings.bool("tie_word_embeddings", default: true)

    func norm(_ path: String) -> Norm { Norm(kind: .layer, path: path, epsilon: epsilon) }
    func linear(_ path: String, from inputs: Int, to outputs: Int) -> LinearGroup {
      LinearGroup(
        inputs: inputs,
        modules: [
          LinearModule(path: path, outputs: outputs, hasBias: true, storage: .columns)
        ])
    }
    return try ModelConfiguration(
      .gpt2, settings, sizes,
      embedding: Embedding(
        path: "transformer.wte", positionsPath: "transformer.wpe", freezesPadding: false),
      layers: (0..<sizes.layers).map { layer in
        let path = "transformer.h.\(layer)."
        let scale = scales ? 1 / Double(sizes.headSize).squareRoot() : 1
        return TransformerLayer(
          inputNorm: norm(path + "ln_1"),
          attention: Attention(
            heads: sizes.heads, keyValueHeads: sizes.heads, headSize: sizes.headSize,
            scale: scalesByLayer ? scale / Double(layer + 1) : scale,
            input: linear(path + "attn.c_attn", from: sizes.hidden, to: 3 * sizes.hidden),
            output: linear(path + "attn.c_proj", from: sizes.hidden, to: sizes.hidden)),
          feedForwardNorm: norm(path + "ln_2"),
          feedForward: FeedForward(
            size: size, activation: activation, isGated: false,
            input: linear(path + "mlp.c_fc", from: sizes.hidden, to: size),
            output: linear(path + "mlp.c_proj", from: size, to: sizes.hidden)))
      },
      finalNorm: norm("transformer.ln_f"), headPath: tied ? nil : LlamaParts.headPath,
      rotaries: [], basePrefix: "transformer.",
      ignoredSuffixes: [".attn.bias", ".attn.masked_bias"])
  }
}
