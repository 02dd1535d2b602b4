import NosceFormats
import NosceTemplates

/// The words that end an answer where a template writes no token for it: all that it puts between an
/// answer and the user's next words, such as a blank line and `Question:`.
///
/// A model that has only read texts goes on with the next question when its answer is over. That is
/// where the answer is cut, so that is also what a training row has behind its answers.
struct StopText: Sendable {
  /// Begins with a line break, and says something; no blank stands at its end, since that belongs to
  /// the words that follow.
  let text: String
  /// What of it the template does not write behind the last answer of a conversation.
  let missing: String
  /// Whether the template writes one blank before the answer's words.
  let followsBlank: Bool

  private static let words = [
    "the probed question", "the probed answer", "a second question", "a second answer",
    "a third question",
  ]

  /// Tries out a template; nil where what stands between an answer and the next question has a token
  /// of its own, changes from turn to turn, or is nothing that could be told from an answer's words.
  init?(_ tokenizer: Tokenizer, _ render: ([JSON]) throws(TemplateError) -> String) {
    let messages = Self.words.enumerated().map { index, words in
      ChatTokenizer.json((index % 2 == 0 ? "user" : "assistant", words))
    }
    guard let whole = try? render(messages), let short = try? render(Array(messages[..<2])),
      let first = Self.between(Self.words[1], Self.words[2], in: whole),
      let second = Self.between(Self.words[3], Self.words[4], in: whole), first == second,
      let before = Self.between(Self.words[0], Self.words[1], in: short),
      let tail = Self.behind(Self.words[1], in: short)
    else { return nil }
    let text = TemplateText.strip(first, nil, left: false)
    let isWords = text.unicodeScalars.first.map { $0 == "\n" || $0 == "\r" } ?? false
    // What stands for an unknown character is special, too, without being in the text.
    let hasToken = tokenizer.encode(first).contains { id in
      tokenizer.isSpecial(id)
        && tokenizer.content(of: id).flatMap { TemplateText.find($0, in: first) } != nil
    }
    guard isWords, !hasToken else { return nil }
    if TemplateText.hasPrefix(tail, text) {
      missing = ""
    } else if TemplateText.hasPrefix(text, tail) {
      missing = String(text.unicodeScalars.dropFirst(tail.unicodeScalars.count))
    } else {
      return nil
    }
    self.text = text
    let end = before.unicodeScalars.suffix(2)
    followsBlank = end.last == " " && (end.count < 2 || end.first.map(isBlank) == false)
  }

  private static func between(_ one: String, _ other: String, in text: String) -> String? {
    guard let rest = behind(one, in: text), let end = TemplateText.find(other, in: rest) else {
      return nil
    }
    return String(decoding: rest.utf8.prefix(end), as: UTF8.self)
  }

  private static func behind(_ words: String, in text: String) -> String? {
    TemplateText.find(words, in: text).map {
      String(decoding: text.utf8.dropFirst($0 + words.utf8.count), as: UTF8.self)
    }
  }

  /// Where it begins in a text, in bytes.
  func place(in text: String) -> Int? { TemplateText.find(self.text, in: text) }
}
