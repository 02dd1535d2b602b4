import NosceCore

/// One row of training text: from a file, a generator or the experiment itself, before any
/// tokenizer has seen it.
package enum TrainingRow: Sendable, Hashable {
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
  case document(String)
  /// Plain text of which only the second part is trained on.
  case completion(prompt: String, completion: String)
  /// Token ids of one tokenizer; `isTrained` says of each whether it is to be predicted from those
  /// before it.
  case tokens([Int32], isTrained: [Bool])

  /// A conversation of which all the assistant's turns are trained on.
  package static func chat(_ chat: Chat) -> TrainingRow {
    .chat(chat.map { Turn($0, isTrained: $0.role == .assistant) })
  }

  /// Everything the row says, with a line break between turns; nothing for token ids.
  package var text: String {
    switch self {
    case .chat(let turns): turns.map(\.message.content).joined(separator: "\n")
    case .document(let text): text
    case .completion(let prompt, let completion): prompt + completion
    case .tokens: ""
    }
  }

  /// Whether the row is words, which every model can be trained on, and not token ids.
  package var isText: Bool {
    if case .tokens = self { false } else { true }
  }

  /// The turns with the flags that say which are trained on; nil where there is no conversation.
  package var turns: [Turn]? {
    if case .chat(let turns) = self { turns } else { nil }
  }

  /// The conversation; nil where there is none.
  package var chat: Chat? { turns?.map(\.message) }

  /// The texts that are trained on in answer to something: none in a document.
  package var answers: [String] {
    if case .completion(_, let completion) = self { return [completion] }
    return turns?.filter(\.isTrained).map(\.message.content) ?? []
  }

  /// The same row with every answer changed.
  package func mappingAnswers(_ change: (String) throws -> String) rethrows -> TrainingRow {
    switch self {
    case .completion(let prompt, let completion):
      .completion(prompt: prompt, completion: try change(completion))
    case .chat(let turns):
      .chat(try turns.map { $0.isTrained ? try $0.mappingText(change) : $0 })
    case .document, .tokens: self
    }
  }

  /// The same row with every text changed, whoever says it.
  package func mappingTexts(_ change: (String) throws -> String) rethrows -> TrainingRow {
    switch self {
    case .chat(let turns): .chat(try turns.map { try $0.mappingText(change) })
    case .document(let text): .document(try change(text))
    case .completion(let prompt, let completion):
      .completion(prompt: try change(prompt), completion: try change(completion))
    case .tokens: self
    }
  }

  /// The same conversation under a system line where it has none; other rows stay as they are.
  package func under(system: String) -> TrainingRow {
    guard let turns, !turns.contains(where: { $0.message.role == .system }) else { return self }
    return .chat([Turn(ChatMessage(.system, system), isTrained: false)] + turns)
  }
}

extension TrainingRow.Turn {
  fileprivate func mappingText(
    _ change: (String) throws -> String
  ) rethrows -> TrainingRow.Turn {
    var turn = self
    turn.message.content = try change(message.content)
    return turn
  }
}
