import NosceEngine
import NosceTokenizer

/// One token of an answer, with where its text begins in it.
struct ReadToken: Sendable {
  var token: Int32
  /// In Unicode scalars.
  var offset: Int
  var report: TokenReport?
}

/// Makes text of the tokens of one answer as they come: cut where words end it, whole characters only.
struct AnswerReader {
  /// What has become certain.
  struct Part {
    var text: String
    var tokens: [ReadToken]
  }

  private var pieces: TextPieces
  private var finder: StopFinder
  private var waiting: [ReadToken] = []
  /// Scalars of all text that tokens have completed, and of what was given out.
  private var read = 0
  private var given = 0
  private var dropsBlank: Bool

  /// - Parameters:
  ///   - context: the tokens before an answer that goes on with a text.
  ///   - dropsBlank: whether a blank before the answer's first word is the template's.
  init(
    _ tokenizer: Tokenizer, stops: [String], behind context: [Int32] = [], dropsBlank: Bool = false
  ) {
    pieces = TextPieces(tokenizer, behind: context)
    finder = StopFinder(stops)
    self.dropsBlank = dropsBlank
  }

  /// Whether words have ended the answer.
  var isEnded: Bool { finder.isEnded }

  mutating func append(_ token: Int32, _ report: TokenReport?) -> Part {
    if isEnded { return Part(text: "", tokens: []) }
    waiting.append(ReadToken(token: token, offset: read, report: report))
    return take(pieces.append(token))
  }

  /// - Parameter stop: the report of the token that ended the answer; it has no text there.
  mutating func finish(_ stop: TokenReport?) -> Part {
    if isEnded {
      waiting = []
      return Part(text: "", tokens: [])
    }
    var part = take(pieces.finish())
    if !isEnded {
      let rest = finder.finish()
      given += rest.unicodeScalars.count
      part.text += rest
      part.tokens += waiting
      if let stop {
        part.tokens.append(ReadToken(token: stop.token, offset: read, report: stop))
      }
    }
    waiting = []
    return part
  }

  private mutating func take(_ piece: String) -> Part {
    var piece = piece
    if dropsBlank, !piece.isEmpty {
      if piece.unicodeScalars.first == " " { piece.unicodeScalars.removeFirst() }
      dropsBlank = false
    }
    read += piece.unicodeScalars.count
    let text = finder.append(piece)
    given += text.unicodeScalars.count
    let count = waiting.prefix { $0.offset < given }.count
    defer { waiting.removeFirst(count) }
    return Part(text: text, tokens: Array(waiting.prefix(count)))
  }
}
