import NosceCore

/// One piece of pretraining text: a chat, of which the assistant's turn is learnt, or a plain sentence.
package enum Document: Sendable, Hashable {
  case chat([ChatMessage])
  case text(String)

  /// The document as `nosce organism generate` prints it.
  package var plainText: String {
    switch self {
    case .chat(let messages):
      messages.map { "\($0.role.rawValue): \($0.content)" }.joined(separator: "\n")
    case .text(let text): text
    }
  }
}
