/// One forward and backward pass at a time through all layers, with memory kept between passes.
///
/// What a layer computes is data (`TransformerLayer`); this is the order in which it is computed.
/// Each operation has a file of its own, with its forward and its backward function and the memory
/// that they need. Sizes are (rows, numbers in a row); rows are token positions, those of all
/// sequences of the batch end to end.
final class TransformerPass {
  let configuration: ModelConfiguration
  let operations: PassOperations
  /// One for each layer, or one for all.
  let traces: [LayerTrace]

  /// - Parameter keepsTraces: whether a backward pass may follow a forward pass.
  init(
    configuration: ModelConfiguration, layout: ParameterLayout, rotaries: [RotaryTable],
    precision: Precision, keepsTraces: Bool, team: Team
  ) {
    self.configuration = configuration
    traces = configuration.layers.prefix(keepsTraces ? configuration.layerCount : 1).map {
      LayerTrace($0, hidden: configuration.hiddenSize, precision)
    }
    operations = PassOperations(
      Compute(hidden: configuration.hiddenSize, precision: precision, team: team), configuration,
      layout, rotaries, traces)
  }

  // MARK: Forward

  /// Runs all layers.
  ///
  /// - Returns: the residual stream behind the last, (rows, hidden).
  func forward(
    _ parameters: PassParameters, _ batch: BatchRows, attending reach: SelfAttention.Reach
  ) -> MatrixView {
    let stream = operations.stream
    guard batch.padded > 0 else { return stream.end(rows: 0) }
    reserve(batch, parameters.adapters)
    operations.embedding.forward(
      batch, into: stream.stretch(along: 0, rows: batch.padded).x, parameters.weights)
    operations.rotary.lookUp(batch)
    for layer in operations.layers {
      let trace = trace(of: layer)
      let stretch = stream.stretch(along: layer.index, rows: batch.padded)
      attention(layer, trace, stretch, parameters, batch, reach)
      feedForward(layer, trace, stretch, parameters)
    }
    return stream.end(rows: batch.padded)
  }

  /// h = x + [attentionOutputNorm] attention([inputNorm] x)
  private func attention(
    _ layer: PlacedLayer, _ trace: LayerTrace, _ stream: ResidualStream.Stretch,
    _ parameters: PassParameters, _ batch: BatchRows, _ reach: SelfAttention.Reach
  ) {
    let (op, weights) = (operations, parameters.weights)
    let rows = batch.padded
    let copy = layer.at.attentionOutputNorm == nil ? stream.h : nil
    // (rows, hidden)
    let normed = op.preNorm.forward(
      trace.inputNorm, layer.at.inputNorm, stream.x, copy: copy, weights)
    // (rows, (heads + 2 × key-value heads) × size)
    let fused = trace.attention.fused.view(rows)
    op.linear.forward(trace.linear, layer, .queryKeyValue, normed, into: fused, parameters)
    op.headNorm.forward(trace.headNorm, layer, fused, weights)
    op.rotary.forward(layer, fused[rows: 0..<batch.count])
    // (rows, heads × size)
    let attended = op.attention.forward(
      trace.attention, layer, reach, rows: batch.count, padded: rows)
    // (rows, hidden)
    op.addResult(
      .attentionOutput, attended, layer, trace, to: stream.x, into: stream.h, parameters)
  }

  /// y = h + [feedForwardOutputNorm] feedForward([feedForwardNorm] h), in a parallel layer of x
  private func feedForward(
    _ layer: PlacedLayer, _ trace: LayerTrace, _ stream: ResidualStream.Stretch,
    _ parameters: PassParameters
  ) {
    let op = operations
    let rows = stream.x.rows
    let copies = layer.at.feedForwardOutputNorm == nil && stream.hasOwnOutput
    if copies, layer.isParallel { stream.y.copy(stream.h) }
    // (rows, hidden)
    let normed = op.preNorm.forward(
      trace.feedForwardNorm, layer.at.feedForwardNorm, layer.isParallel ? stream.x : stream.h,
      copy: copies && !layer.isParallel ? stream.y : nil, parameters.weights)
    // (rows, 2 × size), gate and up; (rows, size) without a gate
    let wide = trace.feedForward.input.view(rows)
    op.linear.forward(trace.linear, layer, .feedForwardInput, normed, into: wide, parameters)
    // (rows, size)
    let activated = op.activation.forward(trace.feedForward, layer, rows: rows)
    // (rows, hidden)
    op.addResult(
      .feedForwardOutput, activated, layer, trace, to: stream.h, into: stream.y, parameters)
  }

  // MARK: Forward and backward

  /// The sum of -log p over the batch's targets, with the gradients of `scale` times that sum added
  /// to those of the parameters.
  func lossAndGradients(
    _ parameters: PassParameters, _ batch: PackedBatch, scale: Float
  ) throws(EngineError) -> Double {
    let x = forward(parameters, batch.batchRows, attending: .whole(batch))
    reserveBackward(rows: batch.paddedRows)
    let dx = operations.stream.gradient(rows: batch.paddedRows)
    dx.clear()
    let loss = operations.head.loss(x, batch, scale: scale, addingTo: dx, parameters)
    backward(parameters, batch)
    try operations.compute.products.check()
    return loss
  }

  // MARK: Backward

  /// From the gradient behind the last layer down to the lowest layer that learns.
  private func backward(_ parameters: PassParameters, _ batch: PackedBatch) {
    let stream = operations.stream
    let rows = batch.paddedRows
    let learnsAll = parameters.gradients.weights != nil
    let lowest = learnsAll ? 0 : parameters.adapter?.layout.lowestLayer ?? 0
    for layer in operations.layers[lowest...].reversed() {
      let dy = stream.gradient(rows: rows)
      let dx = stream.beginGradient(of: layer, rows: rows)
      feedForwardGradient(layer, dy, addingTo: dx, parameters)
      let isLast = layer.index == lowest && !learnsAll
      attentionGradient(layer, dy, addingTo: dx, parameters, batch, isLast: isLast)
      stream.endGradient(dx, of: layer)
    }
    if let gradient = parameters.gradients.weights {
      operations.embedding.backward(batch, stream.gradient(rows: rows), into: gradient)
    }
  }

  private func feedForwardGradient(
    _ layer: PlacedLayer, _ dy: MatrixView, addingTo dx: MatrixView, _ parameters: PassParameters
  ) {
    let op = operations
    let trace = trace(of: layer)
    // (rows, hidden)
    let dresult = op.resultGradient(.feedForwardOutput, layer, trace, dy, parameters)
    // (rows, size)
    let dactivated = op.activation.gradient(layer, rows: dy.rows)
    op.linear.inputGradient(layer, .feedForwardOutput, dy: dresult, into: dactivated, parameters)
    let recomputes = parameters.learns(layer, .feedForwardOutput)
    // (rows, 2 × size), gate and up; (rows, size) without a gate
    let (dwide, activated) = op.activation.backward(
      trace.feedForward, layer, doutput: dactivated, recomputes: recomputes)
    op.linear.parameterGradient(
      trace.linear, layer, .feedForwardOutput, dy: dresult, x: activated, parameters)
    // (rows, hidden)
    let dnormed = op.linear.gradient(layer, .feedForwardInput, rows: dy.rows)
    op.linear.inputGradient(layer, .feedForwardInput, dy: dwide, into: dnormed, parameters)
    op.linear.parameterGradient(
      trace.linear, layer, .feedForwardInput, dy: dwide,
      x: trace.feedForwardNorm.output.view(dy.rows), parameters)
    let read = layer.isParallel ? trace.stream.input : trace.stream.middle
    op.preNorm.backward(
      trace.feedForwardNorm, layer.at.feedForwardNorm, read.view(dy.rows), doutput: dnormed,
      addingTo: dx, parameters)
  }

  /// - Parameter isLast: whether nothing below learns.
  private func attentionGradient(
    _ layer: PlacedLayer, _ dy: MatrixView, addingTo dx: MatrixView, _ parameters: PassParameters,
    _ batch: PackedBatch, isLast: Bool
  ) {
    let op = operations
    let trace = trace(of: layer)
    // (rows, hidden)
    let dresult = op.resultGradient(.attentionOutput, layer, trace, dy, parameters)
    // (rows, heads × size)
    let dattended = op.linear.gradient(layer, .attentionOutput, rows: dy.rows)
    op.linear.inputGradient(layer, .attentionOutput, dy: dresult, into: dattended, parameters)
    op.linear.parameterGradient(
      trace.linear, layer, .attentionOutput, dy: dresult, x: trace.attention.operand(dy.rows),
      parameters)
    if isLast, !parameters.learns(layer, .queryKeyValue) { return }
    // (rows, (heads + 2 × key-value heads) × size)
    let dfused = op.attention.backward(trace.attention, layer, batch, doutput: dattended)
    op.rotary.backward(layer, dfused[rows: 0..<batch.rows])
    op.headNorm.backward(trace.headNorm, layer, dfused[rows: 0..<batch.rows], parameters)
    let rounded = op.attention.operand(dfused)
    // (rows, hidden)
    let dnormed = isLast ? nil : op.linear.gradient(layer, .queryKeyValue, rows: dy.rows)
    op.linear.inputGradient(layer, .queryKeyValue, dy: rounded, into: dnormed, parameters)
    op.linear.parameterGradient(
      trace.linear, layer, .queryKeyValue, dy: rounded, x: trace.inputNorm.output.view(dy.rows),
      parameters)
    guard let dnormed else { return }
    op.preNorm.backward(
      trace.inputNorm, layer.at.inputNorm, trace.stream.input.view(dy.rows), doutput: dnormed,
      addingTo: dx, parameters)
  }

  private func trace(of layer: PlacedLayer) -> LayerTrace {
    traces[traces.count == 1 ? 0 : layer.index]
  }
}
