/// How the contents of tokens become text again.
indirect enum TokenDecoder: Sendable {
  case sequence([TokenDecoder])
  case byteLevel
  case byteFallback
  case fuse
  case replace(TextPattern, [UInt8])
  case strip([UInt8], start: Int, stop: Int)
  case metaspace([UInt8], prefixed: Bool)

  init(_ reader: ComponentReader) throws(TokenizerError) {
    var limits = StepLimits(reader)
    try self.init(reader, &limits, depth: 0)
  }

  private init(
    _ reader: ComponentReader, _ limits: inout StepLimits, depth: Int
  ) throws(TokenizerError) {
    switch try reader.type() {
    case "Sequence" where depth < 8:
      var steps: [TokenDecoder] = []
      for step in try reader.list("decoders") {
        steps.append(try TokenDecoder(step, &limits, depth: depth + 1))
      }
      self = .sequence(steps)
    case "ByteLevel": self = .byteLevel
    case "ByteFallback": self = .byteFallback
    case "Fuse": self = .fuse
    case "Replace":
      self = .replace(try reader.pattern(), Array(try reader.requiredString("content").utf8))
    case "Strip":
      self = .strip(
        try reader.character("content"), start: try reader.count("start"),
        stop: try reader.count("stop"))
    case "Metaspace":
      let metaspace = try Metaspace(reader)
      self = .metaspace(metaspace.replacement, prefixed: metaspace.prefixes != .never)
    case let type:
      throw reader.failure(
        "type \"\(type)\"",
        allowed: "Sequence, ByteLevel, ByteFallback, Fuse, Replace, Strip or Metaspace")
    }
    if case .replace(let pattern, let content) = self {
      try limits.count(growth: pattern.growth(replacedBy: content))
    } else {
      try limits.count()
    }
  }

  func decode(_ tokens: TokenTexts) -> TokenTexts {
    switch self {
    case .sequence(let steps): return steps.reduce(tokens) { $1.decode($0) }
    case .byteLevel:
      var bytes: [UInt8] = []
      bytes.reserveCapacity(tokens.bytes.count)
      tokens.forEach { ByteAlphabet.appendBytes(of: $0, to: &bytes) }
      return TokenTexts(one: Array(String(decoding: bytes, as: UTF8.self).utf8))
    case .byteFallback: return Self.joinBytes(tokens)
    case .fuse: return TokenTexts(one: tokens.bytes)
    case .replace(let pattern, let content):
      return tokens.map { token, result in
        var end = 0
        pattern.forEachMatch(in: token) { match in
          result.append(contentsOf: token[end..<match.lowerBound])
          result.append(contentsOf: content)
          end = match.upperBound
        }
        result.append(contentsOf: token[end...])
      }
    case .strip(let character, let start, let stop):
      return tokens.map { token, result in
        var (first, last) = (0, token.count)
        for _ in 0..<start where token.contains(character, at: first) { first += character.count }
        for _ in 0..<stop
        where last - first >= character.count
          && token.contains(character, at: last - character.count)
        {
          last -= character.count
        }
        result.append(contentsOf: token[first..<last])
      }
    case .metaspace(let replacement, let prefixed):
      var isFirst = true
      return tokens.map { token, result in
        var position = 0
        while position < token.count {
          if token.contains(replacement, at: position) {
            if !(isFirst && prefixed) { result.append(0x20) }
            position += replacement.count
          } else {
            result.append(token[position])
            position += 1
          }
        }
        isFirst = false
      }
    }
  }

  /// Turns runs of byte tokens into text; where they are no UTF-8, each becomes "�".
  private static func joinBytes(_ tokens: TokenTexts) -> TokenTexts {
    var result = TokenTexts()
    var bytes: [UInt8] = []
    func flush() {
      if bytes.isEmpty { return }
      if String(validating: bytes, as: UTF8.self) != nil {
        result.append(bytes)
      } else {
        for _ in bytes { result.append("\u{FFFD}".utf8) }
      }
      bytes.removeAll(keepingCapacity: true)
    }
    tokens.forEach { token in
      if let byte = byte(of: token) {
        bytes.append(byte)
      } else {
        flush()
        result.append(token)
      }
    }
    flush()
    return result
  }

  /// The byte that a token such as `<0xE4>` stands for.
  static func byte(of token: UnsafeBufferPointer<UInt8>) -> UInt8? {
    guard token.count == 6, token.contains(Array("<0x".utf8), at: 0), token[5] == 0x3E else {
      return nil
    }
    return UInt8(String(decoding: token[3..<5], as: UTF8.self), radix: 16)
  }
}

/// Texts that follow each other, in one array.
struct TokenTexts {
  private(set) var bytes: [UInt8] = []
  private var ends: [Int] = []

  init() {}

  init(one text: [UInt8]) {
    bytes = text
    ends = [text.count]
  }

  func joined(separator: String) -> String {
    var result: [UInt8] = []
    var start = 0
    for (index, end) in ends.enumerated() {
      if index > 0 { result.append(contentsOf: separator.utf8) }
      result.append(contentsOf: bytes[start..<end])
      start = end
    }
    return String(decoding: result, as: UTF8.self)
  }

  mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
  }

  mutating func append(_ text: some Sequence<UInt8>) {
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
  }

  func forEach(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    bytes.withUnsafeBufferPointer { bytes in
      var start = 0
      for end in ends {
        body(UnsafeBufferPointer(rebasing: bytes[start..<end]))
        start = end
      }
    }
  }

  /// As many texts, each of them what `body` appends.
  func map(_ body: (UnsafeBufferPointer<UInt8>, inout [UInt8]) -> Void) -> TokenTexts {
    var result = TokenTexts()
    result.bytes.reserveCapacity(bytes.count)
    result.ends.reserveCapacity(ends.count)
    forEach { text in
      body(text, &result.bytes)
      result.ends.append(result.bytes.count)
    }
    return result
  }
}
