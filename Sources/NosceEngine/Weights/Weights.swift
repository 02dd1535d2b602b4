import CNosceKernels

/// A matrix in one of the forms that products read.
enum MatrixOperand {
  /// (out, in), row-major, of a model that is being trained as a whole.
  case plain(OperandView)
  case packed(PackedMatrix)
}

/// A borrowed view of a model's weights.
struct Weights {
  /// Norms, biases and positions, as the layout places them.
  let vectors: UnsafeMutablePointer<Float>
  private let form: Form

  private enum Form {
    case plain(floats: UnsafeMutablePointer<Float>, operands: Operand)
    case packed([PackedMatrix], embedding: OperandView?)
  }

  /// Row-major weights that change from step to step.
  init(floats: Buffer<Float>, halves: Buffer<UInt16>?, vectors: Buffer<Float>) {
    self.vectors = vectors.pointer
    let operands =
      halves.map { Operand(UnsafeMutableRawPointer($0.pointer), .bfloat16) }
      ?? Operand(UnsafeMutableRawPointer(floats.pointer), .float32)
    form = .plain(floats: floats.pointer, operands: operands)
  }

  /// Frozen weights; `embedding`, (vocabulary, hidden), is nil where the head's rows are the embedding's.
  init(packed: [PackedMatrix], embedding: OperandView?, vectors: UnsafeMutablePointer<Float>) {
    self.vectors = vectors
    form = .packed(packed, embedding: embedding)
  }

  func matrix(_ matrix: ParameterLayout.Matrix) -> MatrixOperand {
    switch form {
    case .plain(_, let operands):
      .plain(
        OperandView(operands.at(matrix.offset), rows: matrix.outputs, width: matrix.inputs))
    case .packed(let matrices, _): .packed(matrices[matrix.index])
    }
  }

  func vector(_ vector: ParameterLayout.Vector) -> UnsafeMutablePointer<Float> {
    vectors + vector.place
  }

  /// target[r] = the embedding of tokens[r].
  func embed(
    _ tokens: [Int32], layout: ParameterLayout, width: Int,
    into target: UnsafeMutablePointer<Float>
  ) {
    switch form {
    case .plain(let floats, _):
      nosce_embedding_gather(
        tokens.count, width, floats + layout.embedding.offset, tokens, target)
    case .packed(let matrices, nil):
      matrices[layout.head.index].unpack(tokens, into: target)
    case .packed(_, let table?):
      for (row, token) in tokens.enumerated() {
        let from = table[rows: Int(token)..<Int(token) + 1].pointer
        let type: TensorType = table.precision == .float32 ? .float32 : .bfloat16
        type.widen(from, width, into: target + row * width)
      }
    }
  }
}
