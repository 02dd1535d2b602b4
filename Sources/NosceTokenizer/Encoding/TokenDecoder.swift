import NosceFormats

/// How the contents of tokens become text again.
indirect enum TokenDecoder: Sendable {
  case sequence([TokenDecoder])
  case byteLevel
  case byteFallback
  case fuse
  case replace(TextPattern, [Unicode.Scalar])
  case strip(Unicode.Scalar, start: Int, stop: Int)

  init(_ reader: ComponentReader, depth: Int = 0) throws(TokenizerError) {
    switch try reader.type() {
    case "Sequence" where depth < 8:
      var steps: [TokenDecoder] = []
      var growth = 1
      for step in try reader.list("decoders") {
        let next = try TokenDecoder(step, depth: depth + 1)
        growth *= next.growth
        try reader.checkGrowth(growth)
        steps.append(next)
      }
      self = .sequence(steps)
    case "ByteLevel": self = .byteLevel
    case "ByteFallback": self = .byteFallback
    case "Fuse": self = .fuse
    case "Replace":
      let pattern = try reader.pattern()
      let content = Array(try reader.requiredString("content").unicodeScalars)
      try reader.checkGrowth(pattern.growth(replacingBy: content))
      self = .replace(pattern, content)
    case "Strip":
      let content = Array(try reader.requiredString("content").unicodeScalars)
      guard content.count == 1 else {
        throw reader.failure("content of \(content.count) characters", allowed: "one character")
      }
      self = .strip(content[0], start: try reader.count("start"), stop: try reader.count("stop"))
    case let type:
      throw reader.failure(
        "type \"\(type)\"", allowed: "Sequence, ByteLevel, ByteFallback, Fuse, Replace or Strip")
    }
  }

  /// How many times as long a text can become through replacements.
  private var growth: Int {
    switch self {
    case .sequence(let steps): steps.reduce(1) { $0 * $1.growth }
    case .replace(let pattern, let content): pattern.growth(replacingBy: content)
    default: 1
    }
  }

  func decode(_ tokens: [String]) -> [String] {
    switch self {
    case .sequence(let steps): return steps.reduce(tokens) { $1.decode($0) }
    case .byteLevel:
      let bytes = tokens.flatMap { ByteAlphabet.decode($0) ?? Array($0.utf8) }
      return [String(decoding: bytes, as: UTF8.self)]
    case .byteFallback: return Self.joinBytes(tokens)
    case .fuse: return [tokens.joined()]
    case .replace(let pattern, let content):
      return tokens.map {
        String(scalars: pattern.replacingMatches(in: Array($0.unicodeScalars), with: content))
      }
    case .strip(let scalar, let start, let stop):
      return tokens.map { token in
        var slice = Array(token.unicodeScalars)[...]
        for _ in 0..<min(start, slice.count) where slice.first == scalar { slice.removeFirst() }
        for _ in 0..<min(stop, slice.count) where slice.last == scalar { slice.removeLast() }
        return String(scalars: slice)
      }
    }
  }

  /// Turns runs of byte tokens into text; where they are no UTF-8, each becomes "�".
  private static func joinBytes(_ tokens: [String]) -> [String] {
    var result: [String] = []
    var bytes: [UInt8] = []
    func flush() {
      if bytes.isEmpty { return }
      if let text = String(validating: bytes, as: UTF8.self) {
        result.append(text)
      } else {
        result += bytes.map { _ in "\u{FFFD}" }
      }
      bytes = []
    }
    for token in tokens {
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

  private static func byte(of token: String) -> UInt8? {
    let characters = Array(token.utf8)
    guard characters.count == 6, token.hasPrefix("<0x"), token.hasSuffix(">") else { return nil }
    return UInt8(String(decoding: characters[3..<5], as: UTF8.self), radix: 16)
  }
}
