import CNosceKernels

/// Where numbers begin that products read, and what they are: floats, or bfloat16 numbers.
struct Operand {
  let pointer: UnsafeMutableRawPointer
  let precision: Precision

  init(_ pointer: UnsafeMutableRawPointer, _ precision: Precision) {
    self.pointer = pointer
    self.precision = precision
  }

  init(_ floats: UnsafeMutablePointer<Float>) {
    self.init(UnsafeMutableRawPointer(floats), .float32)
  }

  /// The operand that starts `elements` further on.
  func at(_ elements: Int) -> Operand {
    Operand(pointer + elements * precision.byteWidth, precision)
  }
}

/// Products of row-major matrices through oneDNN. Each returns without a result when oneDNN refuses,
/// and the status is kept: a pass checks it once at its end.
struct Products {
  private(set) var status: Int32 = 0

  /// y (rows, out) (+)= x (rows, in) · weight (out, in)ᵀ
  mutating func forward(
    _ x: OperandView, weight: OperandView, into y: MatrixView, adding: Bool
  ) {
    note(
      nosce_matmul(
        x.precision.type, false, true, x.rows, weight.rows, weight.width, x.pointer, x.ld,
        weight.pointer, weight.ld, adding, y.pointer, y.ld))
  }

  /// dx (rows, in) (+)= dy (rows, out) · weight (out, in)
  mutating func inputGradient(
    _ dy: OperandView, weight: OperandView, into dx: MatrixView, adding: Bool
  ) {
    note(
      nosce_matmul(
        dy.precision.type, false, false, dy.rows, weight.width, weight.rows, dy.pointer, dy.ld,
        weight.pointer, weight.ld, adding, dx.pointer, dx.ld))
  }

  /// dweight (out, in) += dy (rows, out)ᵀ · x (rows, in)
  mutating func weightGradient(_ dy: OperandView, _ x: OperandView, into dweight: MatrixView) {
    note(
      nosce_matmul(
        dy.precision.type, true, false, dweight.rows, dweight.width, dy.rows, dy.pointer, dy.ld,
        x.pointer, x.ld, true, dweight.pointer, dweight.ld))
  }

  mutating func note(_ result: Int32) { if result != 0 { status = result } }

  func check() throws(EngineError) {
    guard status == 0 else {
      throw EngineError("oneDNN \(dnnlVersion) refused a matrix product with status \(status)")
    }
  }
}

package var dnnlVersion: String { String(cString: nosce_dnnl_version()) }
