import CNosceKernels

/// The norm of the residual stream before a part of a layer, and before the head.
///
///     output = weight · x / rms(x)                         RMSNorm
///     output = weight · (x - mean) / deviation + bias      LayerNorm
final class PreNorm {
  struct Trace {
    /// (rows, 1), of a LayerNorm
    let mean: RowBuffer
    /// (rows, 1), one over the deviation or the root of the mean square
    let inverse: RowBuffer
    /// (rows, hidden)
    let output: OperandBuffer

    init(_ norm: Norm?, hidden: Int, _ precision: Precision) {
      mean = RowBuffer(width: norm?.hasBias == true ? 1 : 0)
      inverse = RowBuffer(width: norm == nil ? 0 : 1)
      output = OperandBuffer(precision, width: hidden)
    }

    var statistics: [any RowMemory] { [mean, inverse] }
  }

  private let compute: Compute
  private let hidden: Int

  init(_ compute: Compute, hidden: Int) {
    self.compute = compute
    self.hidden = hidden
  }

  /// - Parameters:
  ///   - norm: nil copies, in the form that products read.
  ///   - x: (rows, hidden)
  ///   - copy: (rows, hidden), receives x as well.
  /// - Returns: (rows, hidden)
  func forward(
    _ trace: Trace, _ norm: ParameterLayout.PlacedNorm?, _ x: MatrixView, copy: MatrixView?,
    _ weights: Weights
  ) -> OperandView {
    let output = trace.output.view(x.rows)
    compute.split(x.rows) { range in
      if let norm {
        normalise(
          trace, norm, x[rows: range], at: nil, copy: copy?[rows: range], weights,
          first: range.lowerBound, into: output[rows: range])
      } else {
        let (from, to) = (x[rows: range], output[rows: range])
        nosce_scale_rows(
          compute.level, range.count, hidden, from.pointer, from.ld, 1, to.precision.type,
          to.pointer, to.ld)
        copy?[rows: range].copy(from)
      }
    }
    return output
  }

  /// The norm of some of the rows of x, one behind the other.
  ///
  /// - Parameters:
  ///   - x: (rows, hidden)
  ///   - numbers: the rows that are read.
  /// - Returns: (numbers, hidden)
  func forward(
    _ trace: Trace, _ norm: ParameterLayout.PlacedNorm, _ x: MatrixView, at numbers: [Int32],
    _ weights: Weights
  ) -> OperandView {
    let output = trace.output.view(numbers.count)
    numbers.withUnsafeBufferPointer { numbers in
      compute.split(numbers.count) { range in
        guard let numbers = numbers.baseAddress else { return }
        normalise(
          trace, norm, x, at: numbers + range.lowerBound, copy: nil, weights,
          first: range.lowerBound, into: output[rows: range])
      }
    }
    return output
  }

  /// - Parameter first: the row of the trace at which `output` begins.
  private func normalise(
    _ trace: Trace, _ norm: ParameterLayout.PlacedNorm, _ x: MatrixView,
    at numbers: UnsafePointer<Int32>?, copy: MatrixView?, _ weights: Weights, first: Int,
    into output: OperandView
  ) {
    let inverse = trace.inverse.pointer + first
    if let bias = norm.bias {
      nosce_layernorm_forward(
        compute.level, output.rows, hidden, x.pointer, numbers, weights.vector(norm.weight),
        weights.vector(bias), norm.epsilon, copy?.pointer, output.precision.type, output.pointer,
        trace.mean.pointer + first, inverse)
    } else {
      nosce_rmsnorm_forward(
        compute.level, output.rows, hidden, x.pointer, numbers, weights.vector(norm.weight),
        norm.epsilon, copy?.pointer, output.precision.type, output.pointer, inverse)
    }
  }

  /// - Parameters:
  ///   - x: (rows, hidden), what the forward pass read.
  ///   - numbers: the rows of x that were read; nil means all of them.
  ///   - doutput: (rows, hidden), or a row for each of the numbers.
  ///   - dx: (rows, hidden), to which the gradient is added.
  func backward(
    _ trace: Trace, _ norm: ParameterLayout.PlacedNorm?, _ x: MatrixView,
    at numbers: UnsafePointer<Int32>? = nil, doutput: MatrixView, addingTo dx: MatrixView,
    _ parameters: PassParameters
  ) {
    guard let norm else {
      nosce_add(compute.level, doutput.count, doutput.pointer, dx.pointer)
      return
    }
    let weight = parameters.weights.vector(norm.weight)
    if let bias = norm.bias {
      nosce_layernorm_backward(
        compute.level, doutput.rows, hidden, x.pointer, numbers, weight, trace.mean.pointer,
        trace.inverse.pointer, doutput.pointer, dx.pointer, parameters.gradient(norm.weight),
        parameters.gradient(bias))
    } else {
      nosce_rmsnorm_backward(
        compute.level, doutput.rows, hidden, x.pointer, numbers, weight, trace.inverse.pointer,
        doutput.pointer, dx.pointer, parameters.gradient(norm.weight))
    }
  }
}

/// The norm of a part's result, before that is added to the residual stream.
///
///     output = residual + weight · result / rms(result)
final class PostNorm {
  struct Trace {
    /// (rows, hidden)
    let result: RowBuffer
    /// (rows, 1), one over the root of the mean square
    let inverse: RowBuffer

    init(_ norm: Norm?, hidden: Int) {
      result = RowBuffer(width: norm == nil ? 0 : hidden)
      inverse = RowBuffer(width: norm == nil ? 0 : 1)
    }
  }

  /// (rows, hidden), the gradient of the result
  private let dresult: OperandBuffer
  private let compute: Compute
  private let hidden: Int

  init(_ compute: Compute, _ configuration: ModelConfiguration) {
    self.compute = compute
    hidden = configuration.hiddenSize
    let isUsed = configuration.layers.contains {
      $0.attentionOutputNorm != nil || $0.feedForwardOutputNorm != nil
    }
    dresult = OperandBuffer(compute.precision, width: isUsed ? hidden : 0)
  }

  var backwardBuffers: [any RowMemory] { [dresult] }

  /// - Parameters:
  ///   - residual: (rows, hidden)
  ///   - output: (rows, hidden), which may be the residual itself.
  func forward(
    _ trace: Trace, _ norm: ParameterLayout.PlacedNorm, residual: MatrixView,
    into output: MatrixView, _ weights: Weights
  ) {
    let result = trace.result.view(residual.rows)
    compute.split(residual.rows) { range in
      nosce_postnorm_forward(
        compute.level, range.count, hidden, result[rows: range].pointer,
        weights.vector(norm.weight), norm.epsilon, residual[rows: range].pointer,
        output[rows: range].pointer, trace.inverse.pointer + range.lowerBound)
    }
  }

  /// The gradient of the result; that of the residual is `doutput` itself.
  ///
  /// - Parameter doutput: (rows, hidden)
  /// - Returns: (rows, hidden)
  func backward(
    _ trace: Trace, _ norm: ParameterLayout.PlacedNorm, doutput: MatrixView,
    _ parameters: PassParameters
  ) -> OperandView {
    let dresult = dresult.view(doutput.rows)
    nosce_postnorm_backward(
      compute.level, doutput.rows, hidden, trace.result.pointer,
      parameters.weights.vector(norm.weight), trace.inverse.pointer, doutput.pointer,
      dresult.precision.type, dresult.pointer, parameters.gradient(norm.weight))
    return dresult
  }
}
