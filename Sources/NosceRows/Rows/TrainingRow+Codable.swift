import NosceCore

/// As plans have rows since the schema `nosce-plan-2`: a conversation is a list of messages, beside
/// the places of the assistant's turns that are not trained on where there are some.
extension TrainingRow: Codable {
  private enum Key: String, CodingKey { case chat, maskedChat, document, completion, tokens }
  private enum Part: String, CodingKey {
    case whole = "_0"
    case untrained, prompt, completion, isTrained
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    guard let key = container.allKeys.first, container.allKeys.count == 1 else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "a row is of one kind"))
    }
    let parts = try container.nestedContainer(keyedBy: Part.self, forKey: key)
    switch key {
    case .chat: self = .chat(try parts.decode(Chat.self, forKey: .whole))
    case .maskedChat:
      let chat = try parts.decode(Chat.self, forKey: .whole)
      let untrained = Set(try parts.decode([Int].self, forKey: .untrained))
      self = .chat(
        chat.enumerated().map { place, message in
          Turn(message, isTrained: message.role == .assistant && !untrained.contains(place))
        })
    case .document: self = .document(try parts.decode(String.self, forKey: .whole))
    case .completion:
      self = .completion(
        prompt: try parts.decode(String.self, forKey: .prompt),
        completion: try parts.decode(String.self, forKey: .completion))
    case .tokens:
      self = .tokens(
        try parts.decode([Int32].self, forKey: .whole),
        isTrained: try parts.decode([Bool].self, forKey: .isTrained))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .chat(let turns):
      let untrained = turns.indices.filter {
        turns[$0].message.role == .assistant && !turns[$0].isTrained
      }
      var parts = container.nestedContainer(
        keyedBy: Part.self, forKey: untrained.isEmpty ? .chat : .maskedChat)
      try parts.encode(turns.map(\.message), forKey: .whole)
      if !untrained.isEmpty { try parts.encode(untrained, forKey: .untrained) }
    case .document(let text):
      var parts = container.nestedContainer(keyedBy: Part.self, forKey: .document)
      try parts.encode(text, forKey: .whole)
    case .completion(let prompt, let completion):
      var parts = container.nestedContainer(keyedBy: Part.self, forKey: .completion)
      try parts.encode(prompt, forKey: .prompt)
      try parts.encode(completion, forKey: .completion)
    case .tokens(let ids, let isTrained):
      var parts = container.nestedContainer(keyedBy: Part.self, forKey: .tokens)
      try parts.encode(ids, forKey: .whole)
      try parts.encode(isTrained, forKey: .isTrained)
    }
  }
}
