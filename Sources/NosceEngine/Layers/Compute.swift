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
