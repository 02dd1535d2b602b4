import Foundation
import NosceFormats

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
    endOfTurnID = Self.endOfTurn(tokenizer, template, variables, date)
    var stops = stopTokenIDs
    if let endOfTurnID, !stops.contains(endOfTurnID) { stops.append(endOfTurnID) }
    self.stopTokenIDs = stops
  }

  /// The special token that directly follows an answer when the template is tried out.
  private static func endOfTurn(
    _ tokenizer: Tokenizer, _ template: ChatTemplate, _ variables: [(name: String, value: JSON)],
    _ date: TemplateDate
  ) -> Int32? {
    let answer = "the probed answer"
    let messages = [json(("user", "the probed question")), json(("assistant", answer))]
    guard
      let text = try? template.render(messages: messages, variables: variables, date: date).text,
      let after = TemplateText.splitFromEnd(text, by: answer, limit: 1).dropFirst().first,
      let first = tokenizer.encode(after).first, tokenizer.isSpecial(first)
    else { return nil }
    return first
  }

  private static func json(_ message: Message) -> JSON {
    .object([("role", .string(message.role)), ("content", .string(message.content))])
  }

  /// The conversation as text.
  package func render(
    _ messages: [Message], addsGenerationPrompt: Bool = false
  ) throws(TemplateError) -> ChatTemplate.Rendering {
    try template.render(
      messages: messages.map(Self.json), addsGenerationPrompt: addsGenerationPrompt,
      variables: variables, date: date)
  }

  /// The ids up to where the assistant answers, or goes on after `prefill`.
  package func prompt(messages: [Message], prefill: String? = nil) throws -> [Int32] {
    let text = try render(messages, addsGenerationPrompt: true).text
    return try tokenizer.encode(parts: [text, prefill ?? ""]).flatMap(\.self)
  }

  /// The ids of a prompt, and those of an answer that follows it.
  ///
  /// With `closed`, the token that ends the turn is part of the answer.
  package func prompt(
    messages: [Message], prefill: String? = nil, answer: String, closed: Bool
  ) throws -> (prompt: [Int32], answer: [Int32]) {
    let text = try render(messages, addsGenerationPrompt: true).text
    let parts = try tokenizer.encode(parts: [text, prefill ?? "", answer])
    guard closed else { return (parts[0] + parts[1], parts[2]) }
    guard let end = endOfTurnID ?? stopTokenIDs.first else {
      throw TokenizerError(
        file: template.name, found: "no token that ends a turn",
        allowed: "a template or tokenizer_config.json that names one")
    }
    return (parts[0] + parts[1], parts[2] + [end])
  }

  /// The ids of a whole conversation, and which of them the assistant says.
  ///
  /// Those are the tokens of its words and the token that ends its turn.
  package func trainingRow(
    _ messages: [Message]
  ) throws -> (tokens: [Int32], isTarget: [Bool]) {
    let rendering = try render(messages)
    let text = Array(rendering.text.unicodeScalars)
    let hasMarks = template.marksAssistant && !rendering.assistantSpans.isEmpty
    let spans =
      hasMarks
      ? rendering.assistantSpans : try spansWithoutMarks(messages, text)
    var parts: [String] = []
    var end = 0
    for span in spans {
      parts.append(String(scalars: text[end..<span.lowerBound]))
      parts.append(String(scalars: text[span]))
      end = span.upperBound
    }
    parts.append(String(scalars: text[end...]))

    var tokens: [Int32] = []
    var isTarget: [Bool] = []
    var endsOpen = false
    for (index, ids) in try tokenizer.encode(parts: parts).enumerated() {
      var targets = [Bool](repeating: index % 2 == 1, count: ids.count)
      if index % 2 == 1 {
        endsOpen = !(ids.last.map(stopTokenIDs.contains) ?? false)
      } else if endsOpen, let first = ids.first, stopTokenIDs.contains(first) {
        targets[0] = true
        endsOpen = false
      }
      tokens += ids
      isTarget += targets
    }
    return (tokens, isTarget)
  }

  /// Where the assistant's words stand, found by rendering the conversation up to them.
  private func spansWithoutMarks(
    _ messages: [Message], _ text: [Unicode.Scalar]
  ) throws -> [Range<Int>] {
    var spans: [Range<Int>] = []
    var end = 0
    for (index, message) in messages.enumerated() where message.role == "assistant" {
      // Templates may trim a message.
      let words = Array(TemplateText.strip(message.content, nil).unicodeScalars)
      var start = end
      if index > 0,
        case let head = Array(
          try render(Array(messages[..<index]), addsGenerationPrompt: true).text.unicodeScalars),
        head.count >= end, text.starts(with: head)
      {
        start = head.count
      } else if let place = Self.find(words, in: text, from: end) {
        start = place
      } else {
        throw unfound(message.content)
      }
      guard let place = Self.find(words, in: text, from: start) else {
        throw unfound(message.content)
      }
      end = place + words.count
      // Blanks that the content itself ends with are the assistant's too.
      let content = Array(message.content.unicodeScalars)
      let tail = content.suffix(while: isBlank)
      if text[end...].starts(with: tail) { end += tail.count }
      spans.append(start..<end)
    }
    return spans
  }

  private func unfound(_ content: String) -> TokenizerError {
    TokenizerError(
      file: template.name,
      found: "no trace of the assistant's \"\(content.prefix(40))\" in the rendered conversation",
      allowed: "a template that keeps every answer, or marks it with {% generation %}")
  }

  private static func find(
    _ part: [Unicode.Scalar], in text: [Unicode.Scalar], from start: Int
  ) -> Int? {
    guard let first = part.first else { return start }
    var index = start
    while index + part.count <= text.count {
      if text[index] == first, text[index..<index + part.count].elementsEqual(part) { return index }
      index += 1
    }
    return nil
  }
}

extension Array {
  /// The longest end of the array whose elements all fulfil the condition.
  fileprivate func suffix(while condition: (Element) -> Bool) -> ArraySlice<Element> {
    var start = endIndex
    while start > startIndex, condition(self[start - 1]) { start -= 1 }
    return self[start...]
  }
}
