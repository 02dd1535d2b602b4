/// A GGUF file to be written: metadata, and tensors of single numbers.
///
/// Version 3, little-endian, aligned to 32 bytes, without a key that says so. The same contents give
/// the same bytes.
package struct GGUFDocument: Sendable {
  package enum Value: Sendable, Equatable {
    case string(String)
    case float(Float)
    case integer(UInt32)

    var type: GGUFValueType {
      switch self {
      case .string: .string
      case .float: .float32
      case .integer: .uint32
      }
    }
  }

  package struct Tensor: Sendable, Equatable {
    package let name: String
    /// The slowest dimension first, as the engine has it; the file has them the other way round.
    package let shape: [Int]
    package let values: [Float]

    package init(name: String, shape: [Int], values: [Float]) {
      self.name = name
      self.shape = shape
      self.values = values
    }

    fileprivate var byteCount: Int { values.count * 4 }
  }

  package let metadata: [(key: String, value: Value)]
  package let tensors: [Tensor]
  private static let alignment = 32
  /// `GGML_MAX_NAME` with the zero behind it.
  private static let longestName = 63

  /// - Parameter file: the file that it is for, which errors name.
  package init(
    for file: String, metadata: [(key: String, value: Value)], tensors: [Tensor]
  ) throws(CheckpointError) {
    func failure(_ found: String, _ allowed: String) -> CheckpointError {
      CheckpointError(file: file, found: found, allowed: allowed)
    }
    var keys: Set<String> = []
    for (key, _) in metadata where !keys.insert(key).inserted {
      throw failure("the metadata key \(key) twice", "each key once")
    }
    var names: Set<String> = []
    for tensor in tensors {
      guard names.insert(tensor.name).inserted else {
        throw failure("the tensor \(tensor.name) twice", "each tensor once")
      }
      guard tensor.name.utf8.count <= Self.longestName else {
        throw failure(
          "a tensor name of \(tensor.name.utf8.count) bytes, \(tensor.name)",
          "at most \(Self.longestName)")
      }
      guard (1...4).contains(tensor.shape.count), tensor.shape.allSatisfy({ $0 > 0 }),
        tensor.shape.reduce(1, *) == tensor.values.count
      else {
        throw failure(
          "\(tensor.values.count) numbers for the tensor \(tensor.name) of shape \(tensor.shape)",
          "1 to 4 dimensions, and as many numbers as they hold")
      }
    }
    self.metadata = metadata
    self.tensors = tensors
  }

  /// Hands over the file's bytes from its beginning to its end, tensor by tensor.
  package func write(_ sink: ([UInt8]) throws -> Void) throws {
    try sink(Self.padded(header))
    for tensor in tensors {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(tensor.byteCount + Self.alignment)
      for value in tensor.values { bytes.append(value.bitPattern) }
      try sink(Self.padded(bytes))
    }
  }

  private var header: [UInt8] {
    var bytes = Array("GGUF".utf8)
    bytes.append(UInt32(3))
    bytes.append(UInt64(tensors.count))
    bytes.append(UInt64(metadata.count))
    for (key, value) in metadata {
      bytes.append(text: key)
      bytes.append(UInt32(value.type.rawValue))
      switch value {
      case .string(let text): bytes.append(text: text)
      case .float(let number): bytes.append(number.bitPattern)
      case .integer(let number): bytes.append(number)
      }
    }
    var offset = 0
    for tensor in tensors {
      bytes.append(text: tensor.name)
      bytes.append(UInt32(tensor.shape.count))
      for size in tensor.shape.reversed() { bytes.append(UInt64(size)) }
      bytes.append(UInt32(GGUFTensorType.f32.rawValue))
      bytes.append(UInt64(offset))
      offset += Self.padding(tensor.byteCount) + tensor.byteCount
    }
    return bytes
  }

  private static func padding(_ count: Int) -> Int { (alignment - count % alignment) % alignment }

  private static func padded(_ bytes: [UInt8]) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: padding(bytes.count))
  }
}

extension [UInt8] {
  fileprivate mutating func append<Whole: FixedWidthInteger>(_ number: Whole) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }

  fileprivate mutating func append(text: String) {
    append(UInt64(text.utf8.count))
    append(contentsOf: text.utf8)
  }
}
