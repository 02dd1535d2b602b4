import Foundation
import NosceFormats

/// Writes GGUF files for tests: metadata of every type, and tensors whose bytes are given.
///
/// ```swift
/// var file = GGUFWriter()
/// file.set("general.architecture", .string("llama"))
/// file.set("tokenizer.ggml.tokens", .strings(["a", "b"]))
/// file.add("token_embd.weight", .f32, shape: [2, 4], bytes: GGUFWriter.bytes(of: numbers))
/// try file.write(to: url)
/// ```
///
/// It checks nothing, so that wrong files can be written as well: a key may stand twice, bytes may be
/// more or fewer than the shape asks for, and version, magic, alignment and offsets can be set.
package struct GGUFWriter: Sendable {
  /// A value with the type that it has in the file.
  package indirect enum Value: Sendable {
    case uint8(UInt8)
    case int8(Int8)
    case uint16(UInt16)
    case int16(Int16)
    case uint32(UInt32)
    case int32(Int32)
    case float32(Float)
    case bool(Bool)
    case string(String)
    case uint64(UInt64)
    case int64(Int64)
    case float64(Double)
    /// A text of any bytes.
    case text([UInt8])
    /// A list of values of one type; `of` is needed where it is empty.
    case array([Value], of: Int32? = nil)

    package static func strings(_ list: [String]) -> Value {
      .array(list.map { .string($0) }, of: 8)
    }
    package static func floats(_ list: [Float]) -> Value {
      .array(list.map { .float32($0) }, of: 6)
    }
    package static func int32s(_ list: [Int32]) -> Value { .array(list.map { .int32($0) }, of: 5) }
    package static func bools(_ list: [Bool]) -> Value { .array(list.map { .bool($0) }, of: 7) }
  }

  package struct Tensor: Sendable {
    package var name: String
    package var type: GGUFTensorType
    /// The slowest dimension first, as the engine has shapes.
    package var shape: [Int]
    package var bytes: [UInt8]
    /// Behind the tensor before it unless given.
    package var offset: UInt64?

    package init(
      name: String, type: GGUFTensorType, shape: [Int], bytes: [UInt8], offset: UInt64? = nil
    ) {
      self.name = name
      self.type = type
      self.shape = shape
      self.bytes = bytes
      self.offset = offset
    }
  }

  package var magic = Array("GGUF".utf8)
  package var version: UInt32 = 3
  /// What `general.alignment` says where it is set, which ``setAlignment(_:)`` does.
  package var alignment = 32
  package var metadata: [(key: String, value: Value)] = []
  package var tensors: [Tensor] = []

  package init() {}

  /// Puts a value in place of the one that the key has, or behind all others.
  package mutating func set(_ key: String, _ value: Value) {
    if let place = metadata.firstIndex(where: { $0.key == key }) {
      metadata[place].value = value
    } else {
      metadata.append((key, value))
    }
  }

  package mutating func remove(_ key: String) { metadata.removeAll { $0.key == key } }

  package mutating func setAlignment(_ alignment: Int) {
    self.alignment = alignment
    set("general.alignment", .uint32(UInt32(alignment)))
  }

  package mutating func add(
    _ name: String, _ type: GGUFTensorType, shape: [Int], bytes: [UInt8], offset: UInt64? = nil
  ) {
    tensors.append(Tensor(name: name, type: type, shape: shape, bytes: bytes, offset: offset))
  }

  /// Numbers as F32 tensors hold them.
  package static func bytes(of numbers: [Float]) -> [UInt8] {
    numbers.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
  }

  /// The whole file.
  package var bytes: [UInt8] {
    var output = magic
    append(version, to: &output)
    append(Int64(tensors.count), to: &output)
    append(Int64(metadata.count), to: &output)
    for (key, value) in metadata {
      append(text: Array(key.utf8), to: &output)
      append(value.type, to: &output)
      append(value, to: &output)
    }
    var next: UInt64 = 0
    for tensor in tensors {
      append(text: Array(tensor.name.utf8), to: &output)
      append(UInt32(tensor.shape.count), to: &output)
      for size in tensor.shape.reversed() { append(Int64(size), to: &output) }
      append(tensor.type.rawValue, to: &output)
      append(tensor.offset ?? next, to: &output)
      next += UInt64(padded(tensor.bytes.count))
    }
    for tensor in tensors {
      output.append(contentsOf: [UInt8](repeating: 0, count: padded(output.count) - output.count))
      output.append(contentsOf: tensor.bytes)
    }
    output.append(contentsOf: [UInt8](repeating: 0, count: padded(output.count) - output.count))
    return output
  }

  package func write(to url: URL) throws { try Data(bytes).write(to: url) }

  private func padded(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }

  private func append(_ number: some FixedWidthInteger, to output: inout [UInt8]) {
    withUnsafeBytes(of: number.littleEndian) { output.append(contentsOf: $0) }
  }

  private func append(text: [UInt8], to output: inout [UInt8]) {
    append(UInt64(text.count), to: &output)
    output.append(contentsOf: text)
  }

  private func append(_ value: Value, to output: inout [UInt8]) {
    switch value {
    case .uint8(let number): append(number, to: &output)
    case .int8(let number): append(number, to: &output)
    case .uint16(let number): append(number, to: &output)
    case .int16(let number): append(number, to: &output)
    case .uint32(let number): append(number, to: &output)
    case .int32(let number): append(number, to: &output)
    case .uint64(let number): append(number, to: &output)
    case .int64(let number): append(number, to: &output)
    case .float32(let number): append(number.bitPattern, to: &output)
    case .float64(let number): append(number.bitPattern, to: &output)
    case .bool(let bool): output.append(bool ? 1 : 0)
    case .string(let text): append(text: Array(text.utf8), to: &output)
    case .text(let bytes): append(text: bytes, to: &output)
    case .array(let values, let type):
      append(type ?? values.first?.type ?? 4, to: &output)
      append(UInt64(values.count), to: &output)
      for value in values { append(value, to: &output) }
    }
  }
}

extension GGUFWriter.Value {
  /// Its number in the file.
  fileprivate var type: Int32 {
    switch self {
    case .uint8: 0
    case .int8: 1
    case .uint16: 2
    case .int16: 3
    case .uint32: 4
    case .int32: 5
    case .float32: 6
    case .bool: 7
    case .string, .text: 8
    case .array: 9
    case .uint64: 10
    case .int64: 11
    case .float64: 12
    }
  }
}
