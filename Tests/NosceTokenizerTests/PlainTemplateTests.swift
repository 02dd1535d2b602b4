import NosceFormats
import NosceTemplates
import NosceTestSupport
import NosceTokenizer
import Testing

/// The bundled template, and the words with which an answer ends where no token ends it.
@Suite("Answers that end with words")
struct PlainTemplateTests {
  /// A tokenizer of the fixtures with more tokens, which are not special.
  private func tokenizer(_ name: String, adding contents: [String] = []) throws -> Tokenizer {
    try TokenizerFixtures.tokenizer(name, adding: contents, areSpecial: false)
  }

  private func chat(
    _ tokenizer: Tokenizer, _ source: String = ChatTemplate.plainSource, isGiven: Bool = true,
    stop: String? = nil
  ) throws -> ChatTokenizer {
    ChatTokenizer(
      tokenizer: tokenizer,
      template: try ChatTemplate(
        source: source, name: "plain", isGiven: isGiven,
        addsBeginning: source == ChatTemplate.plainSource),
      stopTokenIDs: try stop.map { [try #require(tokenizer.tokenID(for: $0))] } ?? [])
  }

  /// The tokens that are learnt, one list for each run of targets.
  private func learnt(
    _ chat: ChatTokenizer, _ messages: [ChatTokenizer.Message]
  ) throws -> [[Int32]] {
    let (tokens, isTarget) = try chat.trainingRow(messages)
    return zip(tokens, isTarget).split { !$0.1 }.map { $0.map(\.0) }
  }

  private static let talk: [ChatTokenizer.Message] = [
    ("system", " Be brief.\n"), ("user", "Hi\n"), ("assistant", "  a b\n"), ("user", "Ho"),
    ("assistant", "C"),
  ]

  @Test("The template's text, with and without a system message, up to an answer and whole")
  func text() throws {
    let chat = try chat(try tokenizer("byte-level"))
    #expect(
      try chat.render(Self.talk, addsGenerationPrompt: false).text
        == "Be brief.\n\nQuestion: Hi\nAnswer:   a b\n\n\nQuestion: Ho\nAnswer: C\n\n")
    #expect(
      try chat.render(Array(Self.talk[1..<2]), addsGenerationPrompt: true).text
        == "Question: Hi\nAnswer:")
    #expect(
      try chat.render([("system", " "), ("user", "Hi")], addsGenerationPrompt: true).text
        == "Question: Hi\nAnswer:")
    #expect(throws: (any Error).self) { try chat.render([("tool", "Hi")]) }
    #expect(chat.acceptsSystem && chat.note == nil && chat.endOfTurnID == nil)
    #expect(chat.endOfAnswer == "\n\nQuestion:")
  }

  @Test(
    "A prompt ends behind its colon, the answer has the blank, and what ends it is learnt",
    arguments: ["byte-level", "byte-fallback"])
  func ids(name: String) throws {
    let tokenizer = try tokenizer(name)
    let chat = try chat(tokenizer)
    let prompt = try chat.prompt(messages: [("user", "Hi")])
    #expect(prompt == tokenizer.beginning + tokenizer.encode("Question: Hi\nAnswer:"))
    let row = try chat.trainingRow([("user", "Hi"), ("assistant", "the light")])
    #expect(row.tokens.starts(with: prompt))
    #expect(row.isTarget == row.tokens.indices.map { $0 >= prompt.count })
    #expect(
      tokenizer.decode(row.tokens, skipSpecialTokens: true)
        == "Question: Hi\nAnswer: the light\n\nQuestion:")
    let (same, closed) = try chat.prompt(
      messages: [("user", "Hi")], answer: "the light", closed: true)
    #expect(same + closed == row.tokens && same == prompt)
    let open = try chat.prompt(messages: [("user", "Hi")], answer: "the light", closed: false)
    #expect(closed == open.answer + (try #require(chat.stopTextIDs)))
    // The same words in the middle of a conversation.
    let whole = Array(Self.talk.dropFirst(3)) + [("user", "Why"), ("assistant", "D")]
    let two = try learnt(chat, whole)
    #expect(two.count == 2)
    let stop = try #require(chat.stopTextIDs)
    #expect(two.allSatisfy { $0.suffix(stop.count) == stop[...] })
    #expect(try learnt(chat, Array(Self.talk.suffix(2))).first == two.first)
  }

  @Test("Rows as they are shown: the words that end the last answer stand behind it")
  func shown() throws {
    let chat = try chat(try tokenizer("byte-level"))
    let messages = Self.talk.map { role, content in
      JSON.object([("role", .string(role)), ("content", .string(content))])
    }
    let row = try chat.row(messages)
    #expect(row.text.hasSuffix("Answer: C\n\nQuestion:"))
    let text = Array(row.text.unicodeScalars)
    let spans = row.spans.map { span in
      var words = String.UnicodeScalarView()
      words += text[span]
      return String(words)
    }
    #expect(spans == ["  a b\n\n\nQuestion:", "C\n\nQuestion:"])
    let begun = try chat.row(Array(messages.dropLast()), addsGenerationPrompt: true)
    #expect(begun.text.hasSuffix("Question: Ho\nAnswer:"))
    let open = try chat.row(messages, continuesFinalMessage: true)
    #expect(open.text.hasSuffix("Answer: C"))
  }

  @Test("An answer that has within it what ends one is refused")
  func within() throws {
    let chat = try chat(try tokenizer("byte-level"))
    let error = #expect(throws: TokenizerError.self) {
      try chat.trainingRow([("user", "Hi"), ("assistant", "a\n\nQuestion: b")])
    }
    #expect(error?.description.contains(#""\n\nQuestion:""#) == true)
    _ = try chat.trainingRow([("user", "a\n\nQuestion: b"), ("assistant", "a\nQuestion: b")])
  }

  @Test(
    "The end is found when its last token comes, and the text is cut before it",
    arguments: ["byte-level", "byte-fallback"])
  func found(name: String) throws {
    let tokenizer = try tokenizer(name, adding: [".\n\nQuest", "? \n\nQuestion: Why?"])
    let chat = try chat(tokenizer)
    let isOver = try #require(chat.endsAnswer)
    let early = try #require(tokenizer.tokenID(for: ".\n\nQuest"))
    let whole = try #require(tokenizer.tokenID(for: "? \n\nQuestion: Why?"))
    func ids(_ text: String) throws -> [Int32] {
      try chat.prompt(messages: [("user", "Hi")], answer: text, closed: false).answer
    }
    let rest = try chat.prompt(
      messages: [("user", "Hi")], prefill: "x", answer: "ion: y", closed: false
    ).answer
    let light = try ids("the light")
    for (tokens, text, kept) in [
      // Across tokens, the first of which also ends the sentence.
      (light + [early] + rest, "the light.", light + [early]),
      // Inside one token, and with more behind it.
      (light + [whole], "the light? ", light + [whole]),
      (try ids("a\n\nQuestion:"), "a", try ids("a")),
      (try ids("a\n\n\n\nQuestion: b"), "a\n\n", nil),
      (try chat.prompt(messages: [("user", "Hi")], answer: "", closed: true).answer, "", nil),
    ] as [([Int32], String, [Int32]?)] {
      let answer = chat.answer(in: tokens)
      #expect(answer.text == text && answer.isEnded)
      if let kept { #expect(answer.tokens == kept) }
      // Asked token by token, the same tokens are at their end once, with the last one needed.
      let first = try #require((0...tokens.count).first { isOver(Array(tokens.prefix($0))) })
      #expect(chat.answer(in: Array(tokens.prefix(first))).isEnded)
      #expect(first == 0 || !chat.answer(in: Array(tokens.prefix(first - 1))).isEnded)
      #expect(chat.answer(in: Array(tokens.prefix(first))).text == text)
    }
    for text in ["a", "a\n\nQuestion", "a\nQuestion: b", "a\n\n Question:", ""] {
      let tokens = text.isEmpty ? [] : try ids(text)
      #expect(!isOver(tokens))
      let answer = chat.answer(in: tokens)
      #expect(answer.text == text && answer.tokens == tokens && !answer.isEnded)
    }
  }

  @Test("A long answer is at its end as soon as its text is, wherever characters are cut")
  func tail() throws {
    for name in ["byte-level", "byte-fallback"] {
      let chat = try chat(try tokenizer(name))
      let isOver = try #require(chat.endsAnswer)
      let text = "é漢字 the light, " + String(repeating: "🌊é ", count: 40) + "end"
      let tokens = try chat.prompt(messages: [("user", "Hi")], answer: text, closed: true).answer
      #expect((0..<tokens.count).allSatisfy { !isOver(Array(tokens.prefix($0))) })
      #expect(isOver(tokens))
      #expect(chat.answer(in: tokens).text == text)
    }
  }

  @Test("Behind a given beginning, the blank before an answer is part of what follows")
  func prefill() throws {
    let chat = try chat(try tokenizer("byte-level"))
    let (_, open) = try chat.prompt(messages: [("user", "Hi")], answer: "the", closed: false)
    #expect(chat.answer(in: open).text == "the")
    #expect(chat.answer(in: open, prefill: "It is ").text == " the")
  }

  /// Templates in files.
  private static let dialogue = """
    {% for m in messages %}{% if m.role == 'user' %}User: {{ m.content }}
    {% else %}Bot: {{ m.content }}
    {% endif %}{% endfor %}{% if add_generation_prompt %}Bot:{% endif %}
    """

  @Test("What a given template writes before the next question ends an answer, too")
  func given() throws {
    let chat = try chat(try tokenizer("byte-level"), Self.dialogue)
    #expect(chat.endOfAnswer == "\nUser:")
    let rows = try learnt(
      chat,
      [
        ("user", "Q"), ("assistant", "One\n"), ("user", "R"),
        ("assistant", "Two"),
      ])
    #expect(rows.map { chat.tokenizer.decode($0) } == [" One\n\nUser:", " Two\nUser:"])
    // A model's own template stays what it was.
    let own = try self.chat(try tokenizer("byte-level"), Self.dialogue, isGiven: false)
    #expect(own.endOfAnswer == nil && own.endsAnswer == nil && own.stopTextIDs == nil)
    #expect(
      try learnt(own, [("user", "Q"), ("assistant", "One")]).map { own.tokenizer.decode($0) }
        == [" One"])
  }

  @Test(
    "Where no words can be told from an answer's, the plan says that nothing ends one",
    arguments: [
      // No line of its own, nothing but blanks, another text each time, a token of its own.
      "{% for m in messages %}{{ m.content }} - {% endfor %}",
      #"{% for m in messages %}{{ m.content ~ '\n' }}{% endfor %}"#,
      #"{% for m in messages %}{{ '\n' ~ loop.index ~ ': ' ~ m.content }}{% endfor %}"#,
      #"{% for m in messages %}{{ m.content ~ '\n\n<|im_start|>' }}{% endfor %}"#,
    ])
  func none(source: String) throws {
    let chat = try chat(try tokenizer("byte-level"), source)
    #expect(chat.endOfAnswer == nil && chat.endsAnswer == nil)
    #expect(chat.endOfTurnID != nil || chat.note?.contains("answers end only") == true)
  }

  @Test("A file with a token at an answer's end is read as if it were the model's own")
  func token() throws {
    let source = """
      {% for m in messages %}<|im_start|>{{ m.role }}
      {{ m.content }}<|im_end|>
      {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
      {% endif %}
      """
    let tokenizer = try tokenizer("byte-level")
    let given = try chat(tokenizer, source, stop: "<|im_end|>")
    let own = try chat(tokenizer, source, isGiven: false, stop: "<|im_end|>")
    #expect(given.endOfTurnID == own.endOfTurnID && given.endOfAnswer == nil && given.note == nil)
    let (one, other) = (try given.trainingRow(Self.talk), try own.trainingRow(Self.talk))
    #expect(one.tokens == other.tokens && one.isTarget == other.isTarget)
    #expect(given.answer(in: [75, 76]).text == own.answer(in: [75, 76]).text)
  }
}
