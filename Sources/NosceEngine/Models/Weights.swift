import CNosceKernels

/// A borrowed view of a model's weights: as floats, and in the form that products read.
struct Weights {
  let floats: UnsafeMutablePointer<Float>
  private let operands: Operand

  init(floats: Buffer<Float>, halves: Buffer<UInt16>?) {
    self.floats = floats.pointer
    if let halves {
      operands = Operand(pointer: UnsafeMutableRawPointer(halves.pointer), precision: .bfloat16)
    } else {
      operands = Operand(pointer: UnsafeMutableRawPointer(floats.pointer), precision: .float32)
    }
  }

  var precision: Precision { operands.precision }

  func matrix(_ offset: Int) -> Operand { operands.at(offset) }
}

/// The sizes that every layer shares.
struct ModelShape: Sendable {
  let vocabulary, hidden, feedForward, layers, heads, keyValueHeads, headSize: Int
  let epsilon: Float
  /// The width of the queries, of the keys, and of a row [queries | keys | values].
  let queryWidth, keyWidth, fusedWidth: Int

  init(_ configuration: ModelConfiguration) {
    vocabulary = configuration.vocabularySize
    hidden = configuration.hiddenSize
    feedForward = configuration.intermediateSize
    layers = configuration.layerCount
    heads = configuration.headCount
    keyValueHeads = configuration.keyValueHeadCount
    headSize = configuration.headDimension
    epsilon = Float(configuration.normEpsilon)
    queryWidth = heads * headSize
    keyWidth = keyValueHeads * headSize
    fusedWidth = queryWidth + 2 * keyWidth
  }
}
