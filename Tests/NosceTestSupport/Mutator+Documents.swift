import NosceFormats

// Damage to documents of many levels.
extension Mutator {
  /// The same file with one value, somewhere, changed, left out or put elsewhere.
  package mutating func damaged(_ json: JSON) -> JSON {
    // Going down one way at a time finds small parts as often as large ones.
    switch json {
    case .object(var object) where !object.members.isEmpty:
      let place = below(object.members.count)
      switch below(12) {
      case 0: object.members.remove(at: place)
      case 1: object.members[place].key = ["type", "", "vocab", "Regex", "id"][below(5)]
      case 2: object.members.append(object.members[place])
      case 3: object.members[place].value = replacement(for: object.members[place].value)
      default: object.members[place].value = damaged(object.members[place].value)
      }
      return .object(object)
    case .array(var values) where !values.isEmpty:
      let place = below(values.count)
      switch below(12) {
      case 0: values.remove(at: place)
      case 1: values.append(values[place])
      case 2: values.swapAt(place, below(values.count))
      case 3: values[place] = replacement(for: values[place])
      default: values[place] = damaged(values[place])
      }
      return .array(values)
    default: return replacement(for: json)
    }
  }

  private mutating func replacement(for json: JSON) -> JSON {
    switch (below(3), json) {
    case (0, .integer(let value)):
      return .integer(
        [value &+ 1, value &- 1, 0 &- value, 0, Int(Int32.max), 2_000_000_000, .max, .min][
          below(8)])
    case (0, .string(let text)):
      let other = damagedBytes(Array(text.utf8))
      return .string(String(decoding: other, as: UTF8.self))
    case (0, .bool(let value)): return .bool(!value)
    default: break
    }
    let nested = (0..<1 + below(59)).reduce(JSON.null) { inner, _ in .array([inner]) }
    let others: [JSON] = [
      .null, .bool(true), .integer(-1), .integer(7), .number(1e300), .number(0.5), .string(""),
      .string("▁"), .string("a"), .string("\\p{L}+|(a*)*b"), .string("BPE"), .string("Split"),
      .string("ByteLevel"), .string("Metaspace"), .array([]), .object([]), nested, json,
      .object([("type", .string("Sequence"))]), .object([("Regex", .string("(?=a*)*"))]),
    ]
    return others[below(others.count)]
  }
}
