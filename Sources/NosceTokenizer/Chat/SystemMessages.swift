import NosceFormats
import NosceTemplates

/// What is done with a system message.
///
/// Some templates (Gemma's) refuse one, others leave it out. Its text then goes in front of the first
/// user message, with a blank line between, as users of these models do.
struct SystemMessages: Sendable {
  /// Whether the template itself shows the model what the system says.
  let areAccepted: Bool

  private static let probe = "the probed system text"

  /// Tries out a template.
  init(_ render: ([JSON]) throws(TemplateError) -> String) {
    let user = Self.message("user", "the probed question")
    let text = try? render([Self.message("system", Self.probe), user])
    let isShown = text.map { TemplateText.find(Self.probe, in: $0) != nil } ?? false
    // A template that renders nothing at all tells nothing about system messages.
    areAccepted = isShown || (try? render([user])) == nil
  }

  /// The messages as the template takes them.
  func adapted(_ messages: [JSON]) -> [JSON] {
    guard !areAccepted, let first = messages.first?.object, first["role"]?.string == "system",
      let system = first["content"]?.string
    else { return messages }
    var rest = Array(messages.dropFirst())
    guard let index = rest.firstIndex(where: { $0.object?["role"]?.string == "user" }),
      case .object(var user) = rest[index],
      let place = user.members.firstIndex(where: { $0.key == "content" }),
      let content = user.members[place].value.string
    else { return [Self.message("user", system)] + rest }
    user.members[place].value = .string(system.isEmpty ? content : "\(system)\n\n\(content)")
    rest[index] = .object(user)
    return rest
  }

  private static func message(_ role: String, _ content: String) -> JSON {
    .object([("role", .string(role)), ("content", .string(content))])
  }
}
