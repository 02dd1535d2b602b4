import CNosceKernels

/// A matrix in the form in which products read it: floats, or bfloat16 numbers.
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

/// Memory for an operand of either precision.
final class OperandBuffer {
  let precision: Precision
  private let floats = Buffer<Float>()
  private let halves = Buffer<UInt16>()

  init(_ precision: Precision) { self.precision = precision }

  /// Makes room for `count` numbers and not one more.
  func reserveExactly(_ count: Int) {
    if precision == .float32 { floats.reserveExactly(count) } else { halves.reserveExactly(count) }
  }

  func reserve(_ count: Int) {
    if precision == .float32 { floats.reserve(count) } else { halves.reserve(count) }
  }

  var operand: Operand {
    precision == .float32
      ? Operand(floats.pointer)
      : Operand(UnsafeMutableRawPointer(halves.pointer), precision)
  }
}

/// Matrix products on row-major operands. Each returns without a result when oneDNN refuses, and
/// the status is kept: a pass checks it once at its end.
struct Products {
  let level = nosce_best_level()
  private(set) var status: Int32 = 0

  /// output[rows, out] (+)= x[rows, in] · weight[out, in]ᵀ
  mutating func forward(
    rows: Int, input: Int, output: Int, x: Operand, ldX: Int, weight: Operand, ldWeight: Int,
    into y: UnsafeMutablePointer<Float>, ldY: Int, adding: Bool
  ) {
    note(
      nosce_matmul(
        x.precision.type, false, true, rows, output, input, x.pointer, ldX, weight.pointer,
        ldWeight, adding, y, ldY))
  }

  /// dx[rows, in] (+)= dy[rows, out] · weight[out, in]
  mutating func inputGradient(
    rows: Int, input: Int, output: Int, dy: Operand, ldDy: Int, weight: Operand, ldWeight: Int,
    into dx: UnsafeMutablePointer<Float>, ldDx: Int, adding: Bool
  ) {
    note(
      nosce_matmul(
        dy.precision.type, false, false, rows, input, output, dy.pointer, ldDy, weight.pointer,
        ldWeight, adding, dx, ldDx))
  }

  /// dweight[out, in] += dy[rows, out]ᵀ · x[rows, in]
  mutating func weightGradient(
    rows: Int, input: Int, output: Int, dy: Operand, ldDy: Int, x: Operand, ldX: Int,
    into dweight: UnsafeMutablePointer<Float>
  ) {
    note(
      nosce_matmul(
        dy.precision.type, true, false, output, input, rows, dy.pointer, ldDy, x.pointer, ldX, true,
        dweight, input))
  }

  mutating func note(_ result: Int32) { if result != 0 { status = result } }

  func check() throws(EngineError) {
    guard status == 0 else {
      throw EngineError("oneDNN \(dnnlVersion) refused a matrix product with status \(status)")
    }
  }
}

package var dnnlVersion: String { String(cString: nosce_dnnl_version()) }
