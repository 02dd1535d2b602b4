import CNosceKernels

/// What the operations of one pass compute with: threads, instructions, and the number format of
/// products. It belongs to one pass, and so to one thread at a time.
final class Compute {
  let level = nosce_best_level()
  let precision: Precision
  let team: Team
  /// oneDNN's products, and the first status that was no success.
  var products = Products()
  private let hidden: Int

  init(hidden: Int, precision: Precision, team: Team) {
    self.hidden = hidden
    self.precision = precision
    self.team = team
  }

  /// Shares out rows of about the model's width among the team.
  func split(_ rows: Int, _ body: (Range<Int>) -> Void) {
    // Fewer are done before others could be told of them.
    team.split(rows, isSmall: rows * hidden < 8192, body)
  }

  /// Floats as a product's operand: themselves, or rounded into `buffer`.
  func operand(_ floats: MatrixView, roundedInto buffer: OperandBuffer) -> OperandView {
    guard precision == .bfloat16 else { return OperandView(floats) }
    let operand = buffer.view(floats.rows, width: floats.width)
    split(floats.rows) { range in
      let part = floats[rows: range]
      nosce_to_bfloat16(
        level, part.count, part.pointer,
        operand[rows: range].pointer.assumingMemoryBound(to: UInt16.self))
    }
    return operand
  }
}

/// What a pass reads beside its batch, and where the gradients of what learns are added.
struct PassParameters {
  /// Every weight, an adapter's factors, or both.
  struct Gradients {
    var weights: UnsafeMutablePointer<Float>?
    var adapter: UnsafeMutablePointer<Float>?
  }

  let weights: Weights
  var adapters: [AdapterSpan] = []
  var gradients = Gradients()

  /// The adapter of a training pass, which has one for all rows.
  var adapter: AdapterOperands? { adapters.first?.operands }

  /// Whether anything that reads a linear group's input learns there.
  func learns(_ layer: PlacedLayer, _ place: AdapterPlace) -> Bool {
    gradients.weights != nil || adapter?.site(layer.index, place) != nil
  }

  /// Where the gradient of a vector of the layout is added.
  func gradient(_ vector: ParameterLayout.Vector?) -> UnsafeMutablePointer<Float>? {
    guard let vector else { return nil }
    return gradients.weights.map { $0 + vector.offset }
  }
}

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
