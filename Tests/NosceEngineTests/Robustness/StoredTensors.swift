import Foundation
import NosceFormats
import NosceTestSupport

/// A safetensors file taken apart, to be put together wrongly.
struct StoredTensors {
  struct Tensor {
    var name: String
    var type: String
    var shape: [Int]
    var data: [UInt8]
  }

  var tensors: [Tensor]

  init(_ file: [UInt8]) throws {
    let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try JSON(parsing: file[8..<8 + length])
    tensors = (header.object?.members ?? []).compactMap { name, value in
      guard let object = value.object, let type = object["dtype"]?.string,
        let shape = object["shape"]?.array?.compactMap(\.integer),
        let offsets = object["data_offsets"]?.array?.compactMap(\.integer), offsets.count == 2
      else { return nil }
      let start = 8 + length
      return Tensor(
        name: name, type: type, shape: shape,
        data: Array(file[start + offsets[0]..<start + offsets[1]]))
    }
  }

  /// The header's members, where each tensor lies behind the one before.
  var header: JSON {
    var offset = 0
    return .object(
      tensors.map { tensor -> (key: String, value: JSON) in
        defer { offset += tensor.data.count }
        return (
          tensor.name,
          .object([
            ("dtype", .string(tensor.type)),
            ("shape", .array(tensor.shape.map { .integer($0) })),
            (
              "data_offsets",
              .array([.integer(offset), .integer(offset + tensor.data.count)])
            ),
          ])
        )
      })
  }

  var file: [UInt8] { Self.file(header: Array(header.text(indent: 0).utf8), data: data) }

  var data: [UInt8] { tensors.flatMap(\.data) }

  static func file(header: [UInt8], data: [UInt8], length: UInt64? = nil) -> [UInt8] {
    let count = length ?? UInt64(header.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: count >> UInt64(8 * $0)) } + header + data
  }
}

extension Mutator {
  /// A safetensors file with something wrong, or something unusual, in it.
  mutating func damagedTensors(_ file: [UInt8]) throws -> [UInt8] {
    var stored = try StoredTensors(file)
    guard !stored.tensors.isEmpty else { return damagedBytes(file) }
    let index = below(stored.tensors.count)
    let header = Array(stored.header.text(indent: 0).utf8)
    switch below(10) {
    case 0: return StoredTensors.file(header: damagedBytes(header), data: stored.data)
    case 1, 2:
      let keys = ["dtype", "shape", "data_offsets", "__metadata__"] + stored.tensors.map(\.name)
      return StoredTensors.file(header: damagedJSON(header, keys: keys), data: stored.data)
    case 3:
      let size = UInt64(header.count)
      let lengths = [
        0, 1, size &- 1, size &+ 1, size &* 2, UInt64(file.count), 100_000_001, 1 << 62, .max,
        UInt64(below(file.count)),
      ]
      return StoredTensors.file(header: header, data: stored.data, length: pick(lengths))
    case 4: return Array(file.prefix(below(file.count)))
    case 5:
      // Numbers that no training leaves behind.
      let patterns: [[UInt8]] = [
        [0, 0, 0xC0, 0x7F], [0, 0, 0x80, 0x7F], [0, 0, 0x80, 0xFF], [0xFF, 0xFF, 0x7F, 0x7F],
        [1, 0, 0, 0], [0, 0, 0, 0x80], [0xFF, 0xFF, 0xFF, 0xFF],
      ]
      let pattern = pick(patterns)
      let share = pick([1, 7, 64])
      for place in stored.tensors[index].data.indices where (place / 4) % share == 0 {
        stored.tensors[index].data[place] = pattern[place % 4]
      }
    case 6:
      stored.tensors[index].type = pick(["F16", "BF16", "F32", "F64", "I32", "U8", "BOOL", "X"])
      if chance(2) { resize(&stored.tensors[index]) }
    case 7:
      var shape = stored.tensors[index].shape
      switch below(4) {
      case 0: shape.reverse()
      case 1: shape.append(1)
      case 2: shape = [shape.reduce(1, *)]
      default: shape[below(shape.count)] = pick([0, 1, 3, 1 << 20])
      }
      stored.tensors[index].shape = shape
      if chance(2) { resize(&stored.tensors[index]) }
    case 8:
      if chance(2) {
        stored.tensors.remove(at: index)
      } else {
        stored.tensors.append(stored.tensors[index])
        stored.tensors[index].name += pick(["", ".bias", "\u{0}", "x", ".rotary_emb.inv_freq"])
      }
    default:
      let other = below(stored.tensors.count)
      let name = stored.tensors[index].name
      stored.tensors[index].name = stored.tensors[other].name
      stored.tensors[other].name = name
    }
    return stored.file
  }

  /// Gives a tensor data that fit its shape and type, unless that would be much.
  func resize(_ tensor: inout StoredTensors.Tensor) {
    let widths = ["F32": 4, "F16": 2, "BF16": 2, "F64": 8, "I32": 4, "U8": 1, "BOOL": 1]
    let count = tensor.shape.reduce(widths[tensor.type] ?? 1) {
      $0.multipliedReportingOverflow(by: $1).partialValue
    }
    guard (0...300_000).contains(count), count != tensor.data.count else { return }
    let old = tensor.data.isEmpty ? [0] : tensor.data
    tensor.data = (0..<count).map { old[$0 % old.count] }
  }

  /// Every size of the settings that is `old` becomes `new`, and so does every tensor's.
  mutating func resized(
    _ settings: [UInt8], _ file: [UInt8], keys: [String]
  ) throws -> (settings: [UInt8], file: [UInt8]) {
    guard case .object(var object) = try JSON(parsing: settings) else { return (settings, file) }
    let sizes = object.members.filter { keys.contains($0.key) }.compactMap { $0.value.integer }
      .filter { $0 > 1 }
    guard !sizes.isEmpty else { return (settings, file) }
    let old = pick(sizes)
    let new = pick([1, 2, 3, old - 1, old + 1, old / 2, 2 * old, 17, 40])
    for index in object.members.indices where object.members[index].value == .integer(old) {
      object.members[index].value = .integer(new)
    }
    var stored = try StoredTensors(file)
    for index in stored.tensors.indices {
      // Fused modules have twice or three times a width.
      stored.tensors[index].shape = stored.tensors[index].shape.map {
        $0 > 0 && $0 % old == 0 && $0 / old <= 4 ? $0 / old * new : $0
      }
      resize(&stored.tensors[index])
    }
    return (Array(JSON.object(object).text().utf8), stored.file)
  }
}
