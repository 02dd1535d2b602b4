import CNosceKernels

/// Products with a weight matrix, frozen and packed or row-major and learning.
///
///     y = x Wᵀ + b
final class LinearProducts {
  /// (rows, max(hidden, heads × size)), the gradient of what a linear group reads
  private let dinput: RowBuffer
  /// One for each member of the team: (`nosce_packed_gradient_scratch`)
  private let scratch: [Buffer<Float>]
  private let compute: Compute

  init(_ compute: Compute, _ configuration: ModelConfiguration) {
    self.compute = compute
    let attended = configuration.layers.map(\.attention.queryWidth).max() ?? 0
    dinput = RowBuffer(width: max(configuration.hiddenSize, attended))
    scratch = (0..<compute.team.size).map { _ in Buffer() }
  }

  var backwardBuffers: [any RowMemory] { [dinput] }
  var scratchBytes: Int { scratch.reduce(0) { $0 + $1.byteCount } }

  /// What the products of a backward pass take beside its rows.
  func scratchBytes(of matrices: [ParameterLayout.Matrix]) -> Int {
    let bytes = matrices.map {
      nosce_packed_gradient_scratch(compute.precision.type, $0.outputs, $0.inputs)
    }
    return scratch.count * Buffer<Float>.byteCount(reserving: ((bytes.max() ?? 0) + 3) / 4)
  }

  // MARK: Forward

  /// - Parameters:
  ///   - x: (rows, in)
  ///   - y: (rows, out), to which the product is added, or which it replaces.
  func forward(
    _ linear: ParameterLayout.Linear, _ x: OperandView, into y: MatrixView, adding: Bool,
    _ weights: Weights
  ) {
    product(x, weights.matrix(linear.matrix), into: y, adding: adding)
    guard let bias = linear.bias else { return }
    compute.split(y.rows) { range in
      let part = y[rows: range]
      nosce_add_bias(
        compute.level, part.rows, part.width, weights.vector(bias), part.pointer, part.ld)
    }
  }

  /// y (rows, out) (+)= x (rows, in) · Wᵀ
  func product(_ x: OperandView, _ matrix: MatrixOperand, into y: MatrixView, adding: Bool) {
    switch matrix {
    case .plain(let weight):
      compute.products.forward(x, weight: weight, into: y, adding: adding)
    case .packed(let weight):
      let panels = nosce_packed_panels(weight.outputs)
      let isSmall = x.rows * weight.outputs * weight.inputs < 1 << 16
      // Rows do not depend on one another, so a narrow product is shared out by rows.
      if panels < 2 * compute.team.size {
        compute.team.split(x.rows, isSmall: isSmall) { range in
          weight.product(
            compute.level, x[rows: range], panels: 0..<panels, into: y[rows: range],
            adding: adding)
        }
      } else {
        compute.team.split(panels, isSmall: isSmall) { range in
          weight.product(compute.level, x, panels: range, into: y, adding: adding)
        }
      }
    }
  }

  // MARK: Backward

  /// Where the gradient of a group's input is to be put: (rows, in)
  func gradient(_ linear: ParameterLayout.Linear, rows: Int) -> MatrixView {
    dinput.view(rows, width: linear.matrix.inputs)
  }

  /// dx (rows, in) (+)= dy (rows, out) · W
  func inputGradient(
    _ dy: OperandView, _ matrix: MatrixOperand, into dx: MatrixView, adding: Bool
  ) {
    switch matrix {
    case .plain(let weight):
      compute.products.inputGradient(dy, weight: weight, into: dx, adding: adding)
    case .packed(let weight):
      let bytes = nosce_packed_gradient_scratch(
        weight.precision.type, weight.outputs, weight.inputs)
      compute.team.share(nosce_packed_input_blocks(weight.inputs)) { range, member in
        scratch[member].reserve((bytes + 3) / 4)
        weight.inputGradient(
          compute.level, dy, blocks: range, into: dx, adding: adding,
          scratch: scratch[member].pointer)
      }
    }
  }

  /// Adds the gradients of a group's weights and biases, where they learn.
  ///
  /// - Parameters:
  ///   - dy: (rows, out)
  ///   - x: (rows, in)
  func parameterGradient(
    _ linear: ParameterLayout.Linear, dy: OperandView, x: OperandView,
    _ parameters: PassParameters
  ) {
    guard let gradient = parameters.gradients.weights else { return }
    weightGradient(linear.matrix, dy: dy, x: x, into: gradient)
    guard let bias = parameters.gradient(linear.bias) else { return }
    nosce_bias_gradient(
      compute.level, dy.rows, dy.width, dy.precision.type, dy.pointer, dy.ld, bias)
  }

  /// dW (out, in) += dyᵀ (out, rows) · x (rows, in)
  ///
  /// - Parameter gradient: that of all weights, in the order of the layout.
  func weightGradient(
    _ matrix: ParameterLayout.Matrix, dy: OperandView, x: OperandView,
    into gradient: UnsafeMutablePointer<Float>
  ) {
    compute.products.weightGradient(
      dy, x,
      into: MatrixView(gradient + matrix.offset, rows: matrix.outputs, width: matrix.inputs))
  }
}

extension PackedMatrix {
  /// y (rows, out) (+)= x (rows, in) · Wᵀ, for the outputs of some panels.
  fileprivate func product(
    _ level: nosce_level, _ x: OperandView, panels: Range<Int>, into y: MatrixView, adding: Bool
  ) {
    nosce_packed_product(
      level, precision.type, x.rows, outputs, inputs, x.pointer, x.ld, pointer,
      panels.lowerBound, panels.upperBound, adding, y.pointer, y.ld)
  }

  /// dx (rows, in) (+)= dy (rows, out) · W, for the inputs of some blocks.
  fileprivate func inputGradient(
    _ level: nosce_level, _ dy: OperandView, blocks: Range<Int>, into dx: MatrixView,
    adding: Bool, scratch: UnsafeMutablePointer<Float>
  ) {
    nosce_packed_gradient(
      level, precision.type, dy.rows, outputs, inputs, dy.pointer, dy.ld, pointer,
      blocks.lowerBound, blocks.upperBound, adding, dx.pointer, dx.ld, scratch)
  }
}
