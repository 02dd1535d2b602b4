/// Turns text into token ids and back, as a Hugging Face `tokenizer.json` describes it.
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
  let rawFinder: AddedTokenFinder
  let normalizedFinder: AddedTokenFinder

  /// The number of different tokens, added ones included.
  package let vocabularySize: Int
  /// A model's embedding needs at least this many rows.
  package let embeddingRows: Int

  /// The ids of a text.
  ///
  /// Special tokens that stand in the text are recognised, unless `specialTokensAsText`.
  /// `addSpecialTokens` puts those around it that the file asks for, e.g. a beginning-of-text token;
  /// chat templates write them into the text themselves.
  package func encode(
    _ text: String, addSpecialTokens: Bool = false, specialTokensAsText: Bool = false
  ) -> [Int32] {
    var ids = addSpecialTokens ? postProcessor.prefix : []
    let parts = rawFinder.split(
      Array(text.unicodeScalars), specialTokensAsText: specialTokensAsText)
    for part in parts {
      switch part {
      case .token(let id): ids.append(id)
      case .text(let text):
        encode(section: text, specialTokensAsText: specialTokensAsText, into: &ids)
      }
    }
    if addSpecialTokens { ids += postProcessor.suffix }
    return ids
  }

  private func encode(
    section: [Unicode.Scalar], specialTokensAsText: Bool, into ids: inout [Int32]
  ) {
    let text = normalizer?.apply(section) ?? section
    for part in normalizedFinder.split(text, specialTokensAsText: specialTokensAsText) {
      switch part {
      case .token(let id): ids.append(id)
      case .text(let text):
        for piece in preTokenizer.split(text) { model.encode(piece, into: &ids) }
      }
    }
  }

  /// The text of some ids; numbers that no token has are left out.
  package func decode(_ ids: [Int32], skipSpecialTokens: Bool = false) -> String {
    let contents = ids.compactMap { id -> String? in
      if let added = addedByID[id] {
        return skipSpecialTokens && added.isSpecial ? nil : added.content
      }
      return model.vocabulary.content(of: id)
    }
    guard let decoder else { return contents.joined(separator: " ") }
    return decoder.decode(contents).joined()
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

  package func isSpecial(_ id: Int32) -> Bool { addedByID[id]?.isSpecial ?? false }

  /// The pieces into which a text without special tokens is cut before each is encoded.
  package func pieces(of text: String) -> [String] {
    let scalars = Array(text.unicodeScalars)
    return preTokenizer.split(normalizer?.apply(scalars) ?? scalars).map { String(scalars: $0) }
  }

  /// Whether a text that is encoded in parts may be encoded as if each part stood at its beginning.
  var marksBeginning: Bool {
    (normalizer?.marksBeginning ?? false) || preTokenizer.marksBeginning
  }

  /// The ids of texts that follow each other, part by part.
  ///
  /// What is encoded first does not depend on what follows. The ids of a part end where the part
  /// ends: no token reaches across.
  package func encode(parts: [String]) throws(TokenizerError) -> [[Int32]] {
    if !marksBeginning { return parts.map { encode($0) } }
    var result: [[Int32]] = []
    var text = ""
    var before: [Int32] = []
    for part in parts {
      text += part
      let ids = encode(text)
      guard ids.starts(with: before) else {
        throw TokenizerError(
          file: "tokenizer.json",
          found: "a token that reaches across the beginning of \"\(part.prefix(20))\"",
          allowed: "texts whose parts begin where a token begins")
      }
      result.append(Array(ids[before.count...]))
      before = ids
    }
    return result
  }
}
