/// The bytes that a match can begin with: possibly too many, never too few.
struct RegexFirstBytes {
  private var bits: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  /// Whether nothing at all may match, so that any byte may follow.
  var isOptional = false

  func contains(_ byte: Int) -> Bool {
    // No match begins inside a scalar.
    if isOptional { return byte & 0xC0 != 0x80 }
    switch byte >> 6 {
    case 0: return bits.0 >> UInt64(byte & 63) & 1 == 1
    case 1: return bits.1 >> UInt64(byte & 63) & 1 == 1
    case 3: return bits.3 >> UInt64(byte & 63) & 1 == 1
    default: return false
    }
  }

  mutating func insert(_ byte: UInt8) {
    let bit = UInt64(1) << UInt64(byte & 63)
    switch byte >> 6 {
    case 0: bits.0 |= bit
    case 1: bits.1 |= bit
    case 2: bits.2 |= bit
    default: bits.3 |= bit
    }
  }

  mutating func formUnion(_ other: Self) {
    bits.0 |= other.bits.0
    bits.1 |= other.bits.1
    bits.2 |= other.bits.2
    bits.3 |= other.bits.3
  }
}

extension RegexProgram {
  mutating func first(_ node: RegexNode) throws(RegexError) -> RegexFirstBytes {
    var result = RegexFirstBytes()
    switch node {
    case .scalar(let value):
      if let byte = Unicode.Scalar(value)?.utf8.first { result.insert(byte) }
    case .set(let set): result = first(try number(of: set))
    case .sequence(let nodes):
      result.isOptional = true
      for node in nodes {
        let next = try first(node)
        result.formUnion(next)
        guard next.isOptional else {
          result.isOptional = false
          break
        }
      }
    case .alternatives(let nodes):
      for node in nodes {
        let next = try first(node)
        result.formUnion(next)
        if next.isOptional { result.isOptional = true }
      }
    case .repetition(let body, let minimum, _, _):
      result = try first(body)
      if minimum == 0 { result.isOptional = true }
    case .atomic(let body): result = try first(body)
    case .look, .assertion: result.isOptional = true
    }
    return result
  }

  private func first(_ set: Int32) -> RegexFirstBytes {
    var result = RegexFirstBytes()
    for byte in 0..<128 as Range<UInt8> where bitmapContains(set, UInt32(byte)) {
      result.insert(byte)
    }
    // Two bytes reach the scalars of one word, three those of 64.
    let words = plane[Int(set) * ScalarBitmap.wordCount..<(Int(set) + 1) * ScalarBitmap.wordCount]
    for byte in 0xC2...0xDF as ClosedRange<UInt8>
    where words[words.startIndex + Int(byte & 0x1F)] != 0 {
      result.insert(byte)
    }
    for byte in 0xE0...0xEF as ClosedRange<UInt8> {
      let start = words.startIndex + Int(byte & 0xF) * 64
      // Below U+0800 two bytes are enough.
      if words[(byte == 0xE0 ? start + 32 : start)..<start + 64].contains(where: { $0 != 0 }) {
        result.insert(byte)
      }
    }
    for byte in 0xF0...0xF4 as ClosedRange<UInt8> { result.insert(byte) }
    return result
  }
}

extension RegexNode {
  /// The set of a node that matches exactly one scalar.
  var asSet: ScalarSet? {
    switch self {
    case .scalar(let value): .scalar(value)
    case .set(let set): set
    default: nil
    }
  }
}
