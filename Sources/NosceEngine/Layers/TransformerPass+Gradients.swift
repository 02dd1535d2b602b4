import CNosceKernels

/// The gradients of the operations that layers consist of.
extension TransformerPass {
  /// Adds the gradient through a norm, or for a nil one the gradient itself, to `target`.
  func normGradient(
    _ norm: ParameterLayout.PlacedNorm?, _ rows: Int, _ x: Floats, _ numbers: UnsafePointer<Int32>?,
    _ trace: LayerTrace.NormTrace, _ weights: Weights, _ dy: Floats, into target: Floats,
    _ gradient: Floats?
  ) {
    guard let norm else {
      nosce_add(level, rows * hidden, dy, target)
      return
    }
    let dweight = gradient.map { $0 + norm.weight.offset }
    if let bias = norm.bias {
      nosce_layernorm_backward(
        level, rows, hidden, x, numbers, weights.vector(norm.weight), trace.mean.pointer,
        trace.inverse.pointer, dy, target, dweight, gradient.map { $0 + bias.offset })
    } else {
      nosce_rmsnorm_backward(
        level, rows, hidden, x, numbers, weights.vector(norm.weight), trace.inverse.pointer, dy,
        target, dweight)
    }
  }

  /// dx[rows, in] (+)= dy[rows, out] · W
  func inputGradient(
    _ rows: Int, _ dy: Operand, ldDy: Int, _ matrix: MatrixOperand, into dx: Floats, ldDx: Int,
    adding: Bool
  ) {
    switch matrix {
    case .plain(let weight, let shape):
      products.inputGradient(
        rows: rows, input: shape.inputs, output: shape.outputs, dy: dy, ldDy: ldDy, weight: weight,
        ldWeight: shape.inputs, into: dx, ldDx: ldDx, adding: adding)
    case .packed(let weight):
      let bytes = nosce_packed_gradient_scratch(precision.type, weight.outputs, weight.inputs)
      team.share(nosce_packed_input_blocks(weight.inputs)) { range, member in
        let scratch = gradientScratch[member]
        scratch.reserve((bytes + 3) / 4)
        nosce_packed_gradient(
          level, precision.type, rows, weight.outputs, weight.inputs, dy.pointer, ldDy,
          weight.pointer, range.lowerBound, range.upperBound, adding, dx, ldDx, scratch.pointer)
      }
    }
  }

  func linearInputGradient(
    _ linear: ParameterLayout.Linear, _ rows: Int, _ dy: Operand, _ weights: Weights,
    into dx: Floats
  ) {
    inputGradient(
      rows, dy, ldDy: linear.matrix.outputs, weights.matrix(linear.matrix), into: dx,
      ldDx: linear.matrix.inputs, adding: false)
  }

  /// Adds the gradients of a linear group's weights and biases.
  func linearWeightGradient(
    _ linear: ParameterLayout.Linear, _ rows: Int, _ dy: Operand, _ x: Operand, _ gradient: Floats?
  ) {
    guard let gradient else { return }
    let matrix = linear.matrix
    products.weightGradient(
      rows: rows, input: matrix.inputs, output: matrix.outputs, dy: dy, ldDy: matrix.outputs, x: x,
      ldX: matrix.inputs, into: gradient + matrix.offset)
    guard let bias = linear.bias else { return }
    nosce_bias_gradient(
      level, rows, matrix.outputs, dy.precision.type, dy.pointer, matrix.outputs,
      gradient + bias.offset)
  }

  // MARK: Adapters

  /// The gradient through the factors: leaves that of the low-rank numbers in `dlowRank`, and adds
  /// that of the input to `dinput`.
  func adaptInput(
    _ adapter: AdapterOperands?, _ layer: Int, _ place: AdapterPlace, _ rows: Int, _ dy: Operand,
    into dinput: Floats?
  ) {
    guard let adapter, let site = adapter.site(layer, place) else { return }
    let rank = site.layout.rank
    dlowRank.reserve(rows * rank)
    for (module, b) in zip(site.layout.modules, site.b) {
      inputGradient(
        rows, dy.at(module.outputOffset), ldDy: site.layout.outputSize, .packed(b),
        into: lowRank.pointer + module.rankOffset, ldDx: rank, adding: false)
      nosce_scale_rows(
        level, rows, module.rank, lowRank.pointer + module.rankOffset, rank,
        module.scale * adapter.strength, precision.type,
        dlowRank.operand.at(module.rankOffset).pointer, rank)
    }
    guard let dinput else { return }
    inputGradient(
      rows, dlowRank.operand, ldDy: rank, .packed(site.a), into: dinput,
      ldDx: site.layout.inputSize, adding: true)
  }

  /// Adds the factors' gradients, from `dlowRank` and the forward pass's low-rank numbers.
  func adaptFactors(
    _ adapter: AdapterOperands?, _ layer: Int, _ place: AdapterPlace, _ rows: Int, _ dy: Operand,
    _ x: Operand, _ gradient: Floats?
  ) {
    guard let gradient, let adapter, let site = adapter.site(layer, place)?.layout else { return }
    let kept = traces[layer].lowRank[place.rawValue].operand
    products.weightGradient(
      rows: rows, input: site.inputSize, output: site.rank, dy: dlowRank.operand, ldDy: site.rank,
      x: x, ldX: site.inputSize, into: gradient + site.offsetA)
    for module in site.modules {
      products.weightGradient(
        rows: rows, input: module.rank, output: module.outputSize, dy: dy.at(module.outputOffset),
        ldDy: site.outputSize, x: kept.at(module.rankOffset), ldX: site.rank,
        into: gradient + module.offsetB)
    }
  }
}
