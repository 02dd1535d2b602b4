import Foundation
import NosceFormats

/// The template that turns a conversation into the text that a model was trained on.
///
/// Understands the part of Jinja that published chat templates use. A template may come from an
/// untrusted file: its work and output are limited, and it can neither read files nor change what
/// it is given.
package struct ChatTemplate: Sendable {
  /// What error messages call it, e.g. the path of its file.
  package let name: String
  package let source: String
  private let statements: [TemplateStatement]

  package init(source: String, name: String) throws(TemplateError) {
    guard source.utf8.count <= 2_000_000 else {
      throw TemplateError(template: name, line: 1, message: "a template of more than 2000000 bytes")
    }
    self.source = source
    self.name = name
    statements = try TemplateParser.parse(source, template: name)
  }

  /// A rendered conversation.
  package struct Rendering: Sendable, Equatable {
    package let text: String
    /// What stands between `{% generation %}` and `{% endgeneration %}`, in Unicode scalars.
    package let assistantSpans: [Range<Int>]
  }

  /// Renders messages, each an object with "role" and "content".
  ///
  /// `continuesFinalMessage` leaves out whatever would follow the last message's content, so that a
  /// model goes on with it. `variables` are whatever else the template asks for.
  package func render(
    messages: [JSON], tools: [JSON]? = nil, addsGenerationPrompt: Bool = false,
    continuesFinalMessage: Bool = false, variables: [(name: String, value: JSON)] = [],
    date: TemplateDate = .standard
  ) throws(TemplateError) -> Rendering {
    guard !messages.isEmpty else {
      throw TemplateError(template: name, line: 1, message: "a conversation without messages")
    }
    var messages = messages
    let last = continuesFinalMessage ? try mark(&messages[messages.count - 1]) : ""
    var values: [(name: String, value: TemplateValue)] = []
    do throws(TemplateFault) {
      values = [
        ("messages", try TemplateValue(.array(messages.map(Self.normalized)))),
        ("tools", try TemplateValue(tools.map { .array($0) } ?? .null)),
        ("documents", .none),
        ("add_generation_prompt", .bool(addsGenerationPrompt)),
      ]
      for (name, value) in variables { values.append((name, try TemplateValue(value))) }
    } catch {
      throw TemplateError(template: name, line: 1, message: error.message)
    }
    let output = try TemplateRenderer.render(
      statements, template: name, variables: values, date: date)
    if continuesFinalMessage { return try cut(output.text, last) }
    return Rendering(text: output.text, assistantSpans: output.assistantSpans)
  }

  /// What the reference library hands to templates: no keys without a value, and a model's reasoning
  /// under each of the names that templates use for it.
  private static func normalized(_ message: JSON) -> JSON {
    guard case .object(var object) = message else { return message }
    object.members.removeAll { $0.value == .null }
    let reasoning = ["reasoning_content", "thinking", "reasoning"].lazy
      .compactMap { object[$0] }.first
    if let reasoning {
      if object["thinking"] == nil { object.members.insert(("thinking", reasoning), at: 0) }
      if let index = object.members.firstIndex(where: { $0.key == "reasoning_content" }) {
        object.members[index].value = reasoning
      } else {
        object.members.append(("reasoning_content", reasoning))
      }
    }
    return .object(object)
  }

  /// Stands at the end of the last message while it is rendered, to find that end again.
  ///
  /// Plain letters, which stay the same in JSON and in a printed list.
  private static let endMark = "NOSCE_END_OF_FINAL_MESSAGE "

  /// Puts the mark at the end of the last text of a message, and returns that text.
  private func mark(_ message: inout JSON) throws(TemplateError) -> String {
    guard case .object(var object) = message,
      let index = object.members.firstIndex(where: { $0.key == "content" }),
      let text = Self.mark(&object.members[index].value)
    else {
      throw TemplateError(
        template: name, line: 1, message: "a last message whose content is no text")
    }
    message = .object(object)
    return text
  }

  private static func mark(_ content: inout JSON) -> String? {
    switch content {
    case .string(let text):
      content = .string(text + endMark)
      return text
    case .array(var parts):
      for index in parts.indices.reversed() {
        guard case .object(var part) = parts[index],
          let place = part.members.firstIndex(where: { $0.key == "text" }),
          let text = mark(&part.members[place].value)
        else { continue }
        parts[index] = .object(part)
        content = .array(parts)
        return text
      }
      return nil
    default: return nil
    }
  }

  /// The text up to the mark; `last` is the text that the mark was put behind.
  private func cut(_ text: String, _ last: String) throws(TemplateError) -> Rendering {
    let bare = TemplateText.strip(Self.endMark, nil)
    let parts = TemplateText.splitFromEnd(text, by: bare, limit: 1)
    guard parts.count == 2, TemplateText.find(TemplateText.strip(last, nil), in: text) != nil else {
      throw TemplateError(
        template: name, line: 1, message: "the template leaves out part of the last message")
    }
    // Where the template has dropped blanks at the end, the content's own are dropped too.
    let keepsBlanks = TemplateText.hasPrefix(parts[1], " ")
    let kept = keepsBlanks ? parts[0] : TemplateText.strip(parts[0], nil, left: false)
    return Rendering(text: kept, assistantSpans: [])
  }
}
