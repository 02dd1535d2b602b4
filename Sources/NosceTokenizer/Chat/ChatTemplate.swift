import Foundation
import NosceFormats
import NosceTemplates

/// The template that turns a conversation into the text that a model was trained on.
package struct ChatTemplate: Sendable {
  package typealias Rendering = JinjaTemplate.Rendering

  private let jinja: JinjaTemplate
  /// Whether it was given for a model in place of the model's own: then an answer may also end with
  /// words (see ``StopText``).
  package let isGiven: Bool
  /// Whether what the tokenizer puts before a text stands before what the template writes; templates
  /// of models write it themselves.
  package let addsBeginning: Bool

  package init(
    source: String, name: String, isGiven: Bool = false, addsBeginning: Bool = false
  ) throws(TemplateError) {
    jinja = try JinjaTemplate(source: source, name: name)
    self.isGiven = isGiven
    self.addsBeginning = addsBeginning
  }

  /// What error messages call it, e.g. the path of its file.
  package var name: String { jinja.name }
  package var source: String { jinja.source }

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
    let values: [(name: String, value: JSON)] = [
      ("messages", .array(messages.map(Self.normalized))),
      ("tools", tools.map { .array($0) } ?? .null), ("documents", .null),
      ("add_generation_prompt", .bool(addsGenerationPrompt)),
    ]
    let output = try jinja.render(values + variables, date: date)
    if continuesFinalMessage { return try cut(output.text, last) }
    return output
  }

  /// The keys of a message under which a model's thinking stands.
  static let reasoningKeys = ["reasoning_content", "thinking", "reasoning"]

  /// What the reference library hands to templates: no keys without a value, and a model's reasoning
  /// under each of the names that templates use for it.
  private static func normalized(_ message: JSON) -> JSON {
    guard case .object(var object) = message else { return message }
    object.members.removeAll { $0.value == .null }
    let reasoning = reasoningKeys.lazy.compactMap { object[$0] }.first
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
