/// One row of training text.
package enum TrainingRow: Codable, Sendable, Hashable {
  /// A conversation of which the assistant's turns are trained on.
  case chat(Chat)
  /// A conversation of which some of the assistant's turns, given by their places, are not.
  case maskedChat(Chat, untrained: [Int])
  /// Plain text, trained on throughout.
  case document(String)
  /// Plain text of which only the second part is trained on.
  case completion(prompt: String, completion: String)

  /// Everything the row says, with a line break between turns.
  package var text: String {
    switch self {
    case .chat(let chat), .maskedChat(let chat, _): chat.map(\.content).joined(separator: "\n")
    case .document(let text): text
    case .completion(let prompt, let completion): prompt + completion
    }
  }

  /// The conversation; nil for plain text.
  package var chat: Chat? {
    switch self {
    case .chat(let chat), .maskedChat(let chat, _): chat
    case .document, .completion: nil
    }
  }

  /// The turns with the flags that say which are trained on; nil for plain text.
  package var turns: [FileRow.Turn]? {
    switch self {
    case .chat(let chat):
      chat.map { FileRow.Turn($0, isTrained: $0.role == .assistant) }
    case .maskedChat(let chat, let untrained):
      chat.enumerated().map { place, message in
        FileRow.Turn(
          message, isTrained: message.role == .assistant && !untrained.contains(place))
      }
    case .document, .completion: nil
    }
  }

  /// A row of these turns. Only the assistant's can be trained on.
  package init(turns: [FileRow.Turn]) {
    let chat = turns.map(\.message)
    let untrained = turns.indices.filter {
      chat[$0].role == .assistant && !turns[$0].isTrained
    }
    self = untrained.isEmpty ? .chat(chat) : .maskedChat(chat, untrained: untrained)
  }

  /// The texts that are trained on in answer to something: none in a document.
  package var answers: [String] {
    if case .completion(_, let completion) = self { return [completion] }
    return turns?.filter(\.isTrained).map(\.message.content) ?? []
  }

  /// The same row with every answer changed.
  package func mappingAnswers(_ change: (String) throws -> String) rethrows -> TrainingRow {
    if case .completion(let prompt, let completion) = self {
      return .completion(prompt: prompt, completion: try change(completion))
    }
    guard let turns else { return self }
    return TrainingRow(
      turns: try turns.map { turn in
        guard turn.isTrained else { return turn }
        return FileRow.Turn(
          ChatMessage(turn.message.role, try change(turn.message.content)), isTrained: true)
      })
  }

  /// The same row with every text changed, whoever says it.
  package func mappingTexts(_ change: (String) throws -> String) rethrows -> TrainingRow {
    switch self {
    case .chat(let chat): .chat(try Self.mapped(chat, change))
    case .maskedChat(let chat, let untrained):
      .maskedChat(try Self.mapped(chat, change), untrained: untrained)
    case .document(let text): .document(try change(text))
    case .completion(let prompt, let completion):
      .completion(prompt: try change(prompt), completion: try change(completion))
    }
  }

  private static func mapped(
    _ chat: Chat, _ change: (String) throws -> String
  ) rethrows -> Chat {
    try chat.map { ChatMessage($0.role, try change($0.content)) }
  }

  /// The same conversation under a system line where it has none; plain text stays as it is.
  package func under(system: String) -> TrainingRow {
    guard let turns, !turns.contains(where: { $0.message.role == .system }) else { return self }
    return TrainingRow(turns: [.init(ChatMessage(.system, system), isTrained: false)] + turns)
  }
}
