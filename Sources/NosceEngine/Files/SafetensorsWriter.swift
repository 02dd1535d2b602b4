import Foundation
import NosceCore
import NosceFormats

/// A tensor to be written: its values are given in single precision, in row-major order.
package struct NamedTensor: Sendable {
  package enum ElementType: Sendable { case float32, bfloat16 }

  package let name: String
  package let shape: [Int]
  package let values: [Float]
  package let storage: ElementType

  package init(name: String, shape: [Int], values: [Float], storage: ElementType = .float32) {
    precondition(shape.reduce(1, *) == values.count, "\(name): \(values.count) values for \(shape)")
    self.name = name
    self.shape = shape
    self.values = values
    self.storage = storage
  }
}

/// Writes safetensors files; the same tensors give the same bytes.
package enum SafetensorsWriter {
  /// Writes the file beside its place and renames it, so that a reader never sees half of it.
  ///
  /// Wider types come first, then names in byte order, whatever the order of `tensors`.
  package static func write(
    _ tensors: [NamedTensor], metadata: [String: String] = ["format": "pt"], to url: URL
  ) throws {
    let sorted = tensors.sorted { left, right in
      if left.width != right.width { return left.width > right.width }
      return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
    for (one, next) in zip(sorted, sorted.dropFirst()) where one.name == next.name {
      throw CheckpointError(
        file: url.path, found: "two tensors with the name \(one.name)", allowed: "distinct names")
    }
    let header = header(sorted, metadata)
    var output = try AtomicFile(replacing: url)
    try output.write(withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) })
    try output.write(header)
    for tensor in sorted {
      try output.write(tensor.bytes)
    }
    try output.commit()
  }

  private static func header(_ tensors: [NamedTensor], _ metadata: [String: String]) -> [UInt8] {
    var members: [(key: String, value: JSON)] = []
    if !metadata.isEmpty {
      let entries = metadata.sorted { $0.key < $1.key }
      members.append(("__metadata__", .object(entries.map { ($0.key, .string($0.value)) })))
    }
    var offset = 0
    for tensor in tensors {
      let end = offset + tensor.values.count * tensor.width
      members.append(
        (
          tensor.name,
          .object([
            ("dtype", .string(tensor.storage == .float32 ? "F32" : "BF16")),
            ("shape", .array(tensor.shape.map { .integer($0) })),
            ("data_offsets", .array([.integer(offset), .integer(end)])),
          ])
        ))
      offset = end
    }
    var bytes = Array(JSON.object(members).text(indent: 0).utf8)
    // Padding lets a reader map the data with the alignment of its widest type.
    while bytes.count % 8 != 0 { bytes.append(UInt8(ascii: " ")) }
    return bytes
  }
}

extension NamedTensor {
  fileprivate var width: Int { storage == .float32 ? 4 : 2 }

  fileprivate var bytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: values.count * width) { output, count in
      count = values.count * width
      let raw = UnsafeMutableRawBufferPointer(output)
      for (index, value) in values.enumerated() {
        if storage == .float32 {
          raw.storeBytes(
            of: value.bitPattern.littleEndian, toByteOffset: index * 4, as: UInt32.self)
        } else {
          raw.storeBytes(
            of: brainBits(value).littleEndian, toByteOffset: index * 2, as: UInt16.self)
        }
      }
    }
  }
}
