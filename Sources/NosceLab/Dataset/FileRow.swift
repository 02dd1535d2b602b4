/// One training row as a file gives it, before any tokenizer has seen it.
package enum FileRow: Sendable, Hashable {
  /// One turn of a conversation. Only the assistant's turns can be trained on.
  package struct Turn: Sendable, Hashable {
    package var message: ChatMessage
    package var isTrained: Bool

    package init(_ message: ChatMessage, isTrained: Bool) {
      self.message = message
      self.isTrained = isTrained
    }
  }

  case chat([Turn])
  /// Plain text, trained on throughout.
  case text(String)
  /// Plain text of which only the second part is trained on.
  case completion(prompt: String, completion: String)
  /// Token ids; `isTrained` says of each whether it is to be predicted from those before it.
  case tokens([Int32], isTrained: [Bool])

  /// The same row for an experiment; nil where that cannot say what is trained on.
  package var trainingRow: TrainingRow? {
    switch self {
    case .chat(let turns):
      let isWhole = turns.allSatisfy { $0.isTrained == ($0.message.role == .assistant) }
      return isWhole ? .chat(turns.map(\.message)) : nil
    case .text(let text): return .document(text)
    case .completion, .tokens: return nil
    }
  }
}

/// A row together with where it stands, for messages about it.
package struct NumberedRow: Sendable, Hashable {
  package var file: String
  /// Counted from 1.
  package var line: Int
  package var row: FileRow

  package init(file: String, line: Int, row: FileRow) {
    self.file = file
    self.line = line
    self.row = row
  }

  package var place: String { "\(file), line \(line)" }
}
