import Foundation
import NosceFormats
import NosceTemplates

/// A tokenizer together with the chat template of the same checkpoint.
///
/// Texts are encoded in parts that end where the assistant begins to speak, so a prompt's ids
/// followed by an answer's ids are exactly the ids that the model is trained on.
package struct ChatTokenizer: Sendable {
  package typealias Message = (role: String, content: String)

  package let tokenizer: Tokenizer
  package let template: ChatTemplate
  /// The tokens after which an answer has ended.
  package let stopTokenIDs: [Int32]
  /// The one that the template puts after the assistant's words, if it puts one there.
  package let endOfTurnID: Int32?
  let systemMessages: SystemMessages
  private let variables: [(name: String, value: JSON)]
  private let date: TemplateDate

  /// Reads `tokenizer.json`, the template, and the stop tokens of a checkpoint folder.
  package init(directory: URL, date: TemplateDate = .standard) throws {
    let tokenizer = try Tokenizer(contentsOf: directory)
    guard let template = try ChatTemplate.load(directory: directory) else {
      throw TokenizerError(
        file: directory.path, found: "no chat template",
        allowed: "chat_template.jinja, or chat_template in tokenizer_config.json")
    }
    let settings = try ChatSettings(directory: directory, tokenizer: tokenizer)
    self.init(
      tokenizer: tokenizer, template: template, stopTokenIDs: settings.stopTokenIDs,
      variables: settings.variables, date: date)
  }

  package init(
    tokenizer: Tokenizer, template: ChatTemplate, stopTokenIDs: [Int32],
    variables: [(name: String, value: JSON)] = [], date: TemplateDate = .standard
  ) {
    self.tokenizer = tokenizer
    self.template = template
    self.variables = variables
    self.date = date
    let render = { (messages: [JSON]) throws(TemplateError) -> String in
      try template.render(messages: messages, variables: variables, date: date).text
    }
    systemMessages = SystemMessages(render)
    endOfTurnID = Self.endOfTurn(tokenizer, render)
    var stops = stopTokenIDs
    if let endOfTurnID, !stops.contains(endOfTurnID) { stops.append(endOfTurnID) }
    self.stopTokenIDs = stops
  }

  /// The special token that follows an answer when the template is tried out.
  private static func endOfTurn(
    _ tokenizer: Tokenizer, _ render: ([JSON]) throws(TemplateError) -> String
  ) -> Int32? {
    let answer = "the probed answer"
    let messages = [json(("user", "the probed question")), json(("assistant", answer))]
    guard let text = try? render(messages),
      let after = TemplateText.splitFromEnd(text, by: answer, limit: 1).dropFirst().first,
      let first = tokenizer.encode(TemplateText.strip(after, nil, right: false)).first,
      tokenizer.isSpecial(first)
    else { return nil }
    return first
  }

  /// Whether the template itself shows the model what a system message says.
  package var acceptsSystem: Bool { systemMessages.areAccepted }

  /// What a plan should say about this template, if it treats conversations in an unusual way.
  package var note: String? {
    acceptsSystem
      ? nil
      : "The chat template takes no system message: its text goes in front of the first user "
        + "message, with a blank line between."
  }

  static func json(_ message: Message) -> JSON {
    .object([("role", .string(message.role)), ("content", .string(message.content))])
  }

  /// The conversation as text.
  package func render(
    _ messages: [Message], addsGenerationPrompt: Bool = false
  ) throws(TemplateError) -> ChatTemplate.Rendering {
    try render(messages.map(Self.json), addsGenerationPrompt: addsGenerationPrompt)
  }

  /// The conversation as text; messages may have any keys that the template knows.
  package func render(
    _ messages: [JSON], tools: [JSON]? = nil, addsGenerationPrompt: Bool = false,
    continuesFinalMessage: Bool = false
  ) throws(TemplateError) -> ChatTemplate.Rendering {
    try template.render(
      messages: systemMessages.adapted(messages), tools: tools,
      addsGenerationPrompt: addsGenerationPrompt, continuesFinalMessage: continuesFinalMessage,
      variables: variables, date: date)
  }
}
