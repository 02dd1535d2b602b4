import CNosceKernels
import Foundation

/// A frozen matrix [outputs, inputs] in the one form that forward products, input gradients and
/// generation all read.
///
/// It borrows its memory from a `PackedArena` or an `AdapterOperands`.
struct PackedMatrix {
  let outputs: Int
  let inputs: Int
  let precision: Precision
  let pointer: UnsafeMutableRawPointer

  static func byteCount(outputs: Int, inputs: Int, _ precision: Precision) -> Int {
    (nosce_packed_bytes(precision.type, outputs, inputs) + 63) / 64 * 64
  }

  /// Stores some rows, given as floats.
  func pack(first: Int, count: Int, from rows: UnsafePointer<Float>) {
    nosce_pack_rows(
      nosce_best_level(), precision.type, outputs, inputs, first, count, rows, inputs, pointer)
  }

  /// The rows with the given numbers, as floats.
  func unpack(_ numbers: [Int32], into rows: UnsafeMutablePointer<Float>) {
    nosce_unpack_rows(
      precision.type, outputs, inputs, numbers, numbers.count, pointer, rows, inputs)
  }
}

/// Memory for packed matrices: zero at first, at a fixed address, aligned to pages.
final class PackedArena {
  let byteCount: Int
  let pointer: UnsafeMutableRawPointer

  init(byteCount: Int) throws(EngineError) {
    self.byteCount = max(byteCount, 1)
    let flags = MAP_PRIVATE | MAP_ANON
    guard
      let memory = mmap(nil, self.byteCount, PROT_READ | PROT_WRITE, flags, -1, 0),
      memory != UnsafeMutableRawPointer(bitPattern: -1)
    else {
      throw EngineError(
        "found no memory for \(byteCount / 1_000_000) MB of weights; "
          + "allowed: a model that fits this machine")
    }
    pointer = memory
    #if os(Linux)
    // Products stream through gigabytes; large pages spare them most address look-ups.
    _ = madvise(memory, self.byteCount, Int32(MADV_HUGEPAGE))
    #endif
  }

  deinit { munmap(pointer, byteCount) }
}
