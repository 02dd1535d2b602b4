/// The residual stream: a vector for each row, which the parts of layers read and add to.
final class ResidualStream {
  /// A pass that only asks goes to and fro between the two, from layer to layer.
  struct Trace {
    /// (rows, hidden), what the layer reads
    let input: RowBuffer
    /// (rows, hidden), behind attention
    let middle: RowBuffer

    init(hidden: Int) {
      input = RowBuffer(width: hidden)
      middle = RowBuffer(width: hidden)
    }
  }

  /// The stream along one layer, each (rows, hidden). A pass that only asks has `y` where `h` is.
  struct Stretch {
    /// What the layer reads.
    let x: MatrixView
    /// x with what attention adds.
    let h: MatrixView
    /// h with what the feed-forward network adds.
    let y: MatrixView

    var hasOwnOutput: Bool { h.pointer != y.pointer }
  }

  /// (rows, hidden), behind the last layer of a pass that keeps traces
  private let output: RowBuffer
  /// (rows, hidden), the gradient of the stream
  private let gradient: RowBuffer
  /// (rows, hidden), in bfloat16
  private let roundedGradient: OperandBuffer
  /// (rows, hidden), the gradient of a parallel layer's input
  private let inputGradient: RowBuffer
  private let traces: [Trace]
  private let layerCount: Int
  private let compute: Compute

  /// - Parameter traces: one for each layer, or one for all.
  init(_ compute: Compute, _ configuration: ModelConfiguration, _ traces: [Trace]) {
    let hidden = configuration.hiddenSize
    self.compute = compute
    self.traces = traces
    layerCount = configuration.layerCount
    output = RowBuffer(width: traces.count == layerCount ? hidden : 0)
    gradient = RowBuffer(width: hidden)
    roundedGradient = OperandBuffer(
      compute.precision, width: compute.precision == .bfloat16 ? hidden : 0)
    inputGradient = RowBuffer(
      width: configuration.layers.contains(where: \.isParallel) ? hidden : 0)
  }

  var forwardBuffers: [any RowMemory] { [output] }
  var backwardBuffers: [any RowMemory] { [gradient, roundedGradient, inputGradient] }

  // MARK: Forward

  func stretch(along layer: Int, rows: Int) -> Stretch {
    func buffer(_ layer: Int) -> RowBuffer {
      if traces.count < layerCount {
        return layer.isMultiple(of: 2) ? traces[0].input : traces[0].middle
      }
      return layer < layerCount ? traces[layer].input : output
    }
    let y = buffer(layer + 1).view(rows)
    let h = traces.count < layerCount ? y : traces[layer].middle.view(rows)
    return Stretch(x: buffer(layer).view(rows), h: h, y: y)
  }

  /// Behind the last layer.
  func end(rows: Int) -> MatrixView { stretch(along: layerCount - 1, rows: rows).y }

  // MARK: Backward

  /// The gradient behind the layer that is under way: (rows, hidden)
  func gradient(rows: Int) -> MatrixView { gradient.view(rows) }

  /// The same in the form that products read.
  func operand(_ dy: MatrixView) -> OperandView {
    compute.operand(dy, roundedInto: roundedGradient)
  }

  /// Where a layer's parts add the gradients of what they read, beginning with that of y.
  ///
  /// In a parallel layer both parts read the layer's input, whose gradient must not change before
  /// both have read that of its output.
  func beginGradient(of layer: PlacedLayer, rows: Int) -> MatrixView {
    guard layer.isParallel else { return gradient.view(rows) }
    let dx = inputGradient.view(rows)
    dx.copy(gradient.view(rows))
    return dx
  }

  /// Makes the gradient of the layer's input that of the stream.
  func endGradient(_ dx: MatrixView, of layer: PlacedLayer) {
    if layer.isParallel { gradient.view(dx.rows).copy(dx) }
  }
}
