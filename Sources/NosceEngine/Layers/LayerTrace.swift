/// What one layer's forward pass leaves behind for its backward pass, operation by operation.
///
/// A pass that only asks has one for all layers.
final class LayerTrace {
  let stream: ResidualStream.Trace
  let inputNorm: PreNorm.Trace
  let headNorm: HeadNorm.Trace
  let attention: SelfAttention.Trace
  let attentionOutputNorm: PostNorm.Trace
  let feedForwardNorm: PreNorm.Trace
  let feedForward: FeedForwardActivation.Trace
  let feedForwardOutputNorm: PostNorm.Trace
  let linear: AdaptedLinear.Trace

  init(_ layer: TransformerLayer, hidden: Int, _ precision: Precision) {
    stream = ResidualStream.Trace(hidden: hidden)
    inputNorm = PreNorm.Trace(layer.inputNorm, hidden: hidden, precision)
    headNorm = HeadNorm.Trace(layer.attention)
    attention = SelfAttention.Trace(layer.attention, precision)
    attentionOutputNorm = PostNorm.Trace(layer.attentionOutputNorm, hidden: hidden)
    feedForwardNorm = PreNorm.Trace(layer.feedForwardNorm, hidden: hidden, precision)
    feedForward = FeedForwardActivation.Trace(layer.feedForward)
    feedForwardOutputNorm = PostNorm.Trace(layer.feedForwardOutputNorm, hidden: hidden)
    linear = AdaptedLinear.Trace(precision)
  }

  /// Of what a part of the layer adds to the residual stream.
  func outputNorm(_ place: AdapterPlace) -> PostNorm.Trace {
    place == .attentionOutput ? attentionOutputNorm : feedForwardOutputNorm
  }

  private(set) lazy var buffers: [any RowMemory] = matrices + statistics + linear.scaled

  /// Those of about the model's width.
  var matrices: [any RowMemory] {
    [
      stream.input, stream.middle, inputNorm.output, attention.fused, headNorm.unnormed,
      attention.output, attention.roundedOutput, attentionOutputNorm.result,
      feedForwardNorm.output, feedForward.input, feedForwardOutputNorm.result,
    ]
  }

  /// Those of a number or a few for each row.
  private var statistics: [any RowMemory] {
    inputNorm.statistics + headNorm.statistics + feedForwardNorm.statistics
      + [attention.logSums, attentionOutputNorm.inverse, feedForwardOutputNorm.inverse]
  }
}
