import Foundation

extension ModelConfiguration {
  /// Every tensor of the model with its shape, in the order in which the model uses them.
  ///
  /// Linear weights are stored [out, in].
  package var tensors: [(name: String, shape: [Int])] {
    let queries = headCount * headDimension
    let keys = keyValueHeadCount * headDimension
    var result: [(name: String, shape: [Int])] = []
    func linear(_ name: String, out: Int, in input: Int, bias: Bool) {
      result.append((name + ".weight", [out, input]))
      if bias { result.append((name + ".bias", [out])) }
    }
    result.append(("model.embed_tokens.weight", [vocabularySize, hiddenSize]))
    for layer in 0..<layerCount {
      let prefix = "model.layers.\(layer)."
      result.append((prefix + "input_layernorm.weight", [hiddenSize]))
      linear(prefix + "self_attn.q_proj", out: queries, in: hiddenSize, bias: attentionBias)
      linear(prefix + "self_attn.k_proj", out: keys, in: hiddenSize, bias: attentionBias)
      linear(prefix + "self_attn.v_proj", out: keys, in: hiddenSize, bias: attentionBias)
      linear(prefix + "self_attn.o_proj", out: hiddenSize, in: queries, bias: attentionBias)
      result.append((prefix + "post_attention_layernorm.weight", [hiddenSize]))
      linear(prefix + "mlp.gate_proj", out: intermediateSize, in: hiddenSize, bias: mlpBias)
      linear(prefix + "mlp.up_proj", out: intermediateSize, in: hiddenSize, bias: mlpBias)
      linear(prefix + "mlp.down_proj", out: hiddenSize, in: intermediateSize, bias: mlpBias)
    }
    result.append(("model.norm.weight", [hiddenSize]))
    if !tiedEmbeddings { result.append(("lm_head.weight", [vocabularySize, hiddenSize])) }
    return result
  }

  /// Refuses weights that lack a tensor of this model, have it in another shape or no float type,
  /// or hold a tensor that the model has no use for.
  package func check(_ weights: CheckpointWeights) throws(CheckpointError) {
    // Each layer needs tensors: a wild layer count must not cost memory before it is refused.
    guard layerCount <= weights.names.count else {
      throw CheckpointError(
        file: weights.directory.path,
        found: "\(weights.names.count) tensors for \(layerCount) layers",
        allowed: "a checkpoint with every tensor of its model")
    }
    let expected = tensors
    for (name, shape) in expected {
      try weights.require(name, shape: shape)
    }
    let known = Set(expected.map(\.name))
    for name in weights.names where !known.contains(name) && !isHarmlessExtra(name) {
      throw CheckpointError(
        file: weights.directory.path, found: "tensor \(name), which the model has no place for",
        allowed: "the tensors of a \(family.rawValue) model")
    }
  }

  /// Buffers that older libraries stored, and a head that a tied model repeats.
  private func isHarmlessExtra(_ name: String) -> Bool {
    name.hasSuffix(".rotary_emb.inv_freq") || (tiedEmbeddings && name == "lm_head.weight")
  }
}
