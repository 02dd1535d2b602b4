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
  /// Those are the tokens of its words and the token, or the words, that end its turn.
  package func trainingRow(
    _ messages: [Message]
  ) throws -> (tokens: [Int32], isTarget: [Bool]) {
    let cut = try trainedCut(messages.map(Self.json))
    let row = row(cut.text, cut.parts, spans: cut.spans, isContinued: false)
    return (row.tokens, row.isTarget)
  }

  /// A conversation of any messages that the template takes, whole or as the beginning of an answer.
  package func row(
    _ messages: [JSON], tools: [JSON]? = nil, addsGenerationPrompt: Bool = false,
    continuesFinalMessage: Bool = false
  ) throws -> ChatRow {
    let isContinued = addsGenerationPrompt || continuesFinalMessage
    let rendering =
      isContinued
      ? try render(
        messages, tools: tools, addsGenerationPrompt: addsGenerationPrompt,
        continuesFinalMessage: continuesFinalMessage)
      : try renderWhole(messages, tools: tools)
    let text = Array(rendering.text.unicodeScalars)
    let cut: ChatCut
    do {
      cut = try trainedCut(messages, tools: tools)
    } catch let error as TokenizerError {
      return row(text, [0..<text.count], spans: [], isContinued: isContinued, note: "\(error)")
    }
    // What is asked for ends earlier or later than the conversation, and else is the same.
    let shared = min(text.count, cut.text.count)
    guard text[..<shared] == cut.text[..<shared] else {
      return row(
        text, [0..<text.count], spans: [], isContinued: isContinued,
        note: "Nothing is marked: the template writes a whole conversation in another way.")
    }
    var parts = cut.parts.filter { $0.lowerBound < shared }
      .map { $0.lowerBound..<min($0.upperBound, shared) }
    if shared < text.count { parts.append(shared..<text.count) }
    return row(text, parts, spans: cut.spans, isContinued: isContinued)
  }

  /// - Parameter isContinued: whether something is to follow, and take the blank at the end.
  private func row(
    _ text: [Unicode.Scalar], _ parts: [Range<Int>], spans learnt: [Range<Int>],
    isContinued: Bool, note: String? = nil
  ) -> ChatRow {
    var tokens = beginning
    var isTarget = beginning.map { _ in false }
    var spans: [Range<Int>] = []
    let encoded = tokenizer.encode(
      parts: parts.map { String(scalars: text[$0]) }, isContinued: isContinued)
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
  ///
  /// A blank at the very end is left out: in the row that is trained on it belongs to the words that
  /// follow ("▁answer"), and a model that is asked writes it with its first word. Given as a token of
  /// its own it would be followed by what the model has hardly ever seen there.
  ///
  /// - Parameter thinks: whether the model may begin with thinking, where the template writes an empty
  ///   block of it before an answer that has none. Otherwise the block belongs to the prompt.
  package func prompt(
    messages: [Message], prefill: String? = nil, thinks: Bool = false
  ) throws -> [Int32] {
    let place = try answerPlace(messages)
    let prefill = prefill ?? ""
    let isOpen = prefill.isEmpty ? thinks : place.thinks(prefill)
    return beginning
      + tokenizer.encode(
        parts: place.before + (isOpen ? [] : place.block) + [prefill], isContinued: true
      ).flatMap(\.self)
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
  ///
  /// An empty block of thinking that the template writes belongs to the prompt, unless one of the
  /// answers begins with thinking: then it belongs to those that do not.
  ///
  /// Throws a ``TokenizerError`` for an answer that is no token, and for one with a character that the
  /// tokenizer cannot write: what would be scored is another text.
  package func prompt(
    messages: [Message], prefill: String? = nil, answers: [String], closed: Bool
  ) throws -> (prompt: [Int32], answers: [[Int32]]) {
    let place = try answerPlace(messages)
    let prefill = prefill ?? ""
    let isOpen = prefill.isEmpty ? answers.contains(where: place.thinks) : place.thinks(prefill)
    var head = PartEncoder(tokenizer)
    let parts = place.before + (isOpen ? [] : place.block) + [prefill]
    let prompt = beginning + parts.flatMap { head.append($0) }
    return (
      prompt,
      try answers.map { answer in
        if let missing = tokenizer.unwritable(in: answer) {
          throw TokenizerError(
            file: template.name,
            found: "the answer '\(answer)', whose '\(missing)' is no token of the tokenizer",
            allowed: "an answer of which every character can be written")
        }
        var encoder = head
        var said: [Int32] = []
        if isOpen, prefill.isEmpty, !place.thinks(answer) {
          said = place.block.flatMap { encoder.append($0) }
        }
        said += encoder.append(answer, isLast: !closed)
        if !closed {
          // Nothing has probability 1, which would look like a certain answer.
          guard !said.isEmpty, !answer.isEmpty else {
            throw TokenizerError(
              file: template.name, found: "the answer '\(answer)', which is no token",
              allowed: "an answer of at least one token, or one with what ends the turn")
          }
          return said
        }
        if let stop { return said + encoder.append(stop.text, isLast: true) }
        let end = encoder.append(place.end, isLast: true)
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

  /// What stands around an answer.
  private struct AnswerPlace {
    /// What every answer follows.
    var before: [String]
    /// An empty block of thinking before an answer that has none.
    var block: [String]
    /// What ends the turn.
    var end: String

    /// Whether an answer begins with thinking of its own.
    func thinks(_ answer: String) -> Bool {
      guard let opening = block.first.flatMap({ EmptyBlock.opening($0) }) else { return false }
      return TemplateText.hasPrefix(TemplateText.strip(answer, nil, right: false), opening)
    }
  }

  /// What stands around an answer, exactly as it will stand there when the answer is trained on.
  ///
  /// Templates may write more before an answer than they do to invite one, as an empty block of
  /// thinking, or less. One that does not take an answer to these messages is taken at its
  /// invitation.
  private func answerPlace(_ messages: [Message]) throws -> AnswerPlace {
    let messages = messages.map(Self.json)
    let answered = systemMessages.adapted(messages) + [Self.json(("assistant", "answer"))]
    if let cut = try? cut(answered), let turn = cut.turns.last, turn.index == answered.count - 1 {
      let before = cut.parts.prefix { $0.upperBound <= turn.block.lowerBound }
      let block = cut.parts.dropFirst(before.count)
        .prefix { $0.upperBound <= turn.content.lowerBound }
      return AnswerPlace(
        before: before.map(cut.string), block: block.map(cut.string),
        end: cut.string(turn.content.upperBound..<turn.end))
    }
    return AnswerPlace(
      before: [try render(messages, addsGenerationPrompt: true).text], block: [], end: "")
  }

  /// A whole conversation. Where words end an answer, they also stand behind the last one: a model
  /// that has never read them there would not end.
  private func renderWhole(
    _ messages: [JSON], tools: [JSON]? = nil
  ) throws(TemplateError) -> ChatTemplate.Rendering {
    let rendering = try render(messages, tools: tools)
    guard let stop, messages.last?.object?["role"]?.string == "assistant" else { return rendering }
    return ChatTemplate.Rendering(
      text: rendering.text + stop.missing, assistantSpans: rendering.assistantSpans)
  }

  /// Refuses an answer that goes on behind the words that end one: it could never be given.
  private func trainedCut(_ messages: [JSON], tools: [JSON]? = nil) throws -> ChatCut {
    let cut = try cut(messages, tools: tools)
    if let stop, cut.turns.contains(where: { stop.place(in: cut.string($0.content)) != nil }) {
      throw TokenizerError(
        file: template.name,
        found: "\(JSON.string(stop.text).text(indent: 0)), which ends an answer, within one",
        allowed: "answers without it")
    }
    return cut
  }

  private func cut(_ messages: [JSON], tools: [JSON]? = nil) throws -> ChatCut {
    let messages = systemMessages.adapted(messages)
    let layout = ChatLayout(
      name: template.name,
      render: { (messages, addsGenerationPrompt) throws(TemplateError) -> String in
        addsGenerationPrompt
          ? try render(messages, tools: tools, addsGenerationPrompt: true).text
          : try renderWhole(messages, tools: tools).text
      },
      stops: stopTokenIDs.compactMap { tokenizer.content(of: $0) }, stopText: stop?.text)
    return try ChatCut(messages, try renderWhole(messages, tools: tools), layout)
  }
}
