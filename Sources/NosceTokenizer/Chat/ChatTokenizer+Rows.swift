import NosceFormats
import NosceTemplates

/// A conversation as text and tokens, with what of it is trained on.
package struct ChatRow: Sendable {
  package let text: String
  /// What is learnt, in Unicode scalars of the text.
  package let spans: [Range<Int>]
  package let tokens: [Int32]
  package let isTarget: [Bool]
  /// Why nothing is learnt, if the assistant's words were not found.
  package let note: String?
}

extension ChatTokenizer {
  /// The ids of a whole conversation, and which of them the assistant says.
  ///
  /// Those are the tokens of its words and the token that ends its turn.
  package func trainingRow(
    _ messages: [Message]
  ) throws -> (tokens: [Int32], isTarget: [Bool]) {
    let cut = try cut(messages.map(Self.json))
    let row = row(cut.text, cut.parts, spans: cut.spans)
    return (row.tokens, row.isTarget)
  }

  /// A conversation of any messages that the template takes, whole or as the beginning of an answer.
  package func row(
    _ messages: [JSON], tools: [JSON]? = nil, addsGenerationPrompt: Bool = false,
    continuesFinalMessage: Bool = false
  ) throws -> ChatRow {
    let text = Array(
      try render(
        messages, tools: tools, addsGenerationPrompt: addsGenerationPrompt,
        continuesFinalMessage: continuesFinalMessage
      ).text.unicodeScalars)
    let cut: ChatCut
    do {
      cut = try self.cut(messages, tools: tools)
    } catch let error as TokenizerError {
      return row(text, [0..<text.count], spans: [], note: "\(error)")
    }
    // What is asked for ends earlier or later than the conversation, and else is the same.
    let shared = min(text.count, cut.text.count)
    guard text[..<shared] == cut.text[..<shared] else {
      return row(
        text, [0..<text.count], spans: [],
        note: "Nothing is marked: the template writes a whole conversation in another way.")
    }
    var parts = cut.parts.filter { $0.lowerBound < shared }
      .map { $0.lowerBound..<min($0.upperBound, shared) }
    if shared < text.count { parts.append(shared..<text.count) }
    return row(text, parts, spans: cut.spans)
  }

  private func row(
    _ text: [Unicode.Scalar], _ parts: [Range<Int>], spans learnt: [Range<Int>],
    note: String? = nil
  ) -> ChatRow {
    var tokens: [Int32] = []
    var isTarget: [Bool] = []
    var spans: [Range<Int>] = []
    let encoded = tokenizer.encode(parts: parts.map { String(scalars: text[$0]) })
    for (range, ids) in zip(parts, encoded) {
      tokens += ids
      let isLearnt = learnt.contains {
        $0.lowerBound <= range.lowerBound && range.upperBound <= $0.upperBound
      }
      isTarget += Array(repeating: isLearnt, count: ids.count)
      guard isLearnt else { continue }
      if let last = spans.last, last.upperBound == range.lowerBound {
        spans[spans.count - 1] = last.lowerBound..<range.upperBound
      } else {
        spans.append(range)
      }
    }
    return ChatRow(
      text: String(scalars: text), spans: spans, tokens: tokens, isTarget: isTarget, note: note)
  }

  /// The ids up to where the assistant answers, or goes on after `prefill`.
  package func prompt(messages: [Message], prefill: String? = nil) throws -> [Int32] {
    let place = try answerPlace(messages)
    return tokenizer.encode(parts: place.before + [prefill ?? "", ""]).flatMap(\.self)
  }

  /// The ids of a prompt, and those of an answer that follows it.
  ///
  /// With `closed`, what ends the turn is part of the answer.
  package func prompt(
    messages: [Message], prefill: String? = nil, answer: String, closed: Bool
  ) throws -> (prompt: [Int32], answer: [Int32]) {
    let (prompt, answers) = try self.prompt(
      messages: messages, prefill: prefill, answers: [answer], closed: closed)
    return (prompt, answers[0])
  }

  /// The ids of a prompt, which is rendered and encoded once, and those of each answer that may follow
  /// it.
  package func prompt(
    messages: [Message], prefill: String? = nil, answers: [String], closed: Bool
  ) throws -> (prompt: [Int32], answers: [[Int32]]) {
    let place = try answerPlace(messages)
    var head = PartEncoder(tokenizer)
    let prompt = (place.before + [prefill ?? ""]).flatMap { head.append($0) }
    return (
      prompt,
      try answers.map { answer in
        var encoder = head
        let said = encoder.append(answer)
        if !closed { return said }
        let end = encoder.append(place.end)
        if end.last.map(stopTokenIDs.contains) == true { return said + end }
        guard let last = endOfTurnID ?? stopTokenIDs.first else {
          throw TokenizerError(
            file: template.name, found: "no token that ends a turn",
            allowed: "a template or tokenizer_config.json that names one")
        }
        return said + end + [last]
      }
    )
  }

  /// What stands before an answer, exactly as it will stand there when the answer is trained on, and
  /// what ends its turn.
  ///
  /// Templates may write more before an answer than they do to invite one, as an empty block of
  /// thinking, or less. One that does not take an answer to these messages is taken at its
  /// invitation.
  private func answerPlace(_ messages: [Message]) throws -> (before: [String], end: String) {
    let messages = messages.map(Self.json)
    let answered = systemMessages.adapted(messages) + [Self.json(("assistant", "answer"))]
    if let cut = try? cut(answered), let turn = cut.turns.last, turn.index == answered.count - 1 {
      let before = cut.parts.prefix { $0.upperBound <= turn.content.lowerBound }.map(cut.string)
      return (before, cut.string(turn.content.upperBound..<turn.end))
    }
    return ([try render(messages, addsGenerationPrompt: true).text], "")
  }

  private func cut(_ messages: [JSON], tools: [JSON]? = nil) throws -> ChatCut {
    let messages = systemMessages.adapted(messages)
    let layout = ChatLayout(
      name: template.name,
      render: { (messages, addsGenerationPrompt) throws(TemplateError) -> String in
        try render(messages, tools: tools, addsGenerationPrompt: addsGenerationPrompt).text
      },
      stops: stopTokenIDs.compactMap { tokenizer.content(of: $0) })
    return try ChatCut(messages, try render(messages, tools: tools), layout)
  }
}
