import CNosceKernels
import Foundation
import NosceFormats

/// The numbers of a GGUF tensor, widened to floats.
package enum GGUFBlocks {
  /// The types that are read: plain numbers, and the quantised ones of ggml's first two generations.
  package static let readable: [GGUFTensorType] = [
    .f32, .f16, .bf16, .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .q2_K, .q3_K, .q4_K, .q5_K, .q6_K,
  ]

  /// Plain numbers, as the other kind of file has them too.
  private static func plain(_ type: GGUFTensorType) -> TensorType? {
    switch type {
    case .f32: .float32
    case .f16: .float16
    case .bf16: .bfloat16
    default: nil
    }
  }

  /// Refuses a tensor whose numbers are not read.
  static func require(_ tensor: GGUFTensor, in file: GGUFFile) throws(CheckpointError) {
    guard readable.contains(tensor.type) else {
      throw CheckpointError(
        file: file.files[tensor.part].url.path,
        found: "the tensor \(tensor.name) of type \(tensor.type.name)",
        allowed: "weights of type " + readable.map(\.name).joined(separator: ", "))
    }
  }

  /// Widens `count` stored numbers of a readable type, which begin with a block.
  static func widen(
    _ type: GGUFTensorType, _ source: UnsafeRawPointer, _ count: Int,
    into target: UnsafeMutablePointer<Float>
  ) {
    if let plain = plain(type) { return plain.widen(source, count, into: target) }
    let isKnown = nosce_widen_blocks(type.rawValue, count, source, target)
    precondition(isKnown, "the type was checked when the file was opened")
  }

  /// The first number of a tensor that is infinite or none, in words that name file and tensor; nil
  /// where all are finite, or of a type that is not read.
  package static func unfinite(_ tensor: GGUFTensor, in file: GGUFFile) throws -> String? {
    guard readable.contains(tensor.type) else { return nil }
    defer { file.releasePages(of: tensor) }
    let block = tensor.type.block
    // As many whole blocks at a time as fit a processor's nearest memory.
    let step = 4096 / block.numbers * block.numbers
    let scratch = Buffer<Float>(count: step)
    return try file.withBytes(of: tensor) { bytes in
      guard let source = bytes.baseAddress else { return nil }
      for first in stride(from: 0, to: tensor.count, by: step) {
        let count = min(step, tensor.count - first)
        let from = source + first / block.numbers * block.bytes
        widen(tensor.type, from, count, into: scratch.pointer)
        guard let place = UnsafePointer(scratch.pointer).firstUnfinite(count) else { continue }
        return "\(file.files[tensor.part].url.path): found \(scratch.pointer[place].word) in the "
          + "tensor \(tensor.name), number \(first + place + 1) of \(tensor.count); "
          + "allowed: finite numbers"
      }
      return nil
    }
  }

  /// All numbers of a tensor, row by row.
  package static func floats(of tensor: GGUFTensor, in file: GGUFFile) throws -> [Float] {
    try require(tensor, in: file)
    return try file.withBytes(of: tensor) { bytes in
      [Float](unsafeUninitializedCapacity: tensor.count) { output, count in
        guard let source = bytes.baseAddress, let target = output.baseAddress else { return }
        count = tensor.count
        widen(tensor.type, source, count, into: target)
      }
    }
  }
}
