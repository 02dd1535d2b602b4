import NosceFormats

/// Spaces written as a visible character, "▁", and one put before the text.
struct Metaspace: Sendable {
  enum Prefixes: String { case always, never, first }

  let replacement: [UInt8]
  let prefixes: Prefixes
  /// Whether the text is cut before each of the characters.
  let splits: Bool

  init(_ reader: ComponentReader) throws(TokenizerError) {
    replacement = try reader.character("replacement")
    splits = try reader.bool("split", default: true)
    let scheme = try reader.string("prepend_scheme") ?? "always"
    guard let prefixes = Prefixes(rawValue: scheme) else {
      throw reader.failure("prepend_scheme = \"\(scheme)\"", allowed: "always, never or first")
    }
    self.prefixes = prefixes
    // A flag of older files, which the reference library takes only where the scheme agrees.
    if try !reader.bool("add_prefix_space", default: true), prefixes != .never {
      throw reader.failure("add_prefix_space = false", allowed: "what prepend_scheme says")
    }
  }

  func apply(_ text: UnsafeBufferPointer<UInt8>, at place: TextPlace) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count + text.count / 2)
    let isPrefixed =
      place != .continuing && (prefixes == .always || prefixes == .first && place == .beginning)
    if isPrefixed, !text.isEmpty, text[0] != 0x20, !text.contains(replacement, at: 0) {
      result += replacement
    }
    for byte in text {
      if byte == 0x20 {
        result.append(contentsOf: replacement)
      } else {
        result.append(byte)
      }
    }
    return result
  }

  func split(_ text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void) {
    var start = 0
    var position = 1
    while position < text.count {
      if text[position] == replacement[0], text.contains(replacement, at: position) {
        body(start..<position)
        start = position
      }
      position += 1
    }
    if start < text.count { body(start..<text.count) }
  }
}
