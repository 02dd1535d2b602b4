/// What one layer's forward pass leaves behind for its backward pass.
final class LayerTrace {
  let input = Buffer<Float>()
  let inputInverse = Buffer<Float>()
  let normed: OperandBuffer
  let queryKeyValue = Buffer<Float>()
  let attended = Buffer<Float>()
  /// In 32-bit precision the product reads `attended` itself.
  let attendedOperand: OperandBuffer
  let logSums = Buffer<Float>()
  let middle = Buffer<Float>()
  let middleInverse = Buffer<Float>()
  let middleNormed: OperandBuffer
  let gateUp = Buffer<Float>()
  /// Scaled low-rank numbers of the adapter, by place.
  let lowRank: [OperandBuffer]

  init(_ precision: Precision) {
    normed = OperandBuffer(precision)
    attendedOperand = OperandBuffer(precision)
    middleNormed = OperandBuffer(precision)
    lowRank = AdapterPlace.allCases.map { _ in OperandBuffer(precision) }
  }

  func reserve(rows: Int, _ shape: ModelShape) {
    input.reserve(rows * shape.hidden)
    inputInverse.reserve(rows)
    normed.reserve(rows * shape.hidden)
    queryKeyValue.reserve(rows * shape.fusedWidth)
    attended.reserve(rows * shape.queryWidth)
    if attendedOperand.precision == .bfloat16 { attendedOperand.reserve(rows * shape.queryWidth) }
    logSums.reserve(rows * shape.heads)
    middle.reserve(rows * shape.hidden)
    middleInverse.reserve(rows)
    middleNormed.reserve(rows * shape.hidden)
    gateUp.reserve(rows * 2 * shape.feedForward)
  }
}
