import CNosceKernels

/// The nonlinearity between the two linear groups of a feed-forward network.
///
///     output = activation(gate) · up      with a gate
///     output = activation(up)             without one
final class FeedForwardActivation {
  struct Trace {
    /// (rows, 2 × size), gate and up; (rows, size) without a gate
    let input: RowBuffer

    init(_ network: FeedForward) { input = RowBuffer(width: network.input.outputs) }
  }

  /// (rows, size); a backward pass that needs it computes it again
  private let output: OperandBuffer
  /// (rows, size)
  private let doutput: RowBuffer
  /// (rows, 2 × size), gate and up; (rows, size) without a gate
  private let dinput: OperandBuffer
  private let compute: Compute

  init(_ compute: Compute, _ configuration: ModelConfiguration) {
    self.compute = compute
    let networks = configuration.layers.map(\.feedForward)
    let size = networks.map(\.size).max() ?? 0
    output = OperandBuffer(compute.precision, width: size)
    doutput = RowBuffer(width: size)
    dinput = OperandBuffer(
      compute.precision, width: networks.map(\.input.outputs).max() ?? 0)
  }

  var forwardBuffers: [any RowMemory] { [output] }
  var backwardBuffers: [any RowMemory] { [doutput, dinput] }

  /// - Returns: (rows, size)
  func forward(_ trace: Trace, _ layer: PlacedLayer, rows: Int) -> OperandView {
    let network = layer.shape.feedForward
    let kernel = network.activation.kernel
    let input = trace.input.view(rows)
    let output = output.view(rows, width: network.size)
    compute.split(rows) { range in
      let (from, to) = (input[rows: range], output[rows: range])
      if network.isGated {
        nosce_gated_forward(
          compute.level, kernel, range.count, network.size, from.pointer, to.precision.type,
          to.pointer)
      } else {
        nosce_activation_forward(
          compute.level, kernel, range.count * network.size, from.pointer, to.precision.type,
          to.pointer)
      }
    }
    return output
  }

  /// Where the gradient of the output is to be put: (rows, size)
  func gradient(_ layer: PlacedLayer, rows: Int) -> MatrixView {
    doutput.view(rows, width: layer.shape.feedForward.size)
  }

  /// - Parameters:
  ///   - doutput: (rows, size)
  ///   - recomputes: whether the output is needed, for the gradients of what reads it.
  /// - Returns: the gradient of the input, (rows, 2 × size) or (rows, size), and the output,
  ///   (rows, size).
  func backward(
    _ trace: Trace, _ layer: PlacedLayer, doutput: MatrixView, recomputes: Bool
  ) -> (dinput: OperandView, output: OperandView) {
    let network = layer.shape.feedForward
    let kernel = network.activation.kernel
    let rows = doutput.rows
    let output = output.view(rows, width: network.size)
    let dinput = dinput.view(rows, width: network.input.outputs)
    let input = trace.input.view(rows)
    compute.split(rows) { range in
      let recomputed = recomputes ? output[rows: range].pointer : nil
      let (from, to) = (doutput[rows: range].pointer, dinput[rows: range].pointer)
      if network.isGated {
        nosce_gated_backward(
          compute.level, kernel, range.count, network.size, input[rows: range].pointer, from,
          dinput.precision.type, to, recomputed)
      } else {
        nosce_activation_backward(
          compute.level, kernel, range.count * network.size, input[rows: range].pointer, from,
          dinput.precision.type, to, recomputed)
      }
    }
    return (dinput, output)
  }
}

extension Activation {
  var kernel: nosce_activation {
    switch self {
    case .silu: nosce_silu
    case .geluTanh: nosce_gelu_tanh
    case .gelu: nosce_gelu_erf
    }
  }
}
