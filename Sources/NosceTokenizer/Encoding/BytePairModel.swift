import NosceFormats

/// Byte-pair encoding: a piece begins as single symbols, and the pair that stands earliest in the
/// list of merges is joined until none is left.
struct BytePairModel: Sendable {
  let vocabulary: Vocabulary
  let isByteLevel: Bool
  private let merges: MergeTable
  private let cutter: PieceCutter
  /// The token of each byte, -1 for none: in byte-level vocabularies the symbols, else what unknown
  /// characters fall back to.
  private let byteTokens: [Int32]
  /// The tokens that are single characters of the first plane, -1 for none, and those that are
  /// others; empty in byte-level vocabularies.
  private let characterTokens: [Int32]
  private let rareCharacterTokens: [UInt32: Int32]
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
    let vocabulary = try Vocabulary(object, file: reader.file)
    let ignoresMerges = try reader.bool("ignore_merges", default: false)
    let joinsUnknown = try reader.bool("fuse_unk", default: false)
    let fallsBackToBytes = try reader.bool("byte_fallback", default: false)
    let byteTokens =
      isByteLevel || fallsBackToBytes
      ? Self.byteTokens(of: vocabulary, isByteLevel: isByteLevel)
      : [Int32](repeating: -1, count: 256)
    let isComplete = !byteTokens.contains(-1)
    let unknown: Int32?
    if let token = try reader.string("unk_token") {
      // Where every byte has a token nothing is unknown.
      guard let id = vocabulary.id(of: token) ?? (isComplete ? -1 : nil) else {
        throw reader.failure("unk_token \"\(token)\"", allowed: "a token of the vocabulary")
      }
      unknown = id < 0 ? nil : id
    } else {
      unknown = nil
    }
    self.init(
      vocabulary, try MergeList(reader, vocabulary), isByteLevel: isByteLevel,
      byteTokens: byteTokens, unknown: unknown, joinsUnknown: joinsUnknown,
      ignoresMerges: ignoresMerges)
  }

  /// The token of each byte, -1 for none.
  static func byteTokens(of vocabulary: Vocabulary, isByteLevel: Bool) -> [Int32] {
    (UInt8.min...UInt8.max).map { byte in
      let content = isByteLevel ? ByteAlphabet.encode([byte]) : fallbackToken(byte)
      return vocabulary.id(of: content) ?? -1
    }
  }

  init(
    _ vocabulary: Vocabulary, _ list: MergeList, isByteLevel: Bool, byteTokens: [Int32],
    unknown: Int32?, joinsUnknown: Bool, ignoresMerges: Bool
  ) {
    self.vocabulary = vocabulary
    self.isByteLevel = isByteLevel
    self.byteTokens = byteTokens
    self.unknown = unknown
    self.joinsUnknown = joinsUnknown
    self.ignoresMerges = ignoresMerges
    var characters: [Int32] = []
    var rare: [UInt32: Int32] = [:]
    if !isByteLevel {
      characters = [Int32](repeating: -1, count: 0x1_0000)
      vocabulary.forEach { id, content in
        guard (1...4).contains(content.count), content.scalar(at: 0).length == content.count else {
          return
        }
        let value = content.scalar(at: 0).value
        if value <= 0xFFFF {
          characters[Int(value)] = id
        } else {
          rare[value] = id
        }
      }
    }
    characterTokens = characters
    rareCharacterTokens = rare

    merges = list.table
    cutter = Self.cutter(
      for: list.pairs, vocabulary, isByteLevel: isByteLevel, byteTokens: byteTokens)
  }

  private static func cutter(
    for pairs: [(left: Int32, right: Int32)], _ vocabulary: Vocabulary, isByteLevel: Bool,
    byteTokens: [Int32]
  ) -> PieceCutter {
    let fallback = isByteLevel ? [] : Set(byteTokens)
    let mergesFallback =
      !isByteLevel && pairs.contains { fallback.contains($0.left) || fallback.contains($0.right) }
    var cutter = PieceCutter(
      isByteLevel: isByteLevel,
      cutsBesideUnknown: !byteTokens.contains(-1) && !mergesFallback)
    for (left, right) in pairs {
      guard let left = vocabulary.bytes(of: left), let right = vocabulary.bytes(of: right) else {
        continue
      }
      left.withUnsafeBufferPointer { left in
        right.withUnsafeBufferPointer { right in cutter.add(left, right) }
      }
    }
    if isByteLevel {
      for byte in UInt8.min...UInt8.max where byteTokens[Int(byte)] < 0 { cutter.allowAll(byte) }
    }
    return cutter
  }

  static func fallbackToken(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "<0x\(digits.count < 2 ? "0" : "")\(digits)>"
  }

  /// What a token's content stands for: itself, or bytes that it spells.
  func bytes(ofToken content: ArraySlice<UInt8>) -> [UInt8] {
    let content = Array(content)
    if isByteLevel {
      var bytes: [UInt8] = []
      content.withUnsafeBufferPointer { ByteAlphabet.appendBytes(of: $0, to: &bytes) }
      return bytes
    }
    return content.withUnsafeBufferPointer { TokenDecoder.byte(of: $0) }.map { [$0] } ?? content
  }

  /// Whether a character has a token, or all of its bytes have.
  func writes(_ scalar: Unicode.Scalar) -> Bool {
    !isByteLevel && token(of: scalar.value) >= 0
      || String(scalar).utf8.allSatisfy { byteTokens[Int($0)] >= 0 }
  }

  private func token(of scalar: UInt32) -> Int32 {
    scalar <= 0xFFFF ? characterTokens[Int(scalar)] : rareCharacterTokens[scalar] ?? -1
  }

  /// Appends the tokens of a piece of valid UTF-8.
  func encode(
    _ piece: UnsafeBufferPointer<UInt8>, _ state: inout EncodingState, into ids: inout [Int32]
  ) {
    if piece.count <= PieceCache.longestPiece {
      encodeShort(piece, &state, into: &ids)
    } else if ignoresMerges {
      if let id = whole(piece) { ids.append(id) } else { merge(piece, &state, into: &ids) }
    } else {
      cutter.forEachPart(of: piece, isToken: { token(of: $0) >= 0 }) { part in
        if part.count <= PieceCache.longestPiece {
          encodeShort(part, &state, into: &ids)
        } else {
          merge(part, &state, into: &ids)
        }
      }
    }
  }

  private func encodeShort(
    _ piece: UnsafeBufferPointer<UInt8>, _ state: inout EncodingState, into ids: inout [Int32]
  ) {
    if piece.isEmpty { return }
    let hash = ByteHash.hash(piece)
    if state.cache.append(piece, hash: hash, to: &ids) { return }
    let start = ids.count
    if ignoresMerges, let id = whole(piece) {
      ids.append(id)
    } else {
      merge(piece, &state, into: &ids)
    }
    state.cache.insert(piece, hash: hash, ids[start...])
  }

  /// The token that is the whole piece.
  private func whole(_ piece: UnsafeBufferPointer<UInt8>) -> Int32? {
    guard isByteLevel else { return vocabulary.id(ofUTF8: piece) }
    var content: [UInt8] = []
    content.reserveCapacity(piece.count * 2)
    ByteAlphabet.append(piece, to: &content)
    return content.withUnsafeBufferPointer { vocabulary.id(ofUTF8: $0) }
  }

  private func merge(
    _ piece: UnsafeBufferPointer<UInt8>, _ state: inout EncodingState, into ids: inout [Int32]
  ) {
    state.symbols.removeAll(keepingCapacity: true)
    if isByteLevel {
      addByteSymbols(piece, to: &state.symbols)
    } else {
      addCharacterSymbols(piece, to: &state.symbols)
    }
    join(&state)
    ids.append(contentsOf: state.symbols)
    if state.symbols.capacity > 1 << 16 { state.symbols = [] }
  }

  private func addByteSymbols(_ piece: UnsafeBufferPointer<UInt8>, to symbols: inout [Int32]) {
    var lastIsUnknown = false
    for byte in piece {
      let id = byteTokens[Int(byte)]
      if id >= 0 {
        symbols.append(id)
      } else if let unknown, !(joinsUnknown && lastIsUnknown) {
        // Without a token for the unknown the byte is left out.
        symbols.append(unknown)
      }
      lastIsUnknown = id < 0
    }
  }

  private func addCharacterSymbols(
    _ piece: UnsafeBufferPointer<UInt8>, to symbols: inout [Int32]
  ) {
    // Like the reference library, which puts an unknown symbol down when the next token comes, and
    // does not count the bytes of a fallback as one.
    var isPending = false
    var position = 0
    while position < piece.count {
      let (value, length) = piece.scalar(at: position)
      let bytes = piece[position..<position + length]
      position += length
      let id = token(of: value)
      if id >= 0 {
        if isPending, let unknown { symbols.append(unknown) }
        isPending = false
        symbols.append(id)
      } else if bytes.allSatisfy({ byteTokens[Int($0)] >= 0 }) {
        for byte in bytes { symbols.append(byteTokens[Int(byte)]) }
      } else {
        if isPending, !joinsUnknown, let unknown { symbols.append(unknown) }
        isPending = true
      }
    }
    if isPending, let unknown { symbols.append(unknown) }
  }

  private func join(_ state: inout EncodingState) {
    let count = state.symbols.count
    if count < 2 || merges.count == 0 { return }
    if count > 40 {
      var queue = MergeQueue(state.symbols)
      state.symbols = queue.joined(using: merges)
      return
    }
    joinFew(&state)
  }

  /// For few symbols, looking at all pairs each time is quicker than a queue.
  private func joinFew(_ state: inout EncodingState) {
    state.ranks.removeAll(keepingCapacity: true)
    state.results.removeAll(keepingCapacity: true)
    for place in 0..<state.symbols.count - 1 {
      let merge = merges.merge(state.symbols[place], state.symbols[place + 1])
      state.ranks.append(merge?.rank ?? .max)
      state.results.append(merge?.result ?? -1)
    }
    while true {
      var best = Int32.max
      var place = 0
      for index in state.ranks.indices where state.ranks[index] < best {
        best = state.ranks[index]
        place = index
      }
      if best == .max { return }
      state.symbols[place] = state.results[place]
      state.symbols.remove(at: place + 1)
      state.ranks.remove(at: place)
      state.results.remove(at: place)
      for left in [place - 1, place] where left >= 0 && left + 1 < state.symbols.count {
        let merge = merges.merge(state.symbols[left], state.symbols[left + 1])
        state.ranks[left] = merge?.rank ?? .max
        state.results[left] = merge?.result ?? -1
      }
    }
  }
}
