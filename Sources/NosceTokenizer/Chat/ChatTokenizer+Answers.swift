/// What a model has written as an answer.
package struct WrittenAnswer: Sendable, Equatable {
  package var text: String
  /// Those that the text is made of; the last may also begin what ends the answer.
  package var tokens: [Int32]
  /// Whether the words that end an answer stood behind it.
  package var isEnded: Bool
}

extension ChatTokenizer {
  /// Whether an answer is over, asked anew after each of its tokens; nil where tokens alone end one.
  ///
  /// The words are looked for in the text, for a model may write a full stop and the line breaks as
  /// one token.
  package var endsAnswer: (@Sendable ([Int32]) -> Bool)? {
    guard let stop else { return nil }
    // A token is one byte at least, but for those that are left out.
    let reach = stop.text.utf8.count + 4
    return { [tokenizer] tokens in
      let tail = tokenizer.decode(Array(tokens.suffix(reach)), skipSpecialTokens: true)
      return stop.place(in: tail) != nil
    }
  }

  /// The answer in the tokens that a model wrote behind a prompt: up to the words that end it, and
  /// without the blank that the template puts before it.
  package func answer(in tokens: [Int32], prefill: String? = nil) -> WrittenAnswer {
    guard let stop else {
      return WrittenAnswer(
        text: tokenizer.decode(tokens, skipSpecialTokens: true), tokens: tokens, isEnded: false)
    }
    let whole = tokenizer.decodeContinuing(tokens)
    let end = stop.place(in: whole)
    var text = end.map { String(decoding: whole.utf8.prefix($0), as: UTF8.self) } ?? whole
    var kept = tokens
    if let length = end {
      while !kept.isEmpty, tokenizer.decodeContinuing(kept.dropLast()).utf8.count >= length {
        kept.removeLast()
      }
    }
    if stop.followsBlank, (prefill ?? "").isEmpty, text.unicodeScalars.first == " " {
      text.unicodeScalars.removeFirst()
    }
    return WrittenAnswer(text: text, tokens: kept, isEnded: end != nil)
  }

  /// Whether the first word of an answer has a blank before it, which the template writes and a prompt
  /// leaves to the model.
  package var followsBlank: Bool { stop?.followsBlank ?? false }

  /// The words that end an answer; nil where a token ends it.
  package var endOfAnswer: String? { stop?.text }

  /// The words that end an answer as tokens behind one; nil where a token ends it.
  package var stopTextIDs: [Int32]? {
    stop.map { tokenizer.encode($0.text, at: .continuing) }
  }
}

extension Tokenizer {
  /// The text of ids that stand behind others, with the blank before it that some decoders leave out
  /// at the beginning of a text.
  func decodeContinuing(_ ids: some Sequence<Int32>) -> String {
    let before = encode("a")
    let text = decode(before + ids, skipSpecialTokens: true)
    let head = decode(before, skipSpecialTokens: true)
    guard !head.isEmpty, text.utf8.starts(with: head.utf8) else {
      return decode(Array(ids), skipSpecialTokens: true)
    }
    return String(decoding: text.utf8.dropFirst(head.utf8.count), as: UTF8.self)
  }
}
