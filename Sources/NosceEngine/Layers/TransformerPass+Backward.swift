import CNosceKernels

extension TransformerPass {
  /// Where a backward pass adds its results: every weight, an adapter's factors, or both.
  struct Gradients {
    var weights: UnsafeMutablePointer<Float>?
    var adapter: UnsafeMutablePointer<Float>?
  }

  /// One whole pass: the sum of -log p over the batch's targets, with the gradients of `scale`
  /// times that sum added to `gradients`.
  func lossAndGradients(
    _ weights: Weights, _ adapter: AdapterOperands?, _ batch: PackedBatch, scale: Float,
    into gradients: Gradients
  ) throws(EngineError) -> Double {
    forward(weights, adapter, batch)
    let loss = lossAndHeadGradient(weights, batch, scale: scale, gradient: gradients.weights)
    backward(weights, adapter, batch, into: gradients)
    try products.check()
    return loss
  }

  /// From `dx`, the gradient behind the last layer, down to the lowest layer that learns.
  private func backward(
    _ weights: Weights, _ adapter: AdapterOperands?, _ batch: PackedBatch,
    into gradients: Gradients
  ) {
    let rows = batch.paddedRows
    guard rows > 0 else { return }
    dactivated.reserve(rows * shape.feedForward)
    dgateUp.reserve(rows * 2 * shape.feedForward)
    dnormed.reserve(rows * max(shape.hidden, shape.queryWidth))
    dqueryKeyValue.reserve(rows * shape.fusedWidth)
    let lowest = gradients.weights == nil ? adapter?.layout.lowestLayer ?? 0 : 0
    for index in stride(from: shape.layers - 1, through: lowest, by: -1) {
      backwardFeedForward(index, weights, adapter, rows, gradients)
      let last = index == lowest && gradients.weights == nil
      backwardAttention(index, weights, adapter, batch, gradients, stopsBelow: last)
    }
    if let gradient = gradients.weights {
      nosce_embedding_scatter(
        batch.rows, shape.hidden, dx.pointer, batch.tokens, gradient + layout.embedding)
    }
  }

  private func backwardFeedForward(
    _ index: Int, _ weights: Weights, _ adapter: AdapterOperands?, _ rows: Int,
    _ gradients: Gradients
  ) {
    let trace = layers[index]
    let at = layout.layers[index]
    let dy = asOperand(dx.pointer, dxOperand, rows * shape.hidden)
    products.inputGradient(
      rows: rows, input: shape.feedForward, output: shape.hidden, dy: dy, ldDy: shape.hidden,
      weight: weights.matrix(at.down), ldWeight: shape.feedForward, into: dactivated.pointer,
      ldDx: shape.feedForward, adding: false)
    adaptInput(adapter, index, .down, rows, dy, into: dactivated.pointer)
    let needsOutput = gradients.weights != nil || adapter?.site(index, .down) != nil
    nosce_swiglu_backward(
      level, rows, shape.feedForward, trace.gateUp.pointer, dactivated.pointer, precision.type,
      dgateUp.operand.pointer, needsOutput ? activated.operand.pointer : nil)
    if let gradient = gradients.weights {
      products.weightGradient(
        rows: rows, input: shape.feedForward, output: shape.hidden, dy: dy, ldDy: shape.hidden,
        x: activated.operand, ldX: shape.feedForward, into: gradient + at.down)
    }
    adaptFactors(adapter, index, .down, rows, dy, activated.operand, gradients.adapter)

    let wide = 2 * shape.feedForward
    products.inputGradient(
      rows: rows, input: shape.hidden, output: wide, dy: dgateUp.operand, ldDy: wide,
      weight: weights.matrix(at.gateUp), ldWeight: shape.hidden, into: dnormed.pointer,
      ldDx: shape.hidden, adding: false)
    if let gradient = gradients.weights {
      products.weightGradient(
        rows: rows, input: shape.hidden, output: wide, dy: dgateUp.operand, ldDy: wide,
        x: trace.middleNormed.operand, ldX: shape.hidden, into: gradient + at.gateUp)
    }
    adaptInput(adapter, index, .gateUp, rows, dgateUp.operand, into: dnormed.pointer)
    adaptFactors(
      adapter, index, .gateUp, rows, dgateUp.operand, trace.middleNormed.operand,
      gradients.adapter)
    nosce_rmsnorm_backward(
      level, rows, shape.hidden, trace.middle.pointer, nil, weights.floats + at.postNorm,
      trace.middleInverse.pointer, dnormed.pointer, dx.pointer,
      gradients.weights.map { $0 + at.postNorm })
  }

  private func backwardAttention(
    _ index: Int, _ weights: Weights, _ adapter: AdapterOperands?, _ batch: PackedBatch,
    _ gradients: Gradients, stopsBelow: Bool
  ) {
    let rows = batch.paddedRows
    let trace = layers[index]
    let at = layout.layers[index]
    let dy = asOperand(dx.pointer, dxOperand, rows * shape.hidden)
    let attended =
      precision == .float32
      ? Operand(pointer: UnsafeMutableRawPointer(trace.attended.pointer), precision: .float32)
      : trace.attendedOperand.operand
    products.inputGradient(
      rows: rows, input: shape.queryWidth, output: shape.hidden, dy: dy, ldDy: shape.hidden,
      weight: weights.matrix(at.attentionOutput), ldWeight: shape.queryWidth,
      into: dnormed.pointer, ldDx: shape.queryWidth, adding: false)
    if let gradient = gradients.weights {
      products.weightGradient(
        rows: rows, input: shape.queryWidth, output: shape.hidden, dy: dy, ldDy: shape.hidden,
        x: attended, ldX: shape.queryWidth, into: gradient + at.attentionOutput)
    }
    adaptInput(adapter, index, .attentionOutput, rows, dy, into: dnormed.pointer)
    adaptFactors(adapter, index, .attentionOutput, rows, dy, attended, gradients.adapter)

    if stopsBelow, adapter?.site(index, .queryKeyValue) == nil { return }
    batch.offsets.withUnsafeBufferPointer { offsets in
      var attention = attention(trace, offsets)
      products.note(
        nosce_attention_backward(
          level, &attention, trace.attended.pointer, trace.logSums.pointer, dnormed.pointer,
          dqueryKeyValue.pointer))
    }
    let padding = (rows - batch.rows) * shape.fusedWidth
    (dqueryKeyValue.pointer + batch.rows * shape.fusedWidth).update(repeating: 0, count: padding)
    nosce_rotary(
      level, rows, batch.positions, shape.heads + shape.keyValueHeads, shape.headSize,
      rotary.pointer, -1, dqueryKeyValue.pointer, shape.fusedWidth)
    let dfused = asOperand(
      dqueryKeyValue.pointer, dqueryKeyValueOperand, rows * shape.fusedWidth)
    if let gradient = gradients.weights {
      products.weightGradient(
        rows: rows, input: shape.hidden, output: shape.fusedWidth, dy: dfused,
        ldDy: shape.fusedWidth, x: trace.normed.operand, ldX: shape.hidden,
        into: gradient + at.queryKeyValue)
    }
    let needsInput = !stopsBelow
    if needsInput {
      products.inputGradient(
        rows: rows, input: shape.hidden, output: shape.fusedWidth, dy: dfused,
        ldDy: shape.fusedWidth, weight: weights.matrix(at.queryKeyValue), ldWeight: shape.hidden,
        into: dnormed.pointer, ldDx: shape.hidden, adding: false)
    }
    adaptInput(
      adapter, index, .queryKeyValue, rows, dfused, into: needsInput ? dnormed.pointer : nil)
    adaptFactors(
      adapter, index, .queryKeyValue, rows, dfused, trace.normed.operand, gradients.adapter)
    guard needsInput else { return }
    nosce_rmsnorm_backward(
      level, rows, shape.hidden, trace.input.pointer, nil, weights.floats + at.inputNorm,
      trace.inputInverse.pointer, dnormed.pointer, dx.pointer,
      gradients.weights.map { $0 + at.inputNorm })
  }

  /// The gradient through the factors: leaves that of the low-rank numbers in `dlowRank`, and adds
  /// that of the input to `dinput`.
  private func adaptInput(
    _ adapter: AdapterOperands?, _ layer: Int, _ place: AdapterPlace, _ rows: Int, _ dy: Operand,
    into dinput: UnsafeMutablePointer<Float>?
  ) {
    guard let adapter, let site = adapter.site(layer, place) else { return }
    dlowRank.reserve(rows * site.rank)
    for module in site.modules {
      products.inputGradient(
        rows: rows, input: module.rank, output: module.outputSize,
        dy: dy.at(module.outputOffset), ldDy: site.outputSize,
        weight: adapter.matrix(module.offsetB), ldWeight: module.rank,
        into: lowRank.pointer + module.rankOffset, ldDx: site.rank, adding: false)
      nosce_scale_rows(
        level, rows, module.rank, lowRank.pointer + module.rankOffset, site.rank, module.scale,
        precision.type, dlowRank.operand.at(module.rankOffset).pointer, site.rank)
    }
    guard let dinput else { return }
    products.inputGradient(
      rows: rows, input: site.inputSize, output: site.rank, dy: dlowRank.operand, ldDy: site.rank,
      weight: adapter.matrix(site.offsetA), ldWeight: site.inputSize, into: dinput,
      ldDx: site.inputSize, adding: true)
  }

  /// Adds the factors' gradients, from `dlowRank` and the forward pass's low-rank numbers.
  private func adaptFactors(
    _ adapter: AdapterOperands?, _ layer: Int, _ place: AdapterPlace, _ rows: Int, _ dy: Operand,
    _ x: Operand, _ gradient: UnsafeMutablePointer<Float>?
  ) {
    guard let gradient, let adapter, let site = adapter.site(layer, place) else { return }
    let kept = layers[layer].lowRank[place.rawValue].operand
    products.weightGradient(
      rows: rows, input: site.inputSize, output: site.rank, dy: dlowRank.operand, ldDy: site.rank,
      x: x, ldX: site.inputSize, into: gradient + site.offsetA)
    for module in site.modules {
      products.weightGradient(
        rows: rows, input: module.rank, output: module.outputSize, dy: dy.at(module.outputOffset),
        ldDy: site.outputSize, x: kept.at(module.rankOffset), ldX: site.rank,
        into: gradient + module.offsetB)
    }
  }
}
