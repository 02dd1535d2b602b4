extension Tokenizer {
  /// The first character of a text for which there is neither a token nor tokens of its bytes; nil where
  /// all of it can be written, as with every vocabulary that has all bytes.
  ///
  /// Encoded all the same, such a text is another one: without the character, or with a token that stands
  /// for any that is unknown. Blanks are left to the tokenizer.
  package func unwritable(in text: String) -> Unicode.Scalar? {
    if model.writesAllBytes { return nil }
    let bytes = Array(text.utf8)
    let normalized = String(decoding: normalizer?.apply(bytes) ?? bytes, as: UTF8.self)
    let missing = normalized.unicodeScalars.lazy.filter {
      !$0.properties.isWhitespace && !model.writes($0)
    }
    guard missing.first != nil else { return nil }
    // A piece that is a token as a whole, or an added token, needs no token for each character.
    let written = Set(decode(encode(text)).unicodeScalars)
    return missing.first { !written.contains($0) }
  }
}

extension BytePairModel {
  /// Whether every byte has a token, so that every text can be written.
  fileprivate var writesAllBytes: Bool { !byteTokens.contains(-1) }

  fileprivate func writes(_ scalar: Unicode.Scalar) -> Bool {
    if !isByteLevel, token(of: scalar.value) >= 0 { return true }
    return String(scalar).utf8.allSatisfy { byteTokens[Int($0)] >= 0 }
  }
}
