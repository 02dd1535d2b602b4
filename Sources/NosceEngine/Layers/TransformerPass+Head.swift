import CNosceKernels

extension TransformerPass {
  /// The final norm at the rows that predict something.
  func normFinal(_ weights: Weights, _ batch: PackedBatch) {
    nosce_rmsnorm_forward(
      level, batch.targetCount, shape.hidden, output.pointer, batch.targetRows,
      weights.floats + layout.finalNorm, shape.epsilon, nil, precision.type,
      finalNormed.operand.pointer, finalInverse.pointer)
    let from = batch.targetCount * shape.hidden
    let padding = (batch.paddedTargets - batch.targetCount) * shape.hidden
    let start = finalNormed.operand.at(from).pointer
    start.initializeMemory(as: UInt8.self, repeating: 0, count: padding * precision.byteWidth)
  }

  /// Hands the logits of each block of target rows to `body`, with the first row's number.
  func eachLogits(
    _ weights: Weights, _ batch: PackedBatch,
    _ body: (Int, Int, UnsafeMutablePointer<Float>) -> Void
  ) {
    normFinal(weights, batch)
    for first in stride(from: 0, to: batch.paddedTargets, by: Self.headRows) {
      let rows = min(Self.headRows, batch.paddedTargets - first)
      linear(
        rows, finalNormed.operand.at(first * shape.hidden), weights.matrix(layout.head),
        shape.hidden, shape.vocabulary, into: logits.pointer, adding: false)
      body(first, min(rows, batch.targetCount - first), logits.pointer)
    }
  }

  /// The sum of -log p over the targets. Leaves the gradient of `scale` times that sum with respect
  /// to the residual stream in `dx`, and adds those of the head and the final norm to `gradient`.
  func lossAndHeadGradient(
    _ weights: Weights, _ batch: PackedBatch, scale: Float,
    gradient: UnsafeMutablePointer<Float>?
  ) -> Double {
    let rows = batch.paddedRows * shape.hidden
    dx.reserve(rows)
    dx.pointer.update(repeating: 0, count: rows)
    guard batch.targetCount > 0 else { return 0 }
    dfinal.reserve(batch.paddedTargets * shape.hidden)
    normFinal(weights, batch)
    if precision == .bfloat16 {
      dlogits.reserve(min(Self.headRows, batch.paddedTargets) * shape.vocabulary)
    }
    var loss = 0.0
    for first in stride(from: 0, to: batch.paddedTargets, by: Self.headRows) {
      let rows = min(Self.headRows, batch.paddedTargets - first)
      let hidden = finalNormed.operand.at(first * shape.hidden)
      linear(
        rows, hidden, weights.matrix(layout.head), shape.hidden, shape.vocabulary,
        into: logits.pointer, adding: false)
      let target =
        precision == .float32
        ? Operand(pointer: UnsafeMutableRawPointer(logits.pointer), precision: .float32)
        : dlogits.operand
      loss += batch.targets.withUnsafeBufferPointer { targets in
        nosce_cross_entropy(
          level, rows, shape.vocabulary, logits.pointer, targets.baseAddress.map { $0 + first },
          scale, precision.type, target.pointer)
      }
      products.inputGradient(
        rows: rows, input: shape.hidden, output: shape.vocabulary, dy: target,
        ldDy: shape.vocabulary, weight: weights.matrix(layout.head), ldWeight: shape.hidden,
        into: dfinal.pointer + first * shape.hidden, ldDx: shape.hidden, adding: false)
      if let gradient {
        products.weightGradient(
          rows: rows, input: shape.hidden, output: shape.vocabulary, dy: target,
          ldDy: shape.vocabulary, x: hidden, ldX: shape.hidden, into: gradient + layout.head)
      }
    }
    nosce_rmsnorm_backward(
      level, batch.targetCount, shape.hidden, output.pointer, batch.targetRows,
      weights.floats + layout.finalNorm, finalInverse.pointer, dfinal.pointer, dx.pointer,
      gradient.map { $0 + layout.finalNorm })
    return loss
  }
}
