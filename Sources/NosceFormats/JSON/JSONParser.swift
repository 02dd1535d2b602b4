extension JSON {
  /// Reads one JSON text, refusing what RFC 8259 does not allow, and repeated keys. A mark of UTF-8
  /// before it is read over; an error on bytes that are no UTF-8 says what they are.
  ///
  /// Meant for untrusted files: nesting is limited, numbers cannot trap, and memory stays
  /// proportional to the text.
  package init(parsing bytes: some Sequence<UInt8>) throws(JSONError) {
    let array = Array(bytes)
    let result = array.withUnsafeBufferPointer { buffer -> Result<JSON, JSONError> in
      var parser = JSONParser(bytes: buffer)
      do throws(JSONError) {
        return .success(try parser.document())
      } catch {
        return .failure(ForeignText.name(of: buffer).map(error.naming) ?? error)
      }
    }
    self = try result.get()
  }

  package init(parsing text: String) throws(JSONError) {
    try self.init(parsing: text.utf8)
  }
}

private struct JSONParser {
  static let maximumDepth = 128

  let bytes: UnsafeBufferPointer<UInt8>
  var position = 0
  var depth = 0

  init(bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  mutating func document() throws(JSONError) -> JSON {
    if bytes.starts(with: ForeignText.mark) { position = ForeignText.mark.count }
    skipSpace()
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw error("more text after the end of the value") }
    return value
  }

  func error(_ message: String) -> JSONError {
    JSONError(message, at: position, in: bytes)
  }

  func peek() -> UInt8? {
    position < bytes.count ? bytes[position] : nil
  }

  mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  mutating func take(_ byte: Character, _ what: String) throws(JSONError) {
    guard peek() == byte.asciiValue else { throw error("expected \(what)") }
    position += 1
  }

  mutating func value() throws(JSONError) -> JSON {
    guard let byte = peek() else { throw error("the text ends where a value should stand") }
    switch byte {
    case UInt8(ascii: "{"): return .object(try object())
    case UInt8(ascii: "["): return .array(try array())
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw error("expected a value")
    }
  }

  mutating func literal(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
    let count = word.utf8CodeUnitCount
    guard bytes.count - position >= count,
      (0..<count).allSatisfy({ bytes[position + $0] == word.utf8Start[$0] })
    else { throw error("expected \(word)") }
    position += count
    return value
  }

  mutating func enter() throws(JSONError) {
    depth += 1
    guard depth <= Self.maximumDepth else {
      throw error("nested deeper than \(Self.maximumDepth) levels")
    }
  }

  mutating func array() throws(JSONError) -> [JSON] {
    try enter()
    defer { depth -= 1 }
    try take("[", "'['")
    var values: [JSON] = []
    skipSpace()
    if peek() == UInt8(ascii: "]") {
      position += 1
      return values
    }
    while true {
      skipSpace()
      values.append(try value())
      skipSpace()
      if peek() == UInt8(ascii: ",") {
        position += 1
        continue
      }
      try take("]", "',' or ']'")
      return values
    }
  }

  mutating func object() throws(JSONError) -> JSONObject {
    try enter()
    defer { depth -= 1 }
    try take("{", "'{'")
    var object = JSONObject()
    var seen = KeyIndex()
    skipSpace()
    if peek() == UInt8(ascii: "}") {
      position += 1
      return object
    }
    while true {
      skipSpace()
      guard peek() == UInt8(ascii: "\"") else { throw error("expected a key in quotes") }
      let key = try string()
      guard seen.insert(key, object.members) else {
        throw error("the key \"\(key)\" stands twice in one object")
      }
      skipSpace()
      try take(":", "':'")
      skipSpace()
      object.members.append((key, try value()))
      skipSpace()
      if peek() == UInt8(ascii: ",") {
        position += 1
        continue
      }
      try take("}", "',' or '}'")
      return object
    }
  }

  mutating func number() throws(JSONError) -> JSON {
    let start = position
    var isInteger = true
    if peek() == UInt8(ascii: "-") { position += 1 }
    if peek() == UInt8(ascii: "0") {
      position += 1
    } else {
      try digits()
    }
    if peek() == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      try digits()
    }
    if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
      isInteger = false
      position += 1
      if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let integer = Int(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else {
      throw error("the number \(text.prefix(40)) is out of range")
    }
    return .number(number)
  }

  mutating func digits() throws(JSONError) {
    let start = position
    while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      position += 1
    }
    guard position > start else { throw error("expected a digit") }
  }

  mutating func string() throws(JSONError) -> String {
    position += 1
    let start = position
    var seen: UInt8 = 0
    while position < bytes.count {
      let byte = bytes[position]
      seen |= byte
      switch byte {
      case UInt8(ascii: "\""):
        let text = try text(in: start..<position, isASCII: seen < 0x80)
        position += 1
        return text
      case UInt8(ascii: "\\"):
        return try escapedString(from: start)
      case 0..<0x20:
        throw error("a control character stands unescaped in a string")
      default:
        position += 1
      }
    }
    throw error("a string has no closing quote")
  }

  func text(in range: Range<Int>, isASCII: Bool) throws(JSONError) -> String {
    let part = UnsafeBufferPointer(rebasing: bytes[range])
    if isASCII {
      return String(unsafeUninitializedCapacity: part.count) { target in
        _ = target.initialize(fromContentsOf: part)
        return part.count
      }
    }
    guard let text = String(validating: part, as: UTF8.self) else {
      throw error("a string is not valid UTF-8")
    }
    return text
  }

  /// The slow path, from the first backslash on.
  mutating func escapedString(from start: Int) throws(JSONError) -> String {
    var collected = Array(bytes[start..<position])
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: collected, as: UTF8.self) else {
          throw error("a string is not valid UTF-8")
        }
        position += 1
        return text
      case UInt8(ascii: "\\"):
        position += 1
        collected.append(contentsOf: String(try escape()).utf8)
      case 0..<0x20:
        throw error("a control character stands unescaped in a string")
      default:
        collected.append(byte)
        position += 1
      }
    }
    throw error("a string has no closing quote")
  }

  mutating func escape() throws(JSONError) -> Unicode.Scalar {
    guard let byte = peek() else { throw error("a string has no closing quote") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let first = try fourHexDigits()
      if let scalar = Unicode.Scalar(first) { return scalar }
      guard (0xD800..<0xDC00).contains(first), peek() == UInt8(ascii: "\\") else {
        throw error("half of a surrogate pair")
      }
      position += 1
      try take("u", "the second half of a surrogate pair")
      let second = try fourHexDigits()
      guard (0xDC00..<0xE000).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
      else { throw error("half of a surrogate pair") }
      return scalar
    default:
      position -= 1
      throw error("an unknown escape in a string")
    }
  }

  mutating func fourHexDigits() throws(JSONError) -> UInt32 {
    var result: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("expected four hexadecimal digits after \\u")
      }
      result = result << 4 | UInt32(digit)
      position += 1
    }
    return result
  }
}
