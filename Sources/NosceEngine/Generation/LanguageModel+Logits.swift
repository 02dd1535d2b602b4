import CNosceKernels

extension LanguageModel {
  /// The logits at every position of a sequence.
  package func logits(_ tokens: [Int32], adapter: LoRAAdapter? = nil) throws -> [[Float]] {
    try check(tokens: tokens)
    let pass = TransformerPass(self, keepsTraces: false)
    let batch = PackedBatch(sequences: [tokens])
    let x = pass.forward(
      try parameters(adapter, batch), batch.batchRows, attending: .whole(batch))
    var result: [[Float]] = []
    do throws(UnfiniteLogit) {
      try pass.operations.head.eachLogits(x, rows: batch.targetRows, weights) { _, logits in
        for row in 0..<logits.rows {
          result.append(
            Array(UnsafeBufferPointer(start: logits.row(row), count: logits.width)))
        }
      }
    } catch {
      throw failure(error, "behind token \(error.row + 1)", hasAdapter: adapter != nil)
    }
    return result
  }

  /// log p of every token but the first, given those before it.
  package func logProbabilities(_ tokens: [Int32], adapter: LoRAAdapter? = nil) throws -> [Float] {
    try check(tokens: tokens)
    guard tokens.count > 1 else { return [] }
    let pass = TransformerPass(self, keepsTraces: false)
    let batch = PackedBatch([TrainingExample(tokens: tokens)])
    let head = pass.operations.head
    let x = pass.forward(
      try parameters(adapter, batch), batch.batchRows, attending: .whole(batch))
    var result = [Float](repeating: 0, count: batch.targetCount)
    do throws(UnfiniteLogit) {
      try head.eachLogits(x, rows: batch.targetRows, weights) { first, logits in
        result.withUnsafeMutableBufferPointer { result in
          guard let result = result.baseAddress else { return }
          head.logProbabilities(logits, of: batch.targets[first...], into: result + first)
        }
      }
    } catch {
      throw failure(error, "behind token \(error.row + 1)", hasAdapter: adapter != nil)
    }
    return result
  }

  private func parameters(
    _ adapter: LoRAAdapter?, _ batch: PackedBatch
  ) throws(EngineError) -> PassParameters {
    guard let adapter else { return PassParameters(weights: weights) }
    let span = AdapterSpan(
      rows: 0..<batch.rows, operands: try AdapterOperands(adapter, precision: precision))
    return PassParameters(weights: weights, adapters: [span])
  }

  /// The residual stream at the last position: the embedding, each layer's output, and at the end
  /// the last layer's output behind the final norm.
  package func hiddenStates(_ tokens: [Int32]) throws -> [[Float]] {
    precondition(precision == .float32, "hidden states are read as floats")
    try check(tokens: tokens)
    let pass = TransformerPass(self, keepsTraces: true)
    let batch = PackedBatch(sequences: [tokens])
    let x = pass.forward(
      PassParameters(weights: weights), batch.batchRows, attending: .whole(batch))
    let last = batch.rows - 1
    let normed = pass.operations.head.normed(x, rows: [Int32(last)], padded: 1, weights)
    func row(_ pointer: UnsafePointer<Float>) -> [Float] {
      Array(UnsafeBufferPointer(start: pointer, count: configuration.hiddenSize))
    }
    return pass.traces.map { row($0.stream.input.view(batch.rows).row(last)) }
      + [row(normed.pointer.assumingMemoryBound(to: Float.self))]
  }

  /// The largest absolute change of any logit from one adapter to another: zero says that the second
  /// is not live. Nil stands for the model without one.
  ///
  /// A few tokens are enough to see that something moves: the first 32 of the first two sequences are
  /// read, so that never more than two blocks of logits are held, however long the sequences are.
  /// A logit that is no finite number is an error.
  package func largestLogitChange(
    from start: LoRAAdapter?, to end: LoRAAdapter, on sequences: [[Int32]]
  ) throws -> Float {
    var largest: Float = 0
    for sequence in sequences.prefix(2) {
      let tokens = Array(sequence.prefix(32))
      let before = try logits(tokens, adapter: start)
      let after = try logits(tokens, adapter: end)
      for (row, changed) in zip(before, after) {
        for (one, other) in zip(row, changed) { largest = max(largest, abs(one - other)) }
      }
    }
    return largest
  }
}
