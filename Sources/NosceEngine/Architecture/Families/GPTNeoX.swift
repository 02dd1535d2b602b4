import NosceFormats

/// GPT-NeoX and Pythia (Black et al. 2022; Biderman et al. 2023): queries, keys and values in one
/// module, head by head; a quarter of each head turns; both parts of a layer read the same stream.
enum GPTNeoX {
  static func configuration(
    _ settings: SettingsReader
  ) throws(CheckpointError) -> ModelConfiguration {
    let sizes = try CommonSizes(settings, ignoresHeadSize: true)
    guard sizes.heads == sizes.keyValueHeads else {
      throw settings.failure(
        "num_key_value_heads = \(sizes.keyValueHeads)", allowed: "one for each head")
    }
    let epsilon = try settings.nonNegative("layer_norm_eps", default: 1e-5)
    let activation = try settings.activation("hidden_act", default: "gelu")
    let size = try LlamaParts.feedForwardSize(settings)
    let attentionBias = try settings.bool("attention_bias", default: true)
    let isParallel = try settings.bool("use_parallel_residual", default: true)
    let tied = try settings.bool("tie_word_embeddings", default: false)

    func norm(_ path: String) -> Norm { Norm(kind: .layer, path: path, epsilon: epsilon) }
    func linear(
      _ path: String, from inputs: Int, to outputs: Int, bias: Bool = true,
      storage: LinearModule.WeightOrder = .rows
    ) -> LinearGroup {
      LinearGroup(
        inputs: inputs,
        modules: [
          LinearModule(path: path, outputs: outputs, hasBias: bias, storage: storage)
        ])
    }
    return try ModelConfiguration(
      .gptNeoX, settings, sizes,
      embedding: Embedding(path: "gpt_neox.embed_in", freezesPadding: false),
      layers: (0..<sizes.layers).map { layer in
        let path = "gpt_neox.layers.\(layer)."
        return TransformerLayer(
          inputNorm: norm(path + "input_layernorm"),
          attention: Attention(
            heads: sizes.heads, keyValueHeads: sizes.heads, headSize: sizes.headSize,
            scale: 1 / Double(sizes.headSize).squareRoot(), rotary: 0,
            input: linear(
              path + "attention.query_key_value", from: sizes.hidden, to: 3 * sizes.hidden,
              bias: attentionBias,
              storage: .interleavedHeads(count: sizes.heads, size: sizes.headSize)),
            output: linear(
              path + "attention.dense", from: sizes.hidden, to: sizes.hidden, bias: attentionBias)),
          feedForwardNorm: norm(path + "post_attention_layernorm"),
          feedForward: FeedForward(
            size: size, activation: activation, isGated: false,
            input: linear(path + "mlp.dense_h_to_4h", from: sizes.hidden, to: size),
            output: linear(path + "mlp.dense_4h_to_h", from: size, to: sizes.hidden)),
          isParallel: isParallel)
      },
      finalNorm: norm("gpt_neox.final_layer_norm"), headPath: tied ? nil : "embed_out",
      rotaries: [
        try Rotary.read(
          settings, sizes: sizes, baseKey: "rotary_emb_base", defaultShare: 0.25,
          shareKey: "rotary_pct")
      ],
      basePrefix: "gpt_neox.", otherNames: ["embed_out.weight": "lm_head.weight"],
      ignoredSuffixes: [".attention.bias", ".attention.masked_bias"])
  }
}
