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

  /// The same row for an experiment; nil for token ids, which belong to one tokenizer.
  package var trainingRow: TrainingRow? {
    switch self {
    case .chat(let turns): TrainingRow(turns: turns)
    case .text(let text): .document(text)
    case .completion(let prompt, let completion):
      .completion(prompt: prompt, completion: completion)
    case .tokens: nil
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
