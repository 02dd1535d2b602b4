/// What one layer's forward pass leaves behind for its backward pass.
///
/// A pass that only asks has one for all layers.
final class LayerTrace {
  /// What a norm leaves behind: the means are a LayerNorm's.
  struct NormTrace {
    let mean = Buffer<Float>()
    let inverse = Buffer<Float>()

    func reserve(_ rows: Int) {
      mean.reserve(rows)
      inverse.reserve(rows)
    }
  }

  let input = Buffer<Float>()
  let inputNorm = NormTrace()
  let normed: OperandBuffer
  let queryKeyValue = Buffer<Float>()
  /// The same before the norms of queries and keys.
  let unnormed = Buffer<Float>()
  let queryInverse = Buffer<Float>()
  let keyInverse = Buffer<Float>()
  let attended = Buffer<Float>()
  /// In 32-bit precision the product reads `attended` itself.
  let attendedOperand: OperandBuffer
  let logSums = Buffer<Float>()
  /// The attention's result before the norm that stands behind it.
  let attentionOutput = Buffer<Float>()
  let attentionOutputInverse = Buffer<Float>()
  let middle = Buffer<Float>()
  let feedForwardNorm = NormTrace()
  let middleNormed: OperandBuffer
  let feedForwardInput = Buffer<Float>()
  let feedForwardOutput = Buffer<Float>()
  let feedForwardOutputInverse = Buffer<Float>()
  /// Scaled low-rank numbers of the adapter, by place.
  let lowRank: [OperandBuffer]

  init(_ precision: Precision) {
    normed = OperandBuffer(precision)
    attendedOperand = OperandBuffer(precision)
    middleNormed = OperandBuffer(precision)
    lowRank = AdapterPlace.allCases.map { _ in OperandBuffer(precision) }
  }

  func reserve(rows: Int, _ layer: TransformerLayer, hidden: Int) {
    let attention = layer.attention
    let fusedWidth = attention.queryWidth + 2 * attention.keyWidth
    input.reserve(rows * hidden)
    inputNorm.reserve(rows)
    normed.reserve(rows * hidden)
    queryKeyValue.reserve(rows * fusedWidth)
    if attention.queryNorm != nil {
      unnormed.reserve(rows * fusedWidth)
      queryInverse.reserve(rows * attention.heads)
      keyInverse.reserve(rows * attention.keyValueHeads)
    }
    attended.reserve(rows * attention.queryWidth)
    if attendedOperand.precision == .bfloat16 {
      attendedOperand.reserve(rows * attention.queryWidth)
    }
    logSums.reserve(rows * attention.heads)
    if layer.attentionOutputNorm != nil {
      attentionOutput.reserve(rows * hidden)
      attentionOutputInverse.reserve(rows)
    }
    middle.reserve(rows * hidden)
    feedForwardNorm.reserve(rows)
    middleNormed.reserve(rows * hidden)
    feedForwardInput.reserve(rows * layer.feedForward.input.outputs)
    if layer.feedForwardOutputNorm != nil {
      feedForwardOutput.reserve(rows * hidden)
      feedForwardOutputInverse.reserve(rows)
    }
  }
}
