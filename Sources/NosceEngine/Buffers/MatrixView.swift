/// A row-major matrix of floats in memory that somebody else owns.
struct MatrixView {
  let pointer: UnsafeMutablePointer<Float>
  let rows: Int
  let width: Int
  /// How many numbers lie between the beginnings of two rows.
  let ld: Int

  init(_ pointer: UnsafeMutablePointer<Float>, rows: Int, width: Int, ld: Int? = nil) {
    self.pointer = pointer
    self.rows = rows
    self.width = width
    self.ld = ld ?? width
  }

  /// The same memory with some of the rows.
  subscript(rows range: Range<Int>) -> MatrixView {
    MatrixView(pointer + range.lowerBound * ld, rows: range.count, width: width, ld: ld)
  }

  /// The same memory with some of the columns.
  subscript(columns range: Range<Int>) -> MatrixView {
    MatrixView(pointer + range.lowerBound, rows: rows, width: range.count, ld: ld)
  }

  func row(_ row: Int) -> UnsafeMutablePointer<Float> { pointer + row * ld }

  /// How many numbers there are where rows lie end to end.
  var count: Int {
    assert(ld == width)
    return rows * width
  }

  /// Takes over the numbers of a matrix of the same size; rows of both lie end to end.
  func copy(_ source: MatrixView) { pointer.update(from: source.pointer, count: source.count) }

  /// Sets rows that lie end to end to zero.
  func clear() { pointer.update(repeating: 0, count: count) }
}

/// A row-major matrix in the form in which products read it, in memory that somebody else owns.
struct OperandView {
  let start: Operand
  let rows: Int
  let width: Int
  /// How many numbers lie between the beginnings of two rows.
  let ld: Int

  init(_ start: Operand, rows: Int, width: Int, ld: Int? = nil) {
    self.start = start
    self.rows = rows
    self.width = width
    self.ld = ld ?? width
  }

  /// Floats as they are.
  init(_ floats: MatrixView) {
    self.init(
      Operand(floats.pointer), rows: floats.rows, width: floats.width, ld: floats.ld)
  }

  var pointer: UnsafeMutableRawPointer { start.pointer }
  var precision: Precision { start.precision }

  /// The same memory with some of the rows.
  subscript(rows range: Range<Int>) -> OperandView {
    OperandView(start.at(range.lowerBound * ld), rows: range.count, width: width, ld: ld)
  }

  /// The same memory with some of the columns.
  subscript(columns range: Range<Int>) -> OperandView {
    OperandView(start.at(range.lowerBound), rows: rows, width: range.count, ld: ld)
  }

  /// Sets rows that lie end to end to zero.
  func clear() {
    assert(ld == width)
    pointer.initializeMemory(
      as: UInt8.self, repeating: 0, count: rows * width * precision.byteWidth)
  }
}
