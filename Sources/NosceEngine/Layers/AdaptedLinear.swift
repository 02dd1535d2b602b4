import CNosceKernels

/// A linear group with what adapters add behind it.
///
///     y = x Wᵀ + b + scale · (x Aᵀ) Bᵀ
final class AdaptedLinear {
  struct Trace {
    /// One for each place: (rows, rank), scale · x Aᵀ; the rank is that of the place's modules
    /// together
    let scaled: [OperandBuffer]

    init(_ precision: Precision) {
      scaled = AdapterPlace.allCases.map { _ in OperandBuffer(precision, width: 0) }
    }

    subscript(place: AdapterPlace) -> OperandBuffer { scaled[place.rawValue] }

    /// - Parameter layer: nil where one trace serves all layers.
    func fit(_ adapters: [AdapterLayout], layer: Int?) {
      for place in AdapterPlace.allCases {
        self[place].width =
          adapters.map { adapter in
            layer.map { adapter.sites[$0][place.rawValue]?.rank ?? 0 } ?? adapter.largestRank
          }.max() ?? 0
      }
    }
  }

  /// (rows, rank), x Aᵀ in a forward pass and dy B in a backward pass
  private let lowRank = RowBuffer(width: 0)
  /// (rows, rank), scale · dy B
  private let dlowRank: OperandBuffer
  private let products: LinearProducts
  private let compute: Compute

  init(_ compute: Compute, _ products: LinearProducts) {
    self.compute = compute
    self.products = products
    dlowRank = OperandBuffer(compute.precision, width: 0)
  }

  var forwardBuffers: [any RowMemory] { [lowRank] }
  var backwardBuffers: [any RowMemory] { [dlowRank] }

  /// The width of the buffers is that of the adapters that a pass has.
  func fit(_ adapters: [AdapterLayout]) {
    lowRank.width = adapters.map(\.largestRank).max() ?? 0
    dlowRank.width = lowRank.width
  }

  // MARK: Forward

  /// - Parameters:
  ///   - x: (rows, in)
  ///   - y: (rows, out), to which the result is added, or which it replaces.
  func forward(
    _ trace: Trace, _ layer: PlacedLayer, _ place: AdapterPlace, _ x: OperandView,
    into y: MatrixView, adding: Bool = false, _ parameters: PassParameters
  ) {
    products.forward(layer.linear(place), x, into: y, adding: adding, parameters.weights)
    for span in parameters.adapters {
      guard let site = span.operands.site(layer.index, place) else { continue }
      let scaled = trace[place].view(span.rows.upperBound, width: site.layout.rank)
      adapt(
        site, strength: span.operands.strength, x[rows: span.rows], scaled[rows: span.rows],
        into: y[rows: span.rows])
    }
  }

  /// - Parameters:
  ///   - x: (rows, in)
  ///   - scaled: (rows, rank)
  ///   - y: (rows, out)
  private func adapt(
    _ site: AdapterOperands.Site, strength: Float, _ x: OperandView, _ scaled: OperandView,
    into y: MatrixView
  ) {
    let lowRank = lowRank.view(x.rows, width: site.layout.rank)
    products.product(x, .packed(site.a), into: lowRank, adding: false)
    for (module, b) in zip(site.layout.modules, site.b) {
      let part = scaled[columns: module.ranks]
      scale(lowRank[columns: module.ranks], by: module.scale * strength, into: part)
      products.product(part, .packed(b), into: y[columns: module.outputs], adding: true)
    }
  }

  private func scale(_ from: MatrixView, by factor: Float, into to: OperandView) {
    nosce_scale_rows(
      compute.level, from.rows, from.width, from.pointer, from.ld, factor, to.precision.type,
      to.pointer, to.ld)
  }

  // MARK: Backward

  /// Where the gradient of a group's input is to be put: (rows, in)
  func gradient(_ layer: PlacedLayer, _ place: AdapterPlace, rows: Int) -> MatrixView {
    products.gradient(layer.linear(place), rows: rows)
  }

  /// The gradient through weights and factors. That of the low-rank numbers stays until
  /// `parameterGradient` of the same place, which comes next.
  ///
  /// - Parameters:
  ///   - dy: (rows, out)
  ///   - dx: (rows, in); nil where nobody below learns.
  func inputGradient(
    _ layer: PlacedLayer, _ place: AdapterPlace, dy: OperandView, into dx: MatrixView?,
    _ parameters: PassParameters
  ) {
    if let dx {
      products.inputGradient(
        dy, parameters.weights.matrix(layer.linear(place).matrix), into: dx, adding: false)
    }
    guard let adapter = parameters.adapter, let site = adapter.site(layer.index, place) else {
      return
    }
    let lowRank = lowRank.view(dy.rows, width: site.layout.rank)
    let dlowRank = dlowRank.view(dy.rows, width: site.layout.rank)
    for (module, b) in zip(site.layout.modules, site.b) {
      let part = lowRank[columns: module.ranks]
      products.inputGradient(
        dy[columns: module.outputs], .packed(b), into: part, adding: false)
      scale(part, by: module.scale * adapter.strength, into: dlowRank[columns: module.ranks])
    }
    if let dx { products.inputGradient(dlowRank, .packed(site.a), into: dx, adding: true) }
  }

  /// Adds the gradients of what learns: weights and biases, or an adapter's factors.
  ///
  /// - Parameters:
  ///   - dy: (rows, out)
  ///   - x: (rows, in)
  func parameterGradient(
    _ trace: Trace, _ layer: PlacedLayer, _ place: AdapterPlace, dy: OperandView, x: OperandView,
    _ parameters: PassParameters
  ) {
    products.parameterGradient(layer.linear(place), dy: dy, x: x, parameters)
    guard let gradient = parameters.gradients.adapter,
      let site = parameters.adapter?.site(layer.index, place)?.layout
    else { return }
    let scaled = trace[place].view(dy.rows, width: site.rank)
    compute.products.weightGradient(
      dlowRank.view(dy.rows, width: site.rank), x,
      into: MatrixView(gradient + site.offsetA, rows: site.rank, width: site.inputSize))
    for module in site.modules {
      compute.products.weightGradient(
        dy[columns: module.outputs], scaled[columns: module.ranks],
        into: MatrixView(gradient + module.offsetB, rows: module.outputSize, width: module.rank))
    }
  }
}

extension AdapterLayout.Module {
  /// Its columns among the low-rank numbers of its site.
  fileprivate var ranks: Range<Int> { rankOffset..<rankOffset + rank }
  /// Its columns among the output of its group.
  fileprivate var outputs: Range<Int> { outputOffset..<outputOffset + outputSize }
}
