/// Where each weight of a model lies, in one long array of floats and in its packed form.
///
/// Modules that read the same input follow one another, so that each group is one matrix product.
/// Other tensors start at multiples of 16 floats.
package struct ParameterLayout: Sendable {
  /// A tensor of the checkpoint.
  package struct Tensor: Sendable {
    /// The Hugging Face name.
    package let name: String
    /// As the checkpoint stores it.
    package let shape: [Int]
    package let offset: Int
    package let storage: LinearModule.WeightOrder
    package var count: Int { shape.reduce(1, *) }
    package var isMatrix: Bool { shape.count > 1 }
  }

  /// A matrix [outputs, inputs] that products read.
  struct Matrix: Sendable {
    /// Its number among all matrices.
    let index: Int
    let offset: Int
    let outputs: Int
    let inputs: Int
    /// The tensors whose rows it consists of.
    let tensors: Range<Int>
  }

  /// Numbers that are read one by one: a norm's weights, biases, a table of positions.
  struct Vector: Sendable {
    let offset: Int
    /// Where it starts among all vectors.
    let place: Int
    let tensors: Range<Int>
    /// What is added to the stored numbers: 1 for norms that multiply by 1 + w.
    let shift: Float
  }

  struct Linear: Sendable {
    let matrix: Matrix
    let bias: Vector?
  }

  struct PlacedNorm: Sendable {
    let weight: Vector
    let bias: Vector?
    let epsilon: Float
  }

  struct Layer: Sendable {
    let inputNorm: PlacedNorm?
    let queryKeyValue: Linear
    let queryNorm: PlacedNorm?
    let keyNorm: PlacedNorm?
    let attentionOutput: Linear
    let attentionOutputNorm: PlacedNorm?
    let feedForwardNorm: PlacedNorm?
    let feedForwardInput: Linear
    let feedForwardOutput: Linear
    let feedForwardOutputNorm: PlacedNorm?
  }

  package private(set) var tensors: [Tensor] = []
  /// The length of the long array.
  package private(set) var count = 0
  private(set) var matrices: [Matrix] = []
  private(set) var vectors: [Vector] = []
  /// How many floats all vectors take together.
  private(set) var vectorCount = 0
  private(set) var layers: [Layer] = []
  private(set) var finalNorm: PlacedNorm
  /// The table of token vectors, [vocabulary, hidden]; the number of its tensor and its offset.
  let embedding: (tensor: Int, offset: Int)
  private(set) var positions: Vector?
  /// A tied model's head lies where its embedding lies.
  private(set) var head: Matrix

  package init(_ configuration: ModelConfiguration) {
    var builder = LayoutBuilder()
    let table = [configuration.vocabularySize, configuration.hiddenSize]
    embedding = builder.table(configuration.embedding.path, shape: table)
    if let path = configuration.embedding.positionsPath {
      positions = builder.vector(
        path, suffix: ".weight", shape: [configuration.maximumPositions, configuration.hiddenSize])
    }
    let hidden = configuration.hiddenSize
    for layer in configuration.layers {
      let attention = layer.attention
      let queries = attention.normsWholeWidth ? attention.queryWidth : attention.headSize
      let keys = attention.normsWholeWidth ? attention.keyWidth : attention.headSize
      let inputNorm = builder.optional(layer.inputNorm, hidden)
      let queryKeyValue = builder.linear(attention.input)
      let queryNorm = builder.optional(attention.queryNorm, queries)
      let keyNorm = builder.optional(attention.keyNorm, keys)
      let attentionOutput = builder.linear(attention.output)
      let attentionOutputNorm = builder.optional(layer.attentionOutputNorm, hidden)
      let feedForwardNorm = builder.optional(layer.feedForwardNorm, hidden)
      let feedForwardInput = builder.linear(layer.feedForward.input)
      let feedForwardOutput = builder.linear(layer.feedForward.output)
      layers.append(
        Layer(
          inputNorm: inputNorm, queryKeyValue: queryKeyValue, queryNorm: queryNorm,
          keyNorm: keyNorm, attentionOutput: attentionOutput,
          attentionOutputNorm: attentionOutputNorm, feedForwardNorm: feedForwardNorm,
          feedForwardInput: feedForwardInput, feedForwardOutput: feedForwardOutput,
          feedForwardOutputNorm: builder.optional(layer.feedForwardOutputNorm, hidden)))
    }
    finalNorm = builder.norm(configuration.finalNorm, hidden)
    if let path = configuration.headPath {
      head =
        builder.linear(
          LinearGroup(
            inputs: hidden,
            modules: [LinearModule(path: path, outputs: configuration.vocabularySize)])
        ).matrix
    } else {
      head = builder.matrix(
        offset: embedding.offset, outputs: table[0], inputs: table[1],
        tensors: embedding.tensor..<embedding.tensor + 1)
    }
    (tensors, matrices, vectors) = (builder.tensors, builder.matrices, builder.vectors)
    vectorCount = builder.vectorCount
    count = (builder.end + 15) / 16 * 16
  }

  package func tensor(named name: String) -> Tensor? { tensors.first { $0.name == name } }
}

/// Lays one tensor behind the other.
private struct LayoutBuilder {
  var tensors: [ParameterLayout.Tensor] = []
  var matrices: [ParameterLayout.Matrix] = []
  var vectors: [ParameterLayout.Vector] = []
  var vectorCount = 0
  var end = 0

  private mutating func align() { end = (end + 15) / 16 * 16 }

  private mutating func append(
    _ name: String, _ shape: [Int], storage: LinearModule.WeightOrder = .rows
  ) {
    tensors.append(
      ParameterLayout.Tensor(name: name, shape: shape, offset: end, storage: storage))
    end += shape.reduce(1, *)
  }

  mutating func table(_ path: String, shape: [Int]) -> (tensor: Int, offset: Int) {
    align()
    append(path + ".weight", shape)
    return (tensors.count - 1, tensors[tensors.count - 1].offset)
  }

  mutating func matrix(
    offset: Int, outputs: Int, inputs: Int, tensors: Range<Int>
  ) -> ParameterLayout.Matrix {
    matrices.append(
      ParameterLayout.Matrix(
        index: matrices.count, offset: offset, outputs: outputs, inputs: inputs, tensors: tensors))
    return matrices[matrices.count - 1]
  }

  mutating func linear(_ group: LinearGroup) -> ParameterLayout.Linear {
    align()
    let (offset, first) = (end, tensors.count)
    for module in group.modules {
      let shape =
        module.storage == .columns
        ? [group.inputs, module.outputs] : [module.outputs, group.inputs]
      append(module.path + ".weight", shape, storage: module.storage)
    }
    let matrix = matrix(
      offset: offset, outputs: group.outputs, inputs: group.inputs, tensors: first..<tensors.count)
    guard group.hasBias else { return ParameterLayout.Linear(matrix: matrix, bias: nil) }
    return ParameterLayout.Linear(
      matrix: matrix,
      bias: vector(
        group.modules.map { ($0.path + ".bias", [$0.outputs], $0.storage) }, shift: 0))
  }

  mutating func norm(_ norm: Norm, _ width: Int) -> ParameterLayout.PlacedNorm {
    let shift: Float = norm.kind == .rootMeanSquareFromOne ? 1 : 0
    let weight = vector([(norm.path + ".weight", [width], .rows)], shift: shift)
    let bias = norm.hasBias ? vector([(norm.path + ".bias", [width], .rows)], shift: 0) : nil
    return ParameterLayout.PlacedNorm(weight: weight, bias: bias, epsilon: Float(norm.epsilon))
  }

  mutating func optional(_ norm: Norm?, _ width: Int) -> ParameterLayout.PlacedNorm? {
    guard let norm else { return nil }
    return self.norm(norm, width)
  }

  mutating func vector(_ path: String, suffix: String, shape: [Int]) -> ParameterLayout.Vector {
    vector([(path + suffix, shape, .rows)], shift: 0)
  }

  private mutating func vector(
    _ parts: [(name: String, shape: [Int], storage: LinearModule.WeightOrder)], shift: Float
  ) -> ParameterLayout.Vector {
    align()
    let (offset, first, place) = (end, tensors.count, vectorCount)
    for part in parts { append(part.name, part.shape, storage: part.storage) }
    vectorCount += (end - offset + 15) / 16 * 16
    vectors.append(
      ParameterLayout.Vector(
        offset: offset, place: place, tensors: first..<tensors.count, shift: shift))
    return vectors[vectors.count - 1]
  }
}
