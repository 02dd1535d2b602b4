import CNosceKernels

/// A model made ready to be asked: the adapter merged, the weights laid out for small batches.
///
/// Its results never depend on what shares a batch: every product sums in one fixed order. It does
/// not change after `init`, so any number of threads may ask it.
package final class InferenceModel: @unchecked Sendable {
  // The packed weights are written in init only.
  package let model: LanguageModel
  let packed: OperandBuffer
  let layers: [ParameterLayout.Layer]
  let head: Int

  var shape: ModelShape { model.shape }
  var norms: UnsafeMutablePointer<Float> { model.weights.floats }

  package init(_ base: LanguageModel, adapter: LoRAAdapter? = nil, strength: Float = 1) throws {
    model = try adapter.map { try base.merging($0, strength: strength) } ?? base
    let shape = model.shape
    let layout = model.layout
    var end = 0
    func place(_ outputs: Int, _ inputs: Int) -> Int {
      defer { end += nosce_packed_count(outputs, inputs) }
      return end
    }
    layers = layout.layers.map { layer in
      var packed = layer
      packed.queryKeyValue = place(shape.fusedWidth, shape.hidden)
      packed.attentionOutput = place(shape.hidden, shape.queryWidth)
      packed.gateUp = place(2 * shape.feedForward, shape.hidden)
      packed.down = place(shape.hidden, shape.feedForward)
      return packed
    }
    head = place(shape.vocabulary, shape.hidden)
    packed = OperandBuffer(model.precision)
    packed.reserve(end)
    let operand = packed.operand
    let floats = model.weights.floats
    func pack(_ outputs: Int, _ inputs: Int, from: Int, to: Int) {
      nosce_pack(outputs, inputs, floats + from, model.precision.type, operand.at(to).pointer)
    }
    for (source, target) in zip(layout.layers, layers) {
      pack(shape.fusedWidth, shape.hidden, from: source.queryKeyValue, to: target.queryKeyValue)
      pack(shape.hidden, shape.queryWidth, from: source.attentionOutput, to: target.attentionOutput)
      pack(2 * shape.feedForward, shape.hidden, from: source.gateUp, to: target.gateUp)
      pack(shape.hidden, shape.feedForward, from: source.down, to: target.down)
    }
    pack(shape.vocabulary, shape.hidden, from: layout.head, to: head)
  }
}
