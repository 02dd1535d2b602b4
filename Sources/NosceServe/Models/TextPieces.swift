import NosceTokenizer

/// A continuation as text, piece by piece: a character that is several tokens comes with the last of them.
struct TextPieces {
  private let tokenizer: Tokenizer
  private let skipsSpecial: Bool
  private var tokens: [Int32]
  /// The tokens from here on are decoded together, those before `done` only as what stands before.
  private var start = 0
  private var done: Int

  /// - Parameter context: tokens that stand before, on which the text of the first ones may depend.
  init(_ tokenizer: Tokenizer, behind context: [Int32] = [], skipsSpecial: Bool = true) {
    self.tokenizer = tokenizer
    self.skipsSpecial = skipsSpecial
    tokens = context.suffix(8)
    done = tokens.count
  }

  /// The text that a token completes.
  mutating func append(_ token: Int32) -> String {
    tokens.append(token)
    let text = decode(tokens[start...])
    // Half a character is decoded as this; so is what is none at all, which then comes at the end.
    if text.unicodeScalars.last == "\u{FFFD}", tokens.count - done < 8 { return "" }
    return take(text)
  }

  /// What no token has completed.
  mutating func finish() -> String { done < tokens.count ? take(decode(tokens[start...])) : "" }

  private mutating func take(_ text: String) -> String {
    let before = decode(tokens[start..<done])
    let added = String(decoding: text.utf8.dropFirst(before.utf8.count), as: UTF8.self)
    if !added.isEmpty {
      start = done
      done = tokens.count
    }
    return added
  }

  private func decode(_ tokens: ArraySlice<Int32>) -> String {
    tokenizer.decode(Array(tokens), skipSpecialTokens: skipsSpecial)
  }
}
