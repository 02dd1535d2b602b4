import CNosceKernels

extension LanguageModel {
  /// The logits at every position of a sequence.
  package func logits(_ tokens: [Int32], adapter: LoRAAdapter? = nil) throws -> [[Float]] {
    try check(tokens: tokens)
    let pass = TransformerPass(self, keepsTraces: false)
    let batch = PackedBatch(sequences: [tokens])
    let x = pass.forward(
      weights, try spans(adapter, batch), batch.batchRows, attending: .whole(batch))
    var result: [[Float]] = []
    let vocabulary = configuration.vocabularySize
    pass.eachLogits(weights, x, rows: batch.targetRows) { _, rows, logits in
      for row in 0..<rows {
        result.append(
          Array(UnsafeBufferPointer(start: logits + row * vocabulary, count: vocabulary)))
      }
    }
    return result
  }

  /// log p of every token but the first, given those before it.
  package func logProbabilities(_ tokens: [Int32], adapter: LoRAAdapter? = nil) throws -> [Float] {
    try check(tokens: tokens)
    guard tokens.count > 1 else { return [] }
    let pass = TransformerPass(self, keepsTraces: false)
    let batch = PackedBatch([TrainingExample(tokens: tokens)])
    let x = pass.forward(
      weights, try spans(adapter, batch), batch.batchRows, attending: .whole(batch))
    var result = [Float](repeating: 0, count: batch.targetCount)
    pass.eachLogits(weights, x, rows: batch.targetRows) { first, rows, logits in
      result.withUnsafeMutableBufferPointer { result in
        pass.logProbabilities(
          logits, rows: rows, targets: batch.targets[first...], into: result, at: first)
      }
    }
    return result
  }

  private func spans(
    _ adapter: LoRAAdapter?, _ batch: PackedBatch
  ) throws(EngineError) -> [AdapterSpan] {
    guard let adapter else { return [] }
    return [
      AdapterSpan(
        rows: 0..<batch.rows, operands: try AdapterOperands(adapter, precision: precision))
    ]
  }

  /// The residual stream at the last position: the embedding, each layer's output, and at the end
  /// the last layer's output behind the final norm.
  package func hiddenStates(_ tokens: [Int32]) throws -> [[Float]] {
    precondition(precision == .float32, "hidden states are read as floats")
    try check(tokens: tokens)
    let pass = TransformerPass(self, keepsTraces: true)
    let batch = PackedBatch(sequences: [tokens])
    let x = pass.forward(weights, [], batch.batchRows, attending: .whole(batch))
    pass.normFinal(weights, x, rows: [Int32(batch.rows - 1)], padded: 1)
    let hidden = configuration.hiddenSize
    func row(_ pointer: UnsafePointer<Float>) -> [Float] {
      Array(UnsafeBufferPointer(start: pointer, count: hidden))
    }
    let last = (batch.rows - 1) * hidden
    let normed = pass.finalNormed.operand.pointer.assumingMemoryBound(to: Float.self)
    return pass.traces.map { row($0.input.pointer + last) } + [row(normed)]
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
