import NosceFormats

extension ChatMessage: Fingerprinted {
  package var fingerprint: JSON { .view(role.rawValue, [("text", .string(content))]) }
}
