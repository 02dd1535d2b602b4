/// One layer: what it computes, and where its weights lie.
final class PlacedLayer {
  let index: Int
  let shape: TransformerLayer
  let at: ParameterLayout.Layer

  var attention: Attention { shape.attention }
  var isParallel: Bool { shape.isParallel }

  init(index: Int, shape: TransformerLayer, at: ParameterLayout.Layer) {
    self.index = index
    self.shape = shape
    self.at = at
  }

  func linear(_ place: AdapterPlace) -> ParameterLayout.Linear {
    switch place {
    case .queryKeyValue: at.queryKeyValue
    case .attentionOutput: at.attentionOutput
    case .feedForwardInput: at.feedForwardInput
    case .feedForwardOutput: at.feedForwardOutput
    }
  }

  /// The norm of what a part of the layer adds to the residual stream.
  func outputNorm(_ place: AdapterPlace) -> ParameterLayout.PlacedNorm? {
    place == .attentionOutput ? at.attentionOutputNorm : at.feedForwardOutputNorm
  }
}
