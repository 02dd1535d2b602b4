import CNosceKernels

extension TransformerPass {
  /// Where a backward pass adds its results: every weight, an adapter's factors, or both.
  struct Gradients {
    var weights: UnsafeMutablePointer<Float>?
    var adapter: UnsafeMutablePointer<Float>?
  }

  /// What a backward pass reads in every layer.
  private struct Context {
    let weights: Weights
    let adapter: AdapterOperands?
    let rows: Int
    let gradients: Gradients
  }

  /// One whole pass: the sum of -log p over the batch's targets, with the gradients of `scale`
  /// times that sum added to `gradients`.
  func lossAndGradients(
    _ weights: Weights, _ adapter: AdapterOperands?, _ batch: PackedBatch, scale: Float,
    into gradients: Gradients
  ) throws(EngineError) -> Double {
    let spans = adapter.map { [AdapterSpan(rows: 0..<batch.paddedRows, operands: $0)] } ?? []
    let x = forward(weights, spans, batch.batchRows, attending: .whole(batch))
    let loss = lossAndHeadGradient(weights, x, batch, scale: scale, gradient: gradients.weights)
    backward(
      Context(weights: weights, adapter: adapter, rows: batch.paddedRows, gradients: gradients),
      batch)
    try products.check()
    return loss
  }

  /// From `dx`, the gradient behind the last layer, down to the lowest layer that learns.
  private func backward(_ context: Context, _ batch: PackedBatch) {
    let rows = context.rows
    guard rows > 0 else { return }
    reserveGradients(rows)
    let learnsAll = context.gradients.weights != nil
    let lowest = learnsAll ? 0 : context.adapter?.layout.lowestLayer ?? 0
    for index in stride(from: configuration.layerCount - 1, through: lowest, by: -1) {
      let isParallel = configuration.layers[index].isParallel
      // In a parallel layer both parts read the layer's input, whose gradient must not change
      // before both have read that of its output.
      let dy = asOperand(dx.pointer, dxOperand, rows: rows, width: hidden)
      if isParallel { dinput.reserve(rows * hidden) }
      let target = isParallel ? dinput.pointer : dx.pointer
      if isParallel { target.update(from: dx.pointer, count: rows * hidden) }
      feedForwardGradient(index, dy, into: target, context)
      attentionGradient(
        index, isParallel ? dy : asOperand(dx.pointer, dxOperand, rows: rows, width: hidden),
        into: target, context, batch, stopsBelow: index == lowest && !learnsAll)
      if isParallel { dx.pointer.update(from: target, count: rows * hidden) }
    }
    if let gradient = context.gradients.weights { embeddingGradient(batch, gradient) }
  }

  private func reserveGradients(_ rows: Int) {
    let layers = configuration.layers
    dactivated.reserve(rows * (layers.map(\.feedForward.size).max() ?? 0))
    dfeedForwardInput.reserve(rows * (layers.map(\.feedForward.input.outputs).max() ?? 0))
    dnormed.reserve(rows * max(hidden, layers.map(\.attention.queryWidth).max() ?? 0))
    dqueryKeyValue.reserve(rows * (layers.map(\.attention.input.outputs).max() ?? 0))
  }

  private func embeddingGradient(_ batch: PackedBatch, _ gradient: Floats) {
    if let positions = layout.positions {
      nosce_embedding_scatter(
        batch.rows, hidden, dx.pointer, batch.batchRows.positions, gradient + positions.offset)
    }
    let scale = configuration.embedding.scale
    if scale != 1 { nosce_scale(level, batch.rows * hidden, Float(scale), dx.pointer) }
    if configuration.embedding.freezesPadding, let padding = configuration.padTokenID {
      for (row, token) in batch.tokens.enumerated() where Int(token) == padding {
        (dx.pointer + row * hidden).update(repeating: 0, count: hidden)
      }
    }
    nosce_embedding_scatter(
      batch.rows, hidden, dx.pointer, batch.tokens, gradient + layout.embedding.offset)
  }

  private func feedForwardGradient(
    _ index: Int, _ dlayer: Operand, into target: Floats, _ context: Context
  ) {
    let layer = configuration.layers[index]
    let at = layout.layers[index]
    let trace = traces[index]
    let rows = context.rows
    let network = layer.feedForward
    let gradient = context.gradients.weights
    let dy = branchGradient(
      at.feedForwardOutputNorm, dlayer, trace.feedForwardOutput, trace.feedForwardOutputInverse,
      context)
    linearInputGradient(at.feedForwardOutput, rows, dy, context.weights, into: dactivated.pointer)
    adaptInput(context.adapter, index, .feedForwardOutput, rows, dy, into: dactivated.pointer)
    let recomputes =
      gradient != nil || context.adapter?.site(index, .feedForwardOutput) != nil
    activationGradient(network, rows, trace.feedForwardInput.pointer, recomputes: recomputes)
    linearWeightGradient(at.feedForwardOutput, rows, dy, activated.operand, gradient)
    adaptFactors(
      context.adapter, index, .feedForwardOutput, rows, dy, activated.operand,
      context.gradients.adapter)

    let dwide = dfeedForwardInput.operand
    linearInputGradient(at.feedForwardInput, rows, dwide, context.weights, into: dnormed.pointer)
    linearWeightGradient(at.feedForwardInput, rows, dwide, trace.middleNormed.operand, gradient)
    adaptInput(context.adapter, index, .feedForwardInput, rows, dwide, into: dnormed.pointer)
    adaptFactors(
      context.adapter, index, .feedForwardInput, rows, dwide, trace.middleNormed.operand,
      context.gradients.adapter)
    normGradient(
      at.feedForwardNorm, rows, layer.isParallel ? trace.input.pointer : trace.middle.pointer, nil,
      trace.feedForwardNorm, context.weights, dnormed.pointer, into: target, gradient)
  }

  private func activationGradient(
    _ network: FeedForward, _ rows: Int, _ wide: Floats, recomputes: Bool
  ) {
    let kernel = network.activation.kernel
    let output = recomputes ? activated.operand.pointer : nil
    if network.isGated {
      nosce_gated_backward(
        level, kernel, rows, network.size, wide, dactivated.pointer, precision.type,
        dfeedForwardInput.operand.pointer, output)
    } else {
      nosce_activation_backward(
        level, kernel, rows * network.size, wide, dactivated.pointer, precision.type,
        dfeedForwardInput.operand.pointer, output)
    }
  }

  private func attentionGradient(
    _ index: Int, _ dlayer: Operand, into target: Floats, _ context: Context,
    _ batch: PackedBatch, stopsBelow: Bool
  ) {
    let attention = configuration.layers[index].attention
    let at = layout.layers[index]
    let trace = traces[index]
    let rows = context.rows
    let gradient = context.gradients.weights
    let dy = branchGradient(
      at.attentionOutputNorm, dlayer, trace.attentionOutput, trace.attentionOutputInverse, context)
    let attended =
      precision == .float32 ? Operand(trace.attended.pointer) : trace.attendedOperand.operand
    linearInputGradient(at.attentionOutput, rows, dy, context.weights, into: dnormed.pointer)
    linearWeightGradient(at.attentionOutput, rows, dy, attended, gradient)
    adaptInput(context.adapter, index, .attentionOutput, rows, dy, into: dnormed.pointer)
    adaptFactors(
      context.adapter, index, .attentionOutput, rows, dy, attended, context.gradients.adapter)

    if stopsBelow, context.adapter?.site(index, .queryKeyValue) == nil { return }
    let dfused = fusedGradient(attention, at, trace, context, batch)
    linearWeightGradient(at.queryKeyValue, rows, dfused, trace.normed.operand, gradient)
    if !stopsBelow {
      linearInputGradient(at.queryKeyValue, rows, dfused, context.weights, into: dnormed.pointer)
    }
    adaptInput(
      context.adapter, index, .queryKeyValue, rows, dfused,
      into: stopsBelow ? nil : dnormed.pointer)
    adaptFactors(
      context.adapter, index, .queryKeyValue, rows, dfused, trace.normed.operand,
      context.gradients.adapter)
    if stopsBelow { return }
    normGradient(
      at.inputNorm, rows, trace.input.pointer, nil, trace.inputNorm, context.weights,
      dnormed.pointer, into: target, gradient)
  }

  /// The gradient of a layer's unturned, unnormed queries, keys and values, from that of what was
  /// attended to in `dnormed`.
  private func fusedGradient(
    _ attention: Attention, _ at: ParameterLayout.Layer, _ trace: LayerTrace, _ context: Context,
    _ batch: PackedBatch
  ) -> Operand {
    let width = attention.input.outputs
    let fused = dqueryKeyValue.pointer
    batch.offsets.withUnsafeBufferPointer { offsets in
      var shape = wholeAttention(attention, trace, offsets)
      products.note(
        nosce_attention_backward(
          level, &shape, trace.attended.pointer, trace.logSums.pointer, dnormed.pointer, fused))
    }
    (fused + batch.rows * width).update(
      repeating: 0, count: (context.rows - batch.rows) * width)
    turn(attention, count: batch.rows, fused, sign: -1)
    if let query = at.queryNorm, let key = at.keyNorm {
      for part in attention.normedParts(query, key, trace) {
        nosce_group_rmsnorm_backward(
          level, batch.rows, part.groups, part.width, trace.unnormed.pointer + part.offset, width,
          context.weights.vector(part.norm.weight), part.inverse, fused + part.offset, width,
          false, fused + part.offset, width,
          context.gradients.weights.map { $0 + part.norm.weight.offset })
      }
    }
    return asOperand(fused, dqueryKeyValueOperand, rows: context.rows, width: width)
  }

  /// The gradient of a part's result: the layer's own, or what a norm behind the part makes of it.
  private func branchGradient(
    _ norm: ParameterLayout.PlacedNorm?, _ dlayer: Operand, _ result: Buffer<Float>,
    _ inverse: Buffer<Float>, _ context: Context
  ) -> Operand {
    guard let norm else { return dlayer }
    dbranch.reserve(context.rows * hidden)
    nosce_postnorm_backward(
      level, context.rows, hidden, result.pointer, context.weights.vector(norm.weight),
      inverse.pointer, dx.pointer, precision.type, dbranch.operand.pointer,
      context.gradients.weights.map { $0 + norm.weight.offset })
    return dbranch.operand
  }
}
