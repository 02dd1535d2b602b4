import NosceTokenizer

extension Tokenizer {
  /// What the tokenizer puts before a text.
  private var beginning: [Int32] {
    let bare = encode("a")
    let around = encode("a", addSpecialTokens: true)
    let count = (0...max(0, around.count - bare.count)).first {
      around.dropFirst($0).starts(with: bare)
    }
    return Array(around.prefix(count ?? 0))
  }

  /// The ids of a whole text, with what the tokenizer puts before one and nothing behind it.
  func encodeText(_ text: String) -> [Int32] { beginning + encode(text) }

  /// The ids of texts that follow each other, with what the tokenizer puts before a text.
  ///
  /// No token reaches across: the first part's ids are the same whatever follows.
  func encodeText(parts: [String]) -> [[Int32]] {
    var result = encode(parts: parts)
    guard let first = result.first else { return [] }
    result[0] = beginning + first
    return result
  }
}
