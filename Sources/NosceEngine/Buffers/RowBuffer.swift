/// Memory for a matrix whose width is known beforehand and whose number of rows is that of a batch.
///
/// The declaration is all that is needed to say how much so many rows would take.
protocol RowMemory: AnyObject {
  /// How many numbers a row has; 0 where what would be kept here is never needed.
  var width: Int { get set }

  /// Makes room; what was there is lost when the memory has to grow.
  func reserve(rows: Int)

  /// How many bytes it takes.
  var byteCount: Int { get }

  /// How many bytes it takes once so many rows are reserved for the first time.
  func byteCount(reserving rows: Int) -> Int

  /// The bytes of one row's numbers.
  var rowBytes: Int { get }
}

/// Memory for rows of floats.
final class RowBuffer: RowMemory {
  var width: Int
  private let numbers = Buffer<Float>()

  init(width: Int) { self.width = width }

  func reserve(rows: Int) { numbers.reserve(rows * width) }

  var pointer: UnsafeMutablePointer<Float> { numbers.pointer }

  /// The first rows, each of the whole width or of less, end to end.
  func view(_ rows: Int, width: Int? = nil) -> MatrixView {
    let width = width ?? self.width
    precondition(rows * width <= numbers.count, "rows that were reserved")
    return MatrixView(numbers.pointer, rows: rows, width: width)
  }

  var byteCount: Int { numbers.byteCount }
  var rowBytes: Int { width * MemoryLayout<Float>.stride }

  func byteCount(reserving rows: Int) -> Int { Buffer<Float>.byteCount(reserving: rows * width) }
}

/// Memory for rows that products read: floats, or bfloat16 numbers.
final class OperandBuffer: RowMemory {
  let precision: Precision
  var width: Int
  private let floats = Buffer<Float>()
  private let halves = Buffer<UInt16>()

  init(_ precision: Precision, width: Int) {
    self.precision = precision
    self.width = width
  }

  func reserve(rows: Int) {
    if precision == .float32 {
      floats.reserve(rows * width)
    } else {
      halves.reserve(rows * width)
    }
  }

  /// Makes room for so many rows and not one more.
  func reserveExactly(rows: Int) {
    if precision == .float32 {
      floats.reserveExactly(rows * width)
    } else {
      halves.reserveExactly(rows * width)
    }
  }

  /// The first rows, each of the whole width or of less, end to end.
  func view(_ rows: Int, width: Int? = nil) -> OperandView {
    let width = width ?? self.width
    precondition(rows * width <= count, "rows that were reserved")
    return OperandView(start, rows: rows, width: width)
  }

  private var count: Int { precision == .float32 ? floats.count : halves.count }

  private var start: Operand {
    precision == .float32
      ? Operand(floats.pointer)
      : Operand(UnsafeMutableRawPointer(halves.pointer), precision)
  }

  var byteCount: Int { floats.byteCount + halves.byteCount }
  var rowBytes: Int { width * precision.byteWidth }

  func byteCount(reserving rows: Int) -> Int {
    precision == .float32
      ? Buffer<Float>.byteCount(reserving: rows * width)
      : Buffer<UInt16>.byteCount(reserving: rows * width)
  }
}

extension [any RowMemory] {
  func reserve(rows: Int) { for buffer in self { buffer.reserve(rows: rows) } }

  var byteCount: Int { reduce(0) { $0 + $1.byteCount } }

  func byteCount(reserving rows: Int) -> Int {
    reduce(0) { $0 + $1.byteCount(reserving: rows) }
  }

  var rowBytes: Int { reduce(0) { $0 + $1.rowBytes } }
}
