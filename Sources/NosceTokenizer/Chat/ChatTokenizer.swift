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
  /// The words that end an answer, where a template was given that puts no token there.
  let stop: StopText?
  let systemMessages: SystemMessages
  private let variables: [(name: String, value: JSON)]
  private let date: TemplateDate

  /// Reads `tokenizer.json`, the template, and the stop tokens of a checkpoint folder.
  ///
  /// - Parameter given: a template to be used in place of the folder's own.
  package init(
    directory: URL, template given: ChatTemplate? = nil, date: TemplateDate = .standard
  ) throws {
    let tokenizer = try Tokenizer(contentsOf: directory)
    guard let template = try given ?? ChatTemplate.load(directory: directory) else {
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
    stop = template.isGiven && endOfTurnID == nil ? StopText(tokenizer, render) : nil
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
    var notes: [String] = []
    if !acceptsSystem {
      notes.append(
        "The chat template takes no system message: its text goes in front of the first user "
          + "message, with a blank line between.")
    }
    if template.isGiven, endOfTurnID == nil, stop == nil {
      notes.append(
        "The chat template ends an answer with no special token and no words of its own on a new "
          + "line: answers end only where the model ends a text.")
    }
    if let missing = missingBeginning {
      notes.append(
        "The chat template does not begin with \(missing), which the tokenizer puts before a text.")
    }
    return notes.isEmpty ? nil : notes.joined(separator: " ")
  }

  /// What the tokenizer puts before a text and a given template leaves out.
  private var missingBeginning: String? {
    guard template.isGiven, !template.addsBeginning, !tokenizer.beginning.isEmpty,
      let text = try? render([("user", "a question")]).text,
      !tokenizer.encode(text).starts(with: tokenizer.beginning)
    else { return nil }
    return tokenizer.beginning.map { tokenizer.content(of: $0) ?? "\($0)" }.joined()
  }

  /// What stands before every conversation.
  var beginning: [Int32] { template.addsBeginning ? tokenizer.beginning : [] }

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
