extension Tokenizer {
  /// The first character of a text that has neither a token nor tokens of its bytes: encoded all the same,
  /// the text is another one. Blanks are left to the tokenizer.
  package func unwritable(in text: String) -> Unicode.Scalar? {
    let bytes = Array(text.utf8)
    let normalized = String(decoding: normalizer?.apply(bytes) ?? bytes, as: UTF8.self)
    let missing = normalized.unicodeScalars.filter {
      !$0.properties.isWhitespace && !model.writes($0)
    }
    // A piece that is a token as a whole, or an added token, needs none for each character.
    let written = missing.isEmpty ? [] : Set(decode(encode(text)).unicodeScalars)
    return missing.first { !written.contains($0) }
  }
}
