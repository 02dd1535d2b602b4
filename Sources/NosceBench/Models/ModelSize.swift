import NosceEngine

/// The sizes of a decoder-only transformer on which its cost depends.
package struct ModelSize: Sendable, Equatable {
  package var layers: Int
  package var hidden: Int
  package var heads: Int
  package var keyValueHeads: Int
  package var headSize: Int
  package var feedForward: Int
  package var vocabulary: Int

  package init(
    layers: Int, hidden: Int, heads: Int, keyValueHeads: Int, headSize: Int, feedForward: Int,
    vocabulary: Int
  ) {
    self.layers = layers
    self.hidden = hidden
    self.heads = heads
    self.keyValueHeads = keyValueHeads
    self.headSize = headSize
    self.feedForward = feedForward
    self.vocabulary = vocabulary
  }

  package init(_ configuration: ModelConfiguration) {
    self.init(
      layers: configuration.layerCount, hidden: configuration.hiddenSize,
      heads: configuration.headCount, keyValueHeads: configuration.keyValueHeadCount,
      headSize: configuration.headDimension, feedForward: configuration.intermediateSize,
      vocabulary: configuration.vocabularySize)
  }

  /// The width of a token's queries, and of its keys.
  package var queryWidth: Int { heads * headSize }
  package var keyWidth: Int { keyValueHeads * headSize }
}
