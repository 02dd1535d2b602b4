/// The operations that a pass consists of, each with the memory that all layers share.
final class PassOperations {
  let compute: Compute
  let layers: [PlacedLayer]
  let stream: ResidualStream
  let embedding: TokenEmbedding
  let preNorm: PreNorm
  let products: LinearProducts
  let linear: AdaptedLinear
  let headNorm: HeadNorm
  let rotary: RotaryEmbedding
  let attention: SelfAttention
  let activation: FeedForwardActivation
  let postNorm: PostNorm
  let head: OutputHead
  /// Those that gradients of inputs go through.
  let matrices: [ParameterLayout.Matrix]
  /// What a forward pass needs beside its traces and the head.
  let forwardBuffers: [any RowMemory]
  /// What a backward pass needs besides.
  let backwardBuffers: [any RowMemory]

  init(
    _ compute: Compute, _ configuration: ModelConfiguration, _ layout: ParameterLayout,
    _ rotaries: [RotaryTable], _ traces: [LayerTrace]
  ) {
    self.compute = compute
    layers = zip(configuration.layers, layout.layers).enumerated().map { index, layer in
      PlacedLayer(index: index, shape: layer.0, at: layer.1)
    }
    stream = ResidualStream(compute, configuration, traces.map(\.stream))
    embedding = TokenEmbedding(compute, configuration, layout)
    preNorm = PreNorm(compute, hidden: configuration.hiddenSize)
    products = LinearProducts(compute, configuration)
    linear = AdaptedLinear(compute, products)
    headNorm = HeadNorm(compute)
    rotary = RotaryEmbedding(compute, rotaries)
    attention = SelfAttention(compute, configuration)
    activation = FeedForwardActivation(compute, configuration)
    postNorm = PostNorm(compute, configuration)
    head = OutputHead(compute, configuration, layout, preNorm, products)
    matrices = layout.matrices
    forwardBuffers =
      stream.forwardBuffers + linear.forwardBuffers + rotary.forwardBuffers
      + activation.forwardBuffers
    backwardBuffers =
      stream.backwardBuffers + products.backwardBuffers + linear.backwardBuffers
      + attention.backwardBuffers + activation.backwardBuffers + postNorm.backwardBuffers
  }

  /// target = residual + [output norm] (x Wᵀ), where a part of a layer ends.
  ///
  /// Without a norm, `target` holds the residual already: the norm before the part has copied it.
  ///
  /// - Parameters:
  ///   - x: (rows, in)
  ///   - residual: (rows, hidden)
  ///   - target: (rows, hidden)
  func addResult(
    _ place: AdapterPlace, _ x: OperandView, _ layer: PlacedLayer, _ trace: LayerTrace,
    to residual: MatrixView, into target: MatrixView, _ parameters: PassParameters
  ) {
    guard let norm = layer.outputNorm(place) else {
      linear.forward(trace.linear, layer, place, x, into: target, adding: true, parameters)
      return
    }
    let normTrace = trace.outputNorm(place)
    linear.forward(
      trace.linear, layer, place, x, into: normTrace.result.view(x.rows), parameters)
    postNorm.forward(
      normTrace, norm, residual: residual, into: target, parameters.weights)
  }

  /// The gradient of x Wᵀ: that of the layer's output, or what the output norm makes of it.
  ///
  /// - Parameter dy: (rows, hidden)
  /// - Returns: (rows, hidden)
  func resultGradient(
    _ place: AdapterPlace, _ layer: PlacedLayer, _ trace: LayerTrace, _ dy: MatrixView,
    _ parameters: PassParameters
  ) -> OperandView {
    guard let norm = layer.outputNorm(place) else { return stream.operand(dy) }
    return postNorm.backward(trace.outputNorm(place), norm, doutput: dy, parameters)
  }
}
