import Foundation
import NosceFormats

/// A safetensors file, memory-mapped; tensors are read only when asked for.
///
/// ```swift
/// let file = try SafetensorsFile(contentsOf: url)
/// let weights = try file.floats("model.norm.weight")
/// ```
package struct SafetensorsFile: Sendable {
  private let mapping: MappedFile
  private let records: [String: TensorRecord]
  /// In the order of the data.
  package let names: [String]
  package let metadata: [String: String]

  package init(contentsOf url: URL) throws(CheckpointError) {
    let mapping = try MappedFile(url: url)
    let header = try mapping.withBytes { (bytes) throws(CheckpointError) in
      try SafetensorsHeader(bytes: bytes, file: url.path)
    }
    try mapping.checkWhole()
    var records: [String: TensorRecord] = [:]
    for tensor in header.tensors {
      guard records.updateValue(tensor, forKey: tensor.name) == nil else {
        throw CheckpointError(
          file: url.path, found: "two tensors with the name \(tensor.name)",
          allowed: "names that differ in more than their Unicode form")
      }
    }
    self.mapping = mapping
    self.records = records
    self.names = header.tensors.map(\.name)
    self.metadata = header.metadata
  }

  package var url: URL { mapping.url }

  package func contains(_ name: String) -> Bool { records[name] != nil }

  package func record(of name: String) throws(CheckpointError) -> TensorRecord {
    guard let record = records[name] else {
      throw CheckpointError(
        file: url.path, found: "no tensor \(name)",
        allowed: names.count <= 8 ? names.joined(separator: ", ") : "one of \(names.count) others")
    }
    return record
  }

  package func shape(of name: String) throws(CheckpointError) -> [Int] {
    try record(of: name).shape
  }

  package func dtype(of name: String) throws(CheckpointError) -> TensorType {
    try record(of: name).type
  }

  /// The values of a float tensor in row-major order, widened to single precision.
  package func floats(_ name: String) throws(CheckpointError) -> [Float] {
    let record = try record(of: name)
    guard record.type.isReadable else {
      throw CheckpointError(
        file: url.path, found: "tensor \(name) of type \(record.type.rawValue)",
        allowed: "weights of type F32, F16 or BF16")
    }
    let values = mapping.withBytes { file in
      [Float](unsafeUninitializedCapacity: record.elementCount) { output, count in
        count = record.elementCount
        guard let source = file.baseAddress, let target = output.baseAddress else { return }
        record.type.widen(source + record.range.lowerBound, count, into: target)
      }
    }
    try mapping.checkWhole()
    return values
  }

  /// Lends a tensor's bytes as stored (little-endian, possibly unaligned) to `body`.
  package func withBytes<Result>(
    of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    let record = try record(of: name)
    let result = try mapping.withBytes { file in
      try body(UnsafeRawBufferPointer(rebasing: file[record.range]))
    }
    try mapping.checkWhole()
    return result
  }

  /// Lets the system take back the memory of one tensor that was read.
  func releasePages(of name: String) {
    if let record = records[name] { mapping.releasePages(record.range) }
  }

  /// Lets the system take back the memory of what was read.
  package func releasePages() { mapping.releasePages() }
}
