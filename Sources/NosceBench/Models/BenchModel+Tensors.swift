extension BenchModel {
  struct Tensor {
    enum Kind { case matrix, norm, bias }
    var name: String
    var shape: [Int]
    var kind: Kind

    var count: Int { shape.reduce(1, *) }
    var mean: Double { kind == .norm ? 1 : 0 }
    var deviation: Double { kind == .norm ? 0.1 : 0.02 }
  }

  /// Every tensor by its Hugging Face name; linear weights are [out, in].
  var tensors: [Tensor] {
    var result = [
      Tensor(
        name: "model.embed_tokens.weight", shape: [size.vocabulary, size.hidden], kind: .matrix)
    ]
    let hidden = size.hidden
    for layer in 0..<size.layers {
      let prefix = "model.layers.\(layer)."
      func linear(_ name: String, _ output: Int, _ input: Int, bias: Bool = false) {
        result.append(
          Tensor(name: "\(prefix)\(name).weight", shape: [output, input], kind: .matrix))
        if bias {
          result.append(Tensor(name: "\(prefix)\(name).bias", shape: [output], kind: .bias))
        }
      }
      func norm(_ name: String) {
        result.append(Tensor(name: "\(prefix)\(name).weight", shape: [hidden], kind: .norm))
      }
      let hasBias = family == .qwen2
      norm("input_layernorm")
      linear("self_attn.q_proj", size.queryWidth, hidden, bias: hasBias)
      linear("self_attn.k_proj", size.keyWidth, hidden, bias: hasBias)
      linear("self_attn.v_proj", size.keyWidth, hidden, bias: hasBias)
      linear("self_attn.o_proj", hidden, size.queryWidth)
      norm("post_attention_layernorm")
      linear("mlp.gate_proj", size.feedForward, hidden)
      linear("mlp.up_proj", size.feedForward, hidden)
      linear("mlp.down_proj", hidden, size.feedForward)
    }
    result.append(Tensor(name: "model.norm.weight", shape: [hidden], kind: .norm))
    if !isTied {
      result.append(
        Tensor(name: "lm_head.weight", shape: [size.vocabulary, hidden], kind: .matrix))
    }
    return result
  }

  /// The number of weights.
  package var parameterCount: Int { tensors.reduce(0) { $0 + $1.count } }
}
