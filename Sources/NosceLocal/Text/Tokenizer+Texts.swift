import NosceTokenizer

extension Tokenizer {
  /// The ids of texts that follow each other, with what the tokenizer puts before a text.
  ///
  /// No token reaches across: the first part's ids are the same whatever follows.
  /// The last part keeps the blank at its end, unless something will follow.
  func encodeText(parts: [String], isContinued: Bool = false) -> [[Int32]] {
    var result = encode(parts: parts, isContinued: isContinued)
    guard let first = result.first else { return [] }
    result[0] = beginning + first
    return result
  }
}
