import CNosceKernels

/// One forward and backward pass at a time over a packed batch, with memory kept between passes.
///
/// A pass runs on one thread. Threads that work on different parts of a batch each have their own.
final class TransformerPass {
  let shape: ModelShape
  let layout: ParameterLayout
  let rotary: RotaryTable
  let precision: Precision
  let level = nosce_best_level()
  var products = Products()

  let layers: [LayerTrace]
  /// The residual stream behind the last layer.
  let output = Buffer<Float>()
  let scratch = Buffer<Float>()
  let activated: OperandBuffer
  let lowRank = Buffer<Float>()
  // Head
  let finalInverse = Buffer<Float>()
  let finalNormed: OperandBuffer
  let logits = Buffer<Float>()
  let dlogits: OperandBuffer
  let dfinal = Buffer<Float>()
  // Backward
  let dx = Buffer<Float>()
  let dxOperand: OperandBuffer
  let dactivated = Buffer<Float>()
  let dgateUp: OperandBuffer
  let dnormed = Buffer<Float>()
  let dqueryKeyValue = Buffer<Float>()
  let dqueryKeyValueOperand: OperandBuffer
  let dlowRank: OperandBuffer

  /// How many rows go through the head at once: few enough that their logits stay in the cache.
  static let headRows = 256

  init(shape: ModelShape, layout: ParameterLayout, rotary: RotaryTable, precision: Precision) {
    self.shape = shape
    self.layout = layout
    self.rotary = rotary
    self.precision = precision
    layers = (0..<shape.layers).map { _ in LayerTrace(precision) }
    activated = OperandBuffer(precision)
    finalNormed = OperandBuffer(precision)
    dlogits = OperandBuffer(precision)
    dxOperand = OperandBuffer(precision)
    dgateUp = OperandBuffer(precision)
    dqueryKeyValueOperand = OperandBuffer(precision)
    dlowRank = OperandBuffer(precision)
  }

  convenience init(_ model: LanguageModel) {
    self.init(
      shape: model.shape, layout: model.layout, rotary: model.rotary, precision: model.precision)
  }

  private func reserve(_ batch: PackedBatch, adapterRank: Int) {
    let rows = batch.paddedRows
    for layer in layers { layer.reserve(rows: rows, shape) }
    output.reserve(rows * shape.hidden)
    scratch.reserve(nosce_attention_scratch(batch.longest, shape.headSize))
    activated.reserve(rows * shape.feedForward)
    lowRank.reserve(rows * adapterRank)
    finalInverse.reserve(batch.paddedTargets)
    finalNormed.reserve(batch.paddedTargets * shape.hidden)
    logits.reserve(min(Self.headRows, batch.paddedTargets) * shape.vocabulary)
  }

  // MARK: Forward

  /// Runs all layers; the residual stream ends in `output`.
  func forward(_ weights: Weights, _ adapter: AdapterOperands?, _ batch: PackedBatch) {
    let rank = adapter?.layout.sites.joined().compactMap { $0?.rank }.max() ?? 0
    reserve(batch, adapterRank: rank)
    let rows = batch.paddedRows
    guard rows > 0 else { return }
    let first = layers[0].input
    nosce_embedding_gather(
      rows, shape.hidden, weights.floats + layout.embedding, batch.tokens, first.pointer)
    let padding = rows - batch.rows
    (first.pointer + batch.rows * shape.hidden).update(repeating: 0, count: padding * shape.hidden)
    for index in 0..<shape.layers {
      let next = index + 1 < shape.layers ? layers[index + 1].input : output
      forward(layer: index, into: next.pointer, weights, adapter, batch)
    }
  }

  private func forward(
    layer index: Int, into next: UnsafeMutablePointer<Float>, _ weights: Weights,
    _ adapter: AdapterOperands?, _ batch: PackedBatch
  ) {
    let rows = batch.paddedRows
    let trace = layers[index]
    let at = layout.layers[index]
    nosce_rmsnorm_forward(
      level, rows, shape.hidden, trace.input.pointer, nil, weights.floats + at.inputNorm,
      shape.epsilon, trace.middle.pointer, precision.type, trace.normed.operand.pointer,
      trace.inputInverse.pointer)
    linear(
      rows, trace.normed.operand, weights.matrix(at.queryKeyValue), shape.hidden, shape.fusedWidth,
      into: trace.queryKeyValue.pointer, adding: false)
    adapt(adapter, index, .queryKeyValue, rows, trace.normed.operand, trace.queryKeyValue.pointer)
    nosce_rotary(
      level, rows, batch.positions, shape.heads + shape.keyValueHeads, shape.headSize,
      rotary.pointer, 1, trace.queryKeyValue.pointer, shape.fusedWidth)
    batch.offsets.withUnsafeBufferPointer { offsets in
      var attention = attention(trace, offsets)
      products.note(
        nosce_attention_forward(level, &attention, trace.attended.pointer, trace.logSums.pointer))
    }
    let padding = (rows - batch.rows) * shape.queryWidth
    (trace.attended.pointer + batch.rows * shape.queryWidth).update(repeating: 0, count: padding)
    let attended = asOperand(
      trace.attended.pointer, trace.attendedOperand, rows * shape.queryWidth)
    linear(
      rows, attended, weights.matrix(at.attentionOutput), shape.queryWidth, shape.hidden,
      into: trace.middle.pointer, adding: true)
    adapt(adapter, index, .attentionOutput, rows, attended, trace.middle.pointer)
    nosce_rmsnorm_forward(
      level, rows, shape.hidden, trace.middle.pointer, nil, weights.floats + at.postNorm,
      shape.epsilon, next, precision.type, trace.middleNormed.operand.pointer,
      trace.middleInverse.pointer)
    linear(
      rows, trace.middleNormed.operand, weights.matrix(at.gateUp), shape.hidden,
      2 * shape.feedForward, into: trace.gateUp.pointer, adding: false)
    adapt(adapter, index, .gateUp, rows, trace.middleNormed.operand, trace.gateUp.pointer)
    nosce_swiglu_forward(
      level, rows, shape.feedForward, trace.gateUp.pointer, precision.type,
      activated.operand.pointer)
    linear(
      rows, activated.operand, weights.matrix(at.down), shape.feedForward, shape.hidden, into: next,
      adding: true)
    adapt(adapter, index, .down, rows, activated.operand, next)
  }

  func attention(
    _ trace: LayerTrace, _ offsets: UnsafeBufferPointer<Int32>
  ) -> nosce_attention {
    nosce_attention(
      sequences: offsets.count - 1, offsets: offsets.baseAddress, heads: shape.heads,
      key_value_heads: shape.keyValueHeads, size: shape.headSize,
      qkv: trace.queryKeyValue.pointer, ld_qkv: shape.fusedWidth, scratch: scratch.pointer)
  }

  func linear(
    _ rows: Int, _ x: Operand, _ weight: Operand, _ input: Int, _ outputSize: Int,
    into y: UnsafeMutablePointer<Float>, adding: Bool
  ) {
    products.forward(
      rows: rows, input: input, output: outputSize, x: x, ldX: input, weight: weight,
      ldWeight: input, into: y, ldY: outputSize, adding: adding)
  }

  /// Adds an adapter's part to the output of a linear group, and keeps the low-rank numbers.
  private func adapt(
    _ adapter: AdapterOperands?, _ layer: Int, _ place: AdapterPlace, _ rows: Int, _ x: Operand,
    _ y: UnsafeMutablePointer<Float>
  ) {
    guard let adapter, let site = adapter.site(layer, place) else { return }
    let kept = layers[layer].lowRank[place.rawValue]
    kept.reserve(rows * site.rank)
    products.forward(
      rows: rows, input: site.inputSize, output: site.rank, x: x, ldX: site.inputSize,
      weight: adapter.matrix(site.offsetA), ldWeight: site.inputSize, into: lowRank.pointer,
      ldY: site.rank, adding: false)
    for module in site.modules {
      let part = kept.operand.at(module.rankOffset)
      nosce_scale_rows(
        level, rows, module.rank, lowRank.pointer + module.rankOffset, site.rank, module.scale,
        precision.type, part.pointer, site.rank)
      products.forward(
        rows: rows, input: module.rank, output: module.outputSize, x: part, ldX: site.rank,
        weight: adapter.matrix(module.offsetB), ldWeight: module.rank,
        into: y + module.outputOffset, ldY: site.outputSize, adding: true)
    }
  }

  /// Floats as a product's operand: themselves, or rounded into `buffer`.
  func asOperand(
    _ floats: UnsafeMutablePointer<Float>, _ buffer: OperandBuffer, _ count: Int
  ) -> Operand {
    guard precision == .bfloat16 else {
      return Operand(pointer: UnsafeMutableRawPointer(floats), precision: .float32)
    }
    buffer.reserve(count)
    let operand = buffer.operand
    nosce_to_bfloat16(level, count, floats, operand.pointer.assumingMemoryBound(to: UInt16.self))
    return operand
  }
}
