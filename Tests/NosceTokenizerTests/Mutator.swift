import Foundation
import NosceFormats

/// Damages files in the ways that disks, editors and enemies do.
struct Mutator {
  private var generator: TestGenerator

  init(seed: UInt64) { generator = TestGenerator(seed: seed) }

  mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &generator) }

  /// Bytes with some flipped, cut off, left out, doubled or moved.
  mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<number(1..<4) where bytes.count > 1 {
      let place = number(0..<bytes.count)
      let count = min(number(1..<60), bytes.count - place)
      switch number(0..<7) {
      case 0: bytes[place] ^= 1 << UInt8(number(0..<8))
      case 1: bytes[place] = UInt8(number(0..<256))
      case 2: bytes.removeSubrange(place..<place + count)
      case 3: bytes.insert(contentsOf: bytes[place..<place + count], at: place)
      case 4: bytes.swapAt(place, number(0..<bytes.count))
      case 5 where number(0..<4) == 0: bytes.removeLast(bytes.count - place)
      default:
        let signs = Array("{}[]\",:0-\\".utf8)
        bytes[place] = signs[number(0..<signs.count)]
      }
    }
    return bytes
  }

  /// The same file with one value, somewhere, changed, left out or put elsewhere.
  mutating func damaged(_ json: JSON) -> JSON {
    // Going down one way at a time finds small parts as often as large ones.
    switch json {
    case .object(var object) where !object.members.isEmpty:
      let place = number(0..<object.members.count)
      switch number(0..<12) {
      case 0: object.members.remove(at: place)
      case 1: object.members[place].key = ["type", "", "vocab", "Regex", "id"][number(0..<5)]
      case 2: object.members.append(object.members[place])
      case 3: object.members[place].value = replacement(for: object.members[place].value)
      default: object.members[place].value = damaged(object.members[place].value)
      }
      return .object(object)
    case .array(var values) where !values.isEmpty:
      let place = number(0..<values.count)
      switch number(0..<12) {
      case 0: values.remove(at: place)
      case 1: values.append(values[place])
      case 2: values.swapAt(place, number(0..<values.count))
      case 3: values[place] = replacement(for: values[place])
      default: values[place] = damaged(values[place])
      }
      return .array(values)
    default: return replacement(for: json)
    }
  }

  private mutating func replacement(for json: JSON) -> JSON {
    switch (number(0..<3), json) {
    case (0, .integer(let value)):
      return .integer(
        [value &+ 1, value &- 1, -value, 0, Int(Int32.max), 2_000_000_000, .max, .min][
          number(0..<8)])
    case (0, .string(let text)):
      let other = damaged(Array(text.utf8))
      return .string(String(decoding: other, as: UTF8.self))
    case (0, .bool(let value)): return .bool(!value)
    default: break
    }
    let nested = (0..<number(1..<60)).reduce(JSON.null) { inner, _ in .array([inner]) }
    let others: [JSON] = [
      .null, .bool(true), .integer(-1), .integer(7), .number(1e300), .number(0.5), .string(""),
      .string("▁"), .string("a"), .string("\\p{L}+|(a*)*b"), .string("BPE"), .string("Split"),
      .string("ByteLevel"), .string("Metaspace"), .array([]), .object([]), nested, json,
      .object([("type", .string("Sequence"))]), .object([("Regex", .string("(?=a*)*"))]),
    ]
    return others[number(0..<others.count)]
  }
}
