import CNosceKernels

extension TransformerPass {
  /// How many rows go through the head at once: few enough that their logits stay in the cache,
  /// or at least in reasonable memory where the vocabulary is large.
  var headRows: Int { max(32, min(256, (8 << 20) / vocabulary / 32 * 32)) }

  /// The final norm at the rows asked for, padded with zeros.
  func normFinal(
    _ weights: Weights, _ x: Floats, rows numbers: [Int32], padded: Int
  ) {
    finalTrace.reserve(padded)
    finalNormed.reserve(padded * hidden)
    let norm = layout.finalNorm
    let count = numbers.count
    numbers.withUnsafeBufferPointer { numbers in
      team.split(count, isSmall: isSmall(count)) { range in
        guard let numbers = numbers.baseAddress else { return }
        let first = range.lowerBound
        let to = finalNormed.operand.at(first * hidden).pointer
        if let bias = norm.bias {
          nosce_layernorm_forward(
            level, range.count, hidden, x, numbers + first, weights.vector(norm.weight),
            weights.vector(bias), norm.epsilon, nil, precision.type, to,
            finalTrace.mean.pointer + first, finalTrace.inverse.pointer + first)
        } else {
          nosce_rmsnorm_forward(
            level, range.count, hidden, x, numbers + first, weights.vector(norm.weight),
            norm.epsilon, nil, precision.type, to, finalTrace.inverse.pointer + first)
        }
      }
    }
    let start = finalNormed.operand.at(count * hidden).pointer
    start.initializeMemory(
      as: UInt8.self, repeating: 0, count: (padded - count) * hidden * precision.byteWidth)
  }

  /// The raw logits of some of the rows behind the final norm.
  private func rawLogits(_ weights: Weights, first: Int, count: Int) {
    logits.reserve(count * vocabulary)
    product(
      count, finalNormed.operand.at(first * hidden), ldX: hidden, weights.matrix(layout.head),
      into: logits.pointer, ldY: vocabulary, adding: false)
  }

  /// Hands the logits of each block of the rows asked for to `body`, with the first one's number.
  ///
  /// A kernel that meets a NaN goes on with some token or other, so none is let through.
  func eachLogits(
    _ weights: Weights, _ x: Floats, rows numbers: [Int32],
    _ body: (Int, Int, Floats) -> Void
  ) throws(UnfiniteLogit) {
    let padded = precision.padded(numbers.count)
    normFinal(weights, x, rows: numbers, padded: padded)
    for first in stride(from: 0, to: numbers.count, by: headRows) {
      let rows = min(headRows, numbers.count - first)
      rawLogits(weights, first: first, count: rows)
      if let cap = configuration.logitCap {
        team.split(rows) { range in
          nosce_softcap(
            level, range.count * vocabulary, Float(cap),
            logits.pointer + range.lowerBound * vocabulary)
        }
      }
      try checkLogits(first: first, count: rows)
      body(first, rows, logits.pointer)
    }
  }

  private func checkLogits(first: Int, count: Int) throws(UnfiniteLogit) {
    let isBroken = Buffer<UInt8>(count: count)
    team.split(count) { range in
      for row in range {
        isBroken.pointer[row] = areFinite(logits.pointer + row * vocabulary, vocabulary) ? 0 : 1
      }
    }
    for row in 0..<count where isBroken.pointer[row] != 0 {
      let numbers = UnsafePointer(logits.pointer + row * vocabulary)
      guard let token = numbers.firstUnfinite(vocabulary) else { continue }
      throw UnfiniteLogit(row: first + row, token: token, value: numbers[token])
    }
  }

  /// The sum of -log p over the targets. Leaves the gradient of `scale` times that sum with respect
  /// to the residual stream `x` in `dx`, and adds those of the head and the final norm to
  /// `gradient`.
  func lossAndHeadGradient(
    _ weights: Weights, _ x: Floats, _ batch: PackedBatch, scale: Float,
    gradient: Floats?
  ) -> Double {
    let rows = batch.paddedRows * hidden
    dx.reserve(rows)
    dx.pointer.update(repeating: 0, count: rows)
    guard batch.targetCount > 0 else { return 0 }
    dfinal.reserve(batch.paddedTargets * hidden)
    normFinal(weights, x, rows: batch.targetRows, padded: batch.paddedTargets)
    if precision == .bfloat16 {
      dlogits.reserve(min(headRows, batch.paddedTargets) * vocabulary)
    }
    let head = layout.head
    var loss = 0.0
    for first in stride(from: 0, to: batch.paddedTargets, by: headRows) {
      let rows = min(headRows, batch.paddedTargets - first)
      rawLogits(weights, first: first, count: rows)
      let target = precision == .float32 ? Operand(logits.pointer) : dlogits.operand
      loss += batch.targets.withUnsafeBufferPointer { targets in
        nosce_cross_entropy(
          level, rows, vocabulary, Float(configuration.logitCap ?? 0), logits.pointer,
          targets.baseAddress.map { $0 + first }, scale, precision.type, target.pointer)
      }
      inputGradient(
        rows, target, ldDy: vocabulary, weights.matrix(head), into: dfinal.pointer + first * hidden,
        ldDx: hidden, adding: false)
      if let gradient {
        products.weightGradient(
          rows: rows, input: hidden, output: vocabulary, dy: target, ldDy: vocabulary,
          x: finalNormed.operand.at(first * hidden), ldX: hidden, into: gradient + head.offset)
      }
    }
    batch.targetRows.withUnsafeBufferPointer { numbers in
      normGradient(
        layout.finalNorm, batch.targetCount, x, numbers.baseAddress, finalTrace, weights,
        dfinal.pointer, into: dx.pointer, gradient)
    }
    return loss
  }
}
