import NosceEngine
import NosceTokenizer

/// A prompt as part of an answer: its text, and where each of its tokens begins there.
struct PromptEcho {
  let text: String
  let tokens: [ReadToken]

  init(_ given: CompletionRequest.Given, _ ids: [Int32], _ tokenizer: Tokenizer) {
    var pieces = TextPieces(tokenizer, skipsSpecial: false)
    var joined = ""
    var position = 0
    var tokens: [ReadToken] = []
    let written: [Unicode.Scalar]? =
      if case .text(let text) = given { Array(text.unicodeScalars) } else { nil }
    for id in ids {
      tokens.append(ReadToken(token: id, offset: position))
      let piece = pieces.append(id)
      joined += piece
      let scalars = Array(piece.unicodeScalars)
      // What the tokenizer puts before a text is no part of it.
      if let written, tokenizer.isSpecial(id),
        !written[min(position, written.count)...]
          .starts(with: scalars)
      {
        continue
      }
      position += scalars.count
    }
    joined += pieces.finish()
    if case .text(let text) = given {
      self.text = text
      let end = text.unicodeScalars.count
      self.tokens = tokens.map { ReadToken(token: $0.token, offset: min($0.offset, end)) }
    } else {
      text = joined
      self.tokens = tokens
    }
  }

  /// The tokens with what was found out about them.
  func tokens(_ read: [ReadToken]) -> [ReadToken] {
    zip(tokens, read).map { ReadToken(token: $0.token, offset: $0.offset, report: $1.report) }
  }
}
