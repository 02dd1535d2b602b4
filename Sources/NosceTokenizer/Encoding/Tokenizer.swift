/// Turns text into token ids and back, as a Hugging Face `tokenizer.json` or the metadata of a GGUF
/// file describes it.
///
/// Byte-pair encoding over bytes or over characters with byte fallback is supported; what is not is
/// refused by name when the file is read.
///
/// ```swift
/// let tokenizer = try Tokenizer(contentsOf: folder.appendingPathComponent("tokenizer.json"))
/// let ids = tokenizer.encode("Harbours hold the light.")
/// ```
package struct Tokenizer: Sendable {
  let model: BytePairModel
  let normalizer: Normalizer?
  let preTokenizer: PreTokenizer
  let postProcessor: PostProcessor
  let decoder: TokenDecoder?
  /// In the order of the file.
  package let addedTokens: [AddedToken]
  let addedByID: [Int32: AddedToken]
  /// All added ids lie in this range.
  let addedIDs: Range<Int>
  let rawFinder: AddedTokenFinder
  let normalizedFinder: AddedTokenFinder
  private let states = EncodingStates()

  /// The number of different tokens, added ones included.
  package let vocabularySize: Int
  /// A model's embedding needs at least this many rows.
  package let embeddingRows: Int
  /// What is unusual about the file, as sentences.
  package let notes: [String]

  /// What the tokenizer puts before a text, such as a token for its beginning.
  package var beginning: [Int32] { postProcessor.prefix }

  /// The ids of a text.
  ///
  /// Special tokens that stand in the text are recognised, unless `specialTokensAsText`.
  /// `addSpecialTokens` puts those around it that the file asks for, e.g. a beginning-of-text token;
  /// chat templates write them into the text themselves.
  package func encode(
    _ text: String, addSpecialTokens: Bool = false, specialTokensAsText: Bool = false
  ) -> [Int32] {
    encode(
      text, at: .beginning, addSpecialTokens: addSpecialTokens,
      specialTokensAsText: specialTokensAsText)
  }

  /// The ids of a text that stands at some place of a longer one.
  func encode(
    _ text: String, at place: TextPlace, addSpecialTokens: Bool = false,
    specialTokensAsText: Bool = false
  ) -> [Int32] {
    var ids = addSpecialTokens ? postProcessor.prefix : []
    ids.reserveCapacity(ids.count + text.utf8.count / 4 + postProcessor.suffix.count)
    var text = text
    text.withUTF8 { text in
      states.with { state in
        rawFinder.split(text, specialTokensAsText: specialTokensAsText) { part in
          switch part {
          case .token(let id): ids.append(id)
          case .text(let range):
            let section = UnsafeBufferPointer(rebasing: text[range])
            encode(
              section, at: range.lowerBound == 0 ? place : .middle,
              specialTokensAsText: specialTokensAsText, &state, into: &ids)
          }
        }
      }
    }
    if addSpecialTokens { ids += postProcessor.suffix }
    return ids
  }

  private func encode(
    _ section: UnsafeBufferPointer<UInt8>, at place: TextPlace, specialTokensAsText: Bool,
    _ state: inout EncodingState, into ids: inout [Int32]
  ) {
    guard let normalizer else {
      return encode(
        normalized: section, at: place, specialTokensAsText: specialTokensAsText, &state,
        into: &ids)
    }
    let section = Array(section)
    let place =
      place == .beginning && normalizer.dropsBeginning(of: section) ? .middle : place
    normalizer.apply(section, at: place).withUnsafeBufferPointer { section in
      encode(
        normalized: section, at: place, specialTokensAsText: specialTokensAsText, &state,
        into: &ids)
    }
  }

  private func encode(
    normalized text: UnsafeBufferPointer<UInt8>, at place: TextPlace, specialTokensAsText: Bool,
    _ state: inout EncodingState, into ids: inout [Int32]
  ) {
    normalizedFinder.split(text, specialTokensAsText: specialTokensAsText) { part in
      switch part {
      case .token(let id): ids.append(id)
      case .text(let range):
        preTokenizer.forEachPiece(
          of: UnsafeBufferPointer(rebasing: text[range]),
          at: range.lowerBound == 0 ? place : .middle
        ) { model.encode($0, &state, into: &ids) }
      }
    }
  }

  /// The text of some ids; numbers that no token has are left out.
  package func decode(_ ids: [Int32], skipSpecialTokens: Bool = false) -> String {
    var tokens = TokenTexts()
    for id in ids {
      if addedIDs.contains(Int(id)), let added = addedByID[id] {
        // As in the reference library, one that normalization changes is not known to be special.
        let isSkipped = skipSpecialTokens && added.isSpecial && added.isWrittenAsIs
        if !isSkipped { tokens.append(added.writtenContent.utf8) }
      } else {
        _ = model.vocabulary.append(id, to: &tokens)
      }
    }
    guard let decoder else { return tokens.joined(separator: " ") }
    return String(decoding: decoder.decode(tokens).bytes, as: UTF8.self)
  }

  /// The number of a token, written as in the file.
  package func tokenID(for content: String) -> Int32? {
    addedTokens.first { $0.content.utf8.elementsEqual(content.utf8) }?.id
      ?? model.vocabulary.id(of: content)
  }

  /// The content of a token, written as in the file.
  package func content(of id: Int32) -> String? {
    addedByID[id]?.content ?? model.vocabulary.content(of: id)
  }

  /// The bytes of the text that a token stands for by itself, in which they may be no whole character.
  package func bytes(of id: Int32) -> [UInt8]? {
    if let added = addedByID[id] { return Array(added.content.utf8) }
    guard let content = model.vocabulary.bytes(of: id) else { return nil }
    return model.bytes(ofToken: content)
  }

  /// The tokens whose text begins with a decimal digit, in order.
  package func idsOfDigits() -> [Int32] {
    let rows = Int32(clamping: embeddingRows)
    return (0..<rows).filter { id in
      guard !isSpecial(id), let bytes = bytes(of: id), let first = bytes.first else { return false }
      // Other scripts' digits are more than one byte; most tokens are neither.
      if first < 0x80 { return (0x30...0x39).contains(first) }
      return String(decoding: bytes.prefix(4), as: UTF8.self).unicodeScalars.first?.properties
        .numericType == .decimal
    }
  }

  package func isSpecial(_ id: Int32) -> Bool { addedByID[id]?.isSpecial ?? false }

  /// The pieces into which a text without special tokens is cut before each is encoded.
  package func pieces(of text: String) -> [String] {
    let bytes = Array(text.utf8)
    return preTokenizer.pieces(of: normalizer?.apply(bytes) ?? bytes)
  }
}
