/// Where each weight of a model lies in one long array of floats.
///
/// Query, key and value rows follow one another, and so do gate and up, so that each group is one
/// matrix product. Other tensors start at multiples of 16 floats.
package struct ParameterLayout: Sendable {
  package struct Tensor: Sendable {
    /// The Hugging Face name.
    package let name: String
    package let shape: [Int]
    package let offset: Int
    package let count: Int
    package var isMatrix: Bool { shape.count > 1 }
  }

  struct Layer: Sendable {
    var inputNorm = 0
    var queryKeyValue = 0
    var attentionOutput = 0
    var postNorm = 0
    var gateUp = 0
    var down = 0
  }

  package let tensors: [Tensor]
  /// The length of the array.
  package let count: Int
  let embedding: Int
  let layers: [Layer]
  let finalNorm: Int
  /// The same as `embedding` for a tied model.
  let head: Int

  package init(_ configuration: ModelConfiguration) {
    var tensors: [Tensor] = []
    var end = 0
    for (name, shape) in configuration.tensors {
      let follows = ["k_proj.weight", "v_proj.weight", "up_proj.weight"].contains {
        name.hasSuffix($0)
      }
      if !follows { end = (end + 15) / 16 * 16 }
      let size = shape.reduce(1, *)
      tensors.append(Tensor(name: name, shape: shape, offset: end, count: size))
      end += size
    }
    let offsets = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.offset) })
    func offset(_ name: String) -> Int {
      guard let found = offsets[name + ".weight"] else {
        preconditionFailure("the configuration lists no \(name)")
      }
      return found
    }
    layers = (0..<configuration.layerCount).map { index in
      let prefix = "model.layers.\(index)."
      return Layer(
        inputNorm: offset(prefix + "input_layernorm"),
        queryKeyValue: offset(prefix + "self_attn.q_proj"),
        attentionOutput: offset(prefix + "self_attn.o_proj"),
        postNorm: offset(prefix + "post_attention_layernorm"),
        gateUp: offset(prefix + "mlp.gate_proj"),
        down: offset(prefix + "mlp.down_proj"))
    }
    embedding = offset("model.embed_tokens")
    finalNorm = offset("model.norm")
    head = configuration.tiedEmbeddings ? embedding : offset("lm_head")
    self.tensors = tensors
    count = (end + 15) / 16 * 16
  }
}
