import CNosceKernels

extension LanguageModel {
  /// The logits at every position of a sequence, with the adapter beside the weights rather than
  /// merged into them.
  package func logits(_ tokens: [Int32], adapter: LoRAAdapter? = nil) throws -> [[Float]] {
    try check(tokens: tokens)
    let pass = TransformerPass(self)
    let batch = PackedBatch(sequences: [tokens], precision: precision)
    pass.forward(weights, adapter.map { AdapterOperands($0, precision: precision) }, batch)
    var result: [[Float]] = []
    pass.eachLogits(weights, batch) { _, rows, logits in
      for row in 0..<rows {
        result.append(
          Array(
            UnsafeBufferPointer(
              start: logits + row * shape.vocabulary, count: shape.vocabulary)))
      }
    }
    try pass.products.check()
    return result
  }

  /// log p of every token but the first, given those before it.
  package func logProbabilities(_ tokens: [Int32], adapter: LoRAAdapter? = nil) throws -> [Float] {
    try check(tokens: tokens)
    guard tokens.count > 1 else { return [] }
    let pass = TransformerPass(self)
    let batch = PackedBatch([TrainingExample(tokens: tokens)], precision: precision)
    pass.forward(weights, adapter.map { AdapterOperands($0, precision: precision) }, batch)
    var result = [Float](repeating: 0, count: batch.targetCount)
    pass.eachLogits(weights, batch) { first, rows, logits in
      batch.targets.withUnsafeBufferPointer { targets in
        result.withUnsafeMutableBufferPointer { result in
          guard let targets = targets.baseAddress, let result = result.baseAddress else { return }
          nosce_log_probabilities(
            pass.level, rows, shape.vocabulary, logits, targets + first, result + first)
        }
      }
    }
    try pass.products.check()
    return result
  }

  /// The residual stream at the last position: the embedding, each layer's output, and at the end
  /// the last layer's output behind the final norm.
  package func hiddenStates(_ tokens: [Int32]) throws -> [[Float]] {
    try check(tokens: tokens)
    let pass = TransformerPass(with(precision: .float32))
    let batch = PackedBatch(sequences: [tokens], precision: .float32)
    pass.forward(Weights(floats: copyOfWeights(), halves: nil), nil, batch)
    pass.normFinal(weights, batch)
    let last = (batch.rows - 1) * shape.hidden
    func row(_ pointer: UnsafePointer<Float>) -> [Float] {
      Array(UnsafeBufferPointer(start: pointer + last, count: shape.hidden))
    }
    let normed = pass.finalNormed.operand.pointer.assumingMemoryBound(to: Float.self)
    return pass.layers.map { row($0.input.pointer) } + [row(normed)]
  }

  /// The largest absolute change that an adapter makes to any logit of these sequences: zero says
  /// that it is not live.
  package func maximumLogitChange(_ adapter: LoRAAdapter, on sequences: [[Int32]]) throws -> Float {
    var largest: Float = 0
    for sequence in sequences {
      let base = try logits(sequence)
      let changed = try logits(sequence, adapter: adapter)
      for (one, other) in zip(base.joined(), changed.joined()) {
        largest = max(largest, abs(one - other))
      }
    }
    return largest
  }
}
