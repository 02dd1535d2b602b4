import NosceFormats

/// Where one tensor lies in a safetensors file.
package struct TensorRecord: Sendable, Equatable {
  package let name: String
  package let type: TensorType
  package let shape: [Int]
  /// Byte range in the whole file.
  package let range: Range<Int>

  package var elementCount: Int { range.count / type.byteWidth }
}

/// The header of a safetensors file, read and checked against the file's size.
///
/// Every byte after the header belongs to exactly one tensor: a hole, an overlap, data past the
/// end or left over is an error, as is a size that does not fit type and shape.
struct SafetensorsHeader {
  static let maximumBytes = 100_000_000

  let tensors: [TensorRecord]
  let metadata: [String: String]

  init(bytes: UnsafeRawBufferPointer, file: String) throws(CheckpointError) {
    func failure(_ found: String, _ allowed: String) -> CheckpointError {
      CheckpointError(file: file, found: found, allowed: allowed)
    }
    guard bytes.count >= 8 else {
      throw failure("\(bytes.count) bytes", "a safetensors file, which has at least 8")
    }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(min(Self.maximumBytes, bytes.count - 8)) else {
      throw failure(
        "a header of \(length) bytes in a file of \(bytes.count)",
        "a header that fits the file, of at most \(Self.maximumBytes) bytes")
    }
    let dataStart = 8 + Int(length)
    let text = UnsafeRawBufferPointer(rebasing: bytes[8..<dataStart])
    guard text.first == UInt8(ascii: "{") else {
      throw failure("a header that does not begin with '{'", "a JSON object")
    }
    let json: JSON
    do throws(JSONError) {
      json = try JSON(parsing: text)
    } catch {
      throw failure("a header that is no JSON (\(error))", "a JSON object")
    }
    guard let object = json.object else {
      throw failure("a header that is \(json.kind)", "a JSON object")
    }

    var metadata: [String: String] = [:]
    var tensors: [TensorRecord] = []
    tensors.reserveCapacity(object.members.count)
    for (key, value) in object.members {
      if key == "__metadata__" {
        metadata = try Self.metadata(value, failure)
      } else {
        tensors.append(
          try Self.record(
            name: key, value, dataStart: dataStart, dataCount: bytes.count - dataStart, failure))
      }
    }
    tensors.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    var end = dataStart
    for tensor in tensors {
      guard tensor.range.lowerBound == end else {
        throw failure(
          "tensor \(tensor.name) at byte \(tensor.range.lowerBound - dataStart) of the data, "
            + "where the one before ends at \(end - dataStart)",
          "tensors that follow each other without hole or overlap")
      }
      end = tensor.range.upperBound
    }
    guard end == bytes.count else {
      throw failure(
        "\(bytes.count - end) bytes after the last tensor",
        "a file that ends with its last tensor")
    }
    self.tensors = tensors
    self.metadata = metadata
  }

  private static func metadata(
    _ value: JSON, _ failure: (String, String) -> CheckpointError
  ) throws(CheckpointError) -> [String: String] {
    guard let object = value.object else {
      throw failure("__metadata__ that is \(value.kind)", "an object of strings")
    }
    var metadata: [String: String] = [:]
    for (key, value) in object.members {
      guard let text = value.string else {
        throw failure("__metadata__ with \(key) as \(value.kind)", "strings only")
      }
      metadata[key] = text
    }
    return metadata
  }

  private static func record(
    name: String, _ value: JSON, dataStart: Int, dataCount: Int,
    _ failure: (String, String) -> CheckpointError
  ) throws(CheckpointError) -> TensorRecord {
    guard let object = value.object else {
      throw failure("tensor \(name) described by \(value.kind)", "dtype, shape and data_offsets")
    }
    for key in object.keys where !["dtype", "shape", "data_offsets"].contains(key) {
      throw failure("tensor \(name) with the key \(key)", "dtype, shape and data_offsets")
    }
    guard let typeName = object["dtype"]?.string, let type = TensorType(rawValue: typeName) else {
      throw failure(
        "tensor \(name) with dtype \(object["dtype"]?.text(indent: 0) ?? "missing")",
        TensorType.allCases.map(\.rawValue).joined(separator: ", "))
    }
    guard let dimensions = object["shape"]?.array else {
      throw failure("tensor \(name) without a shape", "a list of sizes")
    }
    var shape: [Int] = []
    var byteCount = type.byteWidth
    for dimension in dimensions {
      guard let size = dimension.integer, size >= 0 else {
        throw failure(
          "tensor \(name) with the size \(dimension.text(indent: 0)) in its shape",
          "whole numbers from 0")
      }
      let (product, overflow) = byteCount.multipliedReportingOverflow(by: size)
      guard !overflow else {
        throw failure(
          "tensor \(name) with a shape too large to count", "a shape that fits the file")
      }
      byteCount = product
      shape.append(size)
    }
    guard let offsets = object["data_offsets"]?.array, offsets.count == 2,
      let begin = offsets[0].integer, let end = offsets[1].integer,
      0 <= begin, begin <= end, end <= dataCount
    else {
      throw failure(
        "tensor \(name) with data_offsets \(object["data_offsets"]?.text(indent: 0) ?? "missing")",
        "[begin, end] with 0 <= begin <= end <= \(dataCount)")
    }
    guard end - begin == byteCount else {
      throw failure(
        "tensor \(name) with \(end - begin) bytes",
        "\(byteCount) bytes for \(typeName) of shape \(shape)")
    }
    return TensorRecord(
      name: name, type: type, shape: shape, range: dataStart + begin..<dataStart + end)
  }
}
