/// One turn of a conversation.
package struct ChatMessage: Codable, Sendable, Hashable {
  package enum Role: String, Codable, Sendable, CaseIterable {
    case system, user, assistant
  }

  package var role: Role
  package var content: String

  package init(_ role: Role, _ content: String) {
    self.role = role
    self.content = content
  }
}

/// A conversation, oldest turn first.
package typealias Chat = [ChatMessage]
