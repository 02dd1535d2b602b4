import NosceFormats

/// Byte-pair encoding: a piece begins as single symbols, and the pair that stands earliest in the
/// list of merges is joined until none is left.
struct BytePairModel: Sendable {
  struct Merge: Sendable {
    let rank: Int32
    let result: Int32
  }

  let vocabulary: Vocabulary
  private let merges: [UInt64: Merge]
  /// The token of each byte: in byte-level vocabularies the symbols, else what unknown characters
  /// fall back to.
  private let byteTokens: [Int32?]
  /// The tokens that are single characters, in vocabularies that are not byte-level.
  private let characterTokens: [UInt32: Int32]
  private let unknown: Int32?
  private let joinsUnknown: Bool
  /// A piece that is a token is taken as it is, whatever the merges say.
  private let ignoresMerges: Bool

  /// Refuses other kinds of models by name.
  static func checkType(_ reader: ComponentReader) throws(TokenizerError) {
    let type = try reader.string("type") ?? (reader.object["merges"] == nil ? "missing" : "BPE")
    guard type == "BPE" else { throw reader.failure("type \"\(type)\"", allowed: "BPE") }
  }

  init(_ reader: ComponentReader, isByteLevel: Bool) throws(TokenizerError) {
    try Self.checkType(reader)
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if let affix = try reader.string(key), !affix.isEmpty {
        throw reader.failure("\(key) = \"\(affix)\"", allowed: "none")
      }
    }
    if let dropout = reader.object["dropout"], dropout.number != 0 {
      throw reader.failure(
        "dropout = \(dropout.text(indent: 0))", allowed: "none: encoding must not be random")
    }
    guard let object = reader.object["vocab"]?.object else {
      throw reader.failure(
        "vocab that is \(reader.object["vocab"]?.kind ?? "missing")", allowed: "{token: id}")
    }
    let vocabulary = try Vocabulary(object, isByteLevel: isByteLevel, file: reader.file)
    self.vocabulary = vocabulary
    merges = try Self.merges(reader, vocabulary)
    ignoresMerges = try reader.bool("ignore_merges", default: false)
    joinsUnknown = try reader.bool("fuse_unk", default: false)
    if let token = try reader.string("unk_token") {
      guard let id = vocabulary.id(of: token) else {
        throw reader.failure("unk_token \"\(token)\"", allowed: "a token of the vocabulary")
      }
      unknown = id
    } else {
      unknown = nil
    }
    characterTokens = isByteLevel ? [:] : vocabulary.singleCharacters
    let fallsBackToBytes = try reader.bool("byte_fallback", default: false)
    byteTokens = (UInt8.min...UInt8.max).map { byte in
      if isByteLevel { return vocabulary.id(ofBytes: [byte]) }
      return fallsBackToBytes ? vocabulary.id(of: Self.fallbackToken(byte)) : nil
    }
  }

  private static func merges(
    _ reader: ComponentReader, _ vocabulary: Vocabulary
  ) throws(TokenizerError) -> [UInt64: Merge] {
    guard let list = reader.object["merges"]?.array else {
      throw reader.failure("no merges", allowed: "a list of pairs")
    }
    var merges: [UInt64: Merge] = [:]
    merges.reserveCapacity(list.count)
    var rank: Int32 = 0
    for entry in list {
      if let line = entry.string, line.hasPrefix("#version") { continue }
      guard let (left, right) = pair(entry) else {
        throw reader.failure(
          "the merge \(entry.text(indent: 0).prefix(80))", allowed: "two tokens: \"a b\" or [a, b]")
      }
      guard let leftID = vocabulary.id(of: left), let rightID = vocabulary.id(of: right),
        let result = vocabulary.id(of: left + right)
      else {
        throw reader.failure(
          "the merge of \"\(left)\" and \"\(right)\"",
          allowed: "merges whose parts and result are tokens of the vocabulary")
      }
      merges[key(leftID, rightID)] = Merge(rank: rank, result: result)
      rank += 1
    }
    return merges
  }

  private static func pair(_ entry: JSON) -> (String, String)? {
    if let line = entry.string {
      let parts = line.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false)
      return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }
    guard let pair = entry.array, pair.count == 2, let left = pair[0].string,
      let right = pair[1].string
    else { return nil }
    return (left, right)
  }

  static func fallbackToken(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "<0x\(digits.count < 2 ? "0" : "")\(digits)>"
  }

  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  func merge(_ left: Int32, _ right: Int32) -> Merge? { merges[Self.key(left, right)] }

  /// Appends the tokens of a piece.
  func encode(_ piece: [Unicode.Scalar], into ids: inout [Int32]) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(piece.count)
    for scalar in piece { bytes.append(contentsOf: scalar.utf8) }
    if ignoresMerges, let id = vocabulary.id(ofBytes: bytes) {
      ids.append(id)
      return
    }
    let symbols = vocabulary.isByteLevel ? byteSymbols(bytes) : scalarSymbols(piece)
    ids.append(contentsOf: joined(symbols))
  }

  private func byteSymbols(_ bytes: [UInt8]) -> [Int32] {
    var symbols: [Int32] = []
    symbols.reserveCapacity(bytes.count)
    var lastIsUnknown = false
    for byte in bytes {
      if let id = byteTokens[Int(byte)] {
        symbols.append(id)
        lastIsUnknown = false
      } else {
        addUnknown(to: &symbols, &lastIsUnknown)
      }
    }
    return symbols
  }

  private func scalarSymbols(_ piece: [Unicode.Scalar]) -> [Int32] {
    var symbols: [Int32] = []
    symbols.reserveCapacity(piece.count)
    var lastIsUnknown = false
    for scalar in piece {
      if let id = characterTokens[scalar.value] {
        symbols.append(id)
        lastIsUnknown = false
        continue
      }
      let bytes = Array(scalar.utf8)
      let fallback = bytes.compactMap { byteTokens[Int($0)] }
      if fallback.count == bytes.count {
        symbols += fallback
        lastIsUnknown = false
      } else {
        addUnknown(to: &symbols, &lastIsUnknown)
      }
    }
    return symbols
  }

  /// Without a token for the unknown the symbol is left out, as the reference library does.
  private func addUnknown(to symbols: inout [Int32], _ lastIsUnknown: inout Bool) {
    if let unknown, !(joinsUnknown && lastIsUnknown) { symbols.append(unknown) }
    lastIsUnknown = true
  }

  private func joined(_ symbols: [Int32]) -> [Int32] {
    if symbols.count < 2 || merges.isEmpty { return symbols }
    if symbols.count > 24 {
      var queue = MergeQueue(symbols)
      return queue.joined(using: self)
    }
    var symbols = symbols
    while true {
      var best: (position: Int, merge: Merge)?
      for position in 0..<symbols.count - 1 {
        if let merge = merge(symbols[position], symbols[position + 1]),
          merge.rank < best?.merge.rank ?? .max
        {
          best = (position, merge)
        }
      }
      guard let best else { return symbols }
      symbols[best.position] = best.merge.result
      symbols.remove(at: best.position + 1)
      if symbols.count < 2 { return symbols }
    }
  }
}
