import Foundation
import NosceFormats
import NosceTemplates
import NosceTestSupport
import NosceTokenizer
import Testing

/// Where the assistant's words are found in what templates make of them.
@Suite("The assistant's turns")
struct ChatTurnTests {
  /// A small tokenizer of the fixtures with more special tokens.
  private func tokenizer(_ name: String, adding contents: [String] = []) throws -> Tokenizer {
    try TokenizerFixtures.tokenizer(name, adding: contents, areSpecial: true)
  }

  private func chat(
    _ tokenizer: Tokenizer, _ source: String, stop: String? = nil,
    variables: [(name: String, value: JSON)] = []
  ) throws -> ChatTokenizer {
    ChatTokenizer(
      tokenizer: tokenizer, template: try ChatTemplate(source: source, name: "test"),
      stopTokenIDs: try stop.map { [try #require(tokenizer.tokenID(for: $0))] } ?? [],
      variables: variables)
  }

  private func family(_ name: String) throws -> String {
    try String(
      contentsOf: TokenizerFixtures.url("templates/families/\(name).jinja"), encoding: .utf8)
  }

  /// The texts that are learnt, one for each run of targets.
  private func learnt(_ chat: ChatTokenizer, _ messages: [ChatTokenizer.Message]) throws -> [String]
  {
    let (tokens, isTarget) = try chat.trainingRow(messages)
    var runs: [[Int32]] = []
    var isInside = false
    for (token, target) in zip(tokens, isTarget) {
      if target, isInside { runs[runs.count - 1].append(token) }
      if target, !isInside { runs.append([token]) }
      isInside = target
    }
    return runs.map { chat.tokenizer.decode($0) }
  }

  private static let plain = """
    {% for m in messages %}<|im_start|>{{ m.role }}
    {{ m.content }}<|im_end|>
    {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
    {% endif %}
    """

  @Test("words that the question says too are found in the answer")
  func repeatedWords() throws {
    let chat = try chat(try tokenizer("byte-level"), Self.plain)
    let messages: [ChatTokenizer.Message] = [
      ("user", "assistant\nYes<|im_end|>? Say Yes."), ("assistant", "Yes"), ("user", "Yes"),
      ("assistant", "user"),
    ]
    #expect(try learnt(chat, messages) == ["Yes<|im_end|>", "user<|im_end|>"])
  }

  @Test(
    "a template that changes the words is learnt as it writes them",
    arguments: [
      ("m.content | trim", ["A  b<|im_end|>", "C<|im_end|>"]),
      ("m.content | upper", [" A  B\n<|im_end|>", "C<|im_end|>"]),
      ("m.content.replace(' ', '_')", ["_A__b\n<|im_end|>", "C<|im_end|>"]),
      ("'>> ' + m.content", ["  A  b\n<|im_end|>", " C<|im_end|>"]),
      ("m.content + '!'", [" A  b\n", "C"]),
    ])
  func changedWords(expression: String, expected: [String]) throws {
    let source = Self.plain.replacing("m.content", with: expression)
    let chat = try chat(try tokenizer("byte-level"), source, stop: "<|im_end|>")
    let messages: [ChatTokenizer.Message] = [
      ("user", "Q"), ("assistant", " A  b\n"), ("user", "R"), ("assistant", "C"),
    ]
    #expect(try learnt(chat, messages) == expected)
  }

  @Test("of several copies the one in the assistant's turn is learnt")
  func copies() throws {
    let source = "{% for m in messages %}({{ m.content | trim }}){% endfor %}" + Self.plain
    let chat = try chat(try tokenizer("byte-level"), source)
    #expect(
      try learnt(chat, [("user", "Q"), ("assistant", "One"), ("user", "R"), ("assistant", "Two")])
        == ["One<|im_end|>", "Two<|im_end|>"])
    let unclear = try self.chat(
      try tokenizer("byte-level"),
      "{% for m in messages %}{{ m.content }}, {{ m.content }}<|im_end|>{% endfor %}")
    #expect(throws: TokenizerError.self) {
      try unclear.trainingRow([("user", "Q"), ("assistant", "One")])
    }
  }

  @Test("a template that leaves the words out is refused")
  func droppedWords() throws {
    let chat = try chat(
      try tokenizer("byte-level"), Self.plain.replacing("m.content", with: "m.content | length"))
    #expect(throws: TokenizerError.self) {
      try chat.trainingRow([("user", "Q"), ("assistant", "One")])
    }
  }

  @Test("blocks of thinking that the template adds are part of the prompt")
  func thinking() throws {
    let chat = try chat(
      try tokenizer("byte-level", adding: ["<think>", "</think>"]), try family("thinking"))
    let messages: [ChatTokenizer.Message] = [
      ("system", "S"), ("user", "think"), ("assistant", "think"), ("user", "Q"),
      ("assistant", "\nthink, I said"),
    ]
    #expect(try learnt(chat, messages) == ["think<|im_end|>", "think, I said<|im_end|>"])
    let before = Array(messages.dropLast())
    let prompt = try chat.prompt(messages: before)
    #expect(chat.tokenizer.decode(prompt).hasSuffix("assistant\n<think>\n\n</think>\n\n"))
    let (same, answer) = try chat.prompt(messages: before, answer: "think, I said", closed: true)
    #expect(same == prompt)
    #expect(try chat.trainingRow(messages).tokens.starts(with: prompt + answer))
    // Thinking in the words themselves is learnt with them.
    let open = try learnt(
      chat, [("user", "Q"), ("assistant", "<think>\nWell.\n</think>\n\nYes")])
    #expect(open == ["<think>\nWell.\n</think>\n\nYes<|im_end|>"])
  }

  @Test("where words are tokens with their blank, prompts end before it")
  func blankBeforeWords() throws {
    let tokenizer = try tokenizer("byte-fallback")
    let chat = try chat(
      tokenizer, try family("instructions"), stop: "</s>",
      variables: [("bos_token", .string("<s>")), ("eos_token", .string("</s>"))])
    let messages: [ChatTokenizer.Message] = [
      ("system", "Be there."), ("user", "What is the answer?"), ("assistant", " That  "),
      ("user", "And?"), ("assistant", "with them"),
    ]
    let (tokens, isTarget) = try chat.trainingRow(messages)
    #expect(tokens == tokenizer.encode(try chat.render(messages).text))
    let targets = zip(tokens, isTarget).filter(\.1).map(\.0)
    #expect(targets.compactMap(tokenizer.content(of:)).joined() == "▁That▁</s>▁with▁them▁</s>")
    let (prompt, answer) = try chat.prompt(
      messages: Array(messages.dropLast()), answer: "with them", closed: true)
    #expect(tokens == prompt + answer)
    #expect(try chat.prompt(messages: Array(messages.dropLast())) == prompt)
    #expect(tokenizer.decode(prompt).hasSuffix("And? [/INST]"))
  }

  @Test("a prompt does not depend on the answer", arguments: ["byte-level", "byte-fallback"])
  func samePrompt(name: String) throws {
    let source = "{% for m in messages %}{{ m.role }}: {{ m.content }}<|im_end|>\n{% endfor %}"
    let chat = try chat(try tokenizer(name), source)
    for prefill in [nil, "x", "x ", " ", "x  ", "\n"] {
      let prompt = try chat.prompt(messages: [("user", "Q")], prefill: prefill)
      for answer in ["a", " a", "  a", "\na", " ", ".", "'s", "the", "1"] {
        for closed in [false, true] {
          let row = try chat.prompt(
            messages: [("user", "Q")], prefill: prefill, answer: answer, closed: closed)
          #expect(row.prompt == prompt, "\(prefill ?? "") \(answer)")
        }
      }
    }
  }

  @Test("a system message that the template refuses or drops goes in front of the first question")
  func systemMessages() throws {
    let tokenizer = try tokenizer("byte-level", adding: ["<start_of_turn>", "<end_of_turn>"])
    let strict = try chat(
      tokenizer, try family("turns"), stop: "<end_of_turn>",
      variables: [("bos_token", .string("")), ("strict", .bool(true))])
    let dropping = try chat(
      tokenizer,
      Self.plain.replacing(
        "{% for m in messages %}", with: "{% for m in messages if m.role != 'system' %}"))
    let plain = try chat(tokenizer, Self.plain)
    #expect(!strict.acceptsSystem && !dropping.acceptsSystem && plain.acceptsSystem)
    #expect(strict.note?.contains("system") == true && plain.note == nil)
    let messages: [ChatTokenizer.Message] = [
      ("system", "You are X."), ("user", "Who?"), ("assistant", "X."),
    ]
    #expect(
      try strict.render(messages).text
        == "<start_of_turn>user\nYou are X.\n\nWho?<end_of_turn>\n<start_of_turn>model\nX.<end_of_turn>\n"
    )
    #expect(try learnt(strict, messages) == ["X.<end_of_turn>"])
    #expect(try learnt(dropping, messages) == ["X.<|im_end|>"])
    #expect(try dropping.render(messages).text.contains("You are X.\n\nWho?"))
    let prompt = try strict.prompt(messages: Array(messages.dropLast()))
    #expect(try strict.trainingRow(messages).tokens.starts(with: prompt))
    // Without a question the text is one.
    #expect(
      try strict.render([("system", "You are X.")]).text
        == "<start_of_turn>user\nYou are X.<end_of_turn>\n")
  }

  @Test("a template's own marks count, and the token that ends the turn even if it left it outside")
  func marks() throws {
    let tokenizer = try tokenizer("byte-level")
    let modes = try chat(tokenizer, try family("modes"))
    #expect(
      try learnt(modes, [("user", "Q"), ("assistant", "A")])
        == ["<|im_start|>assistant\nA<|im_end|>\n"])
    let outside = try chat(
      tokenizer,
      Self.plain.replacing(
        "{{ m.content }}",
        with: "{% if m.role == 'assistant' %}{% generation %}{{ m.content }}{% endgeneration %}"
          + "{% else %}{{ m.content }}{% endif %}"))
    let row = try outside.row([
      .object([("role", .string("user")), ("content", .string("Q"))]),
      .object([("role", .string("assistant")), ("content", .string("A"))]),
    ])
    #expect(row.spans.count == 1 && row.note == nil)
    let text = Array(row.text.unicodeScalars)
    #expect(String(String.UnicodeScalarView(text[row.spans[0]])) == "A<|im_end|>")
    #expect(row.tokens.count == row.isTarget.count)
  }

  @Test("a conversation may be shown up to where it is to be gone on with")
  func beginnings() throws {
    let chat = try chat(try tokenizer("byte-level"), Self.plain)
    func message(_ role: String, _ content: String) -> JSON {
      .object([("role", .string(role)), ("content", .string(content))])
    }
    let messages = [message("user", "Q"), message("assistant", "A b")]
    let open = try chat.row(messages, continuesFinalMessage: true)
    #expect(open.text.hasSuffix("assistant\nA b"))
    #expect(open.spans.count == 1 && open.spans[0].upperBound == open.text.unicodeScalars.count)
    let invited = try chat.row(messages, addsGenerationPrompt: true)
    #expect(invited.text.hasSuffix("<|im_end|>\n<|im_start|>assistant\n"))
    #expect(invited.isTarget.count { $0 } == (try chat.row(messages)).isTarget.count { $0 })
    #expect(invited.isTarget.last == false)
  }

  @Test(
    "a prompt and its answer are the training row, whatever the words",
    arguments: ["thinking", "instructions", "turns", "lines", "modes", "headers"])
  func randomWords(name: String) throws {
    let contents = [
      "<start_of_turn>", "<end_of_turn>", "<think>", "</think>", "<|end|>", "<|head|>", "<|/head|>",
      "<|user|>", "<|assistant|>", "<|system|>", "</s>",
    ]
    let ends = [
      "thinking": "<|im_end|>", "instructions": "</s>", "turns": "<end_of_turn>",
      "lines": "<|end|>", "modes": "<|im_end|>", "headers": "<|end|>",
    ]
    let end = try #require(ends[name])
    let chat = try chat(
      try tokenizer("byte-level", adding: contents), try family(name), stop: end,
      variables: [("bos_token", .string("<s>")), ("eos_token", .string("</s>"))])
    let words = ["a", " the", "\n", "I", "'m", " 12", "é", "😀", "  ", ".", "[INST]", "x\n\ny"]
    for seed in 0..<60 as Range<UInt64> {
      var generator = TestGenerator(seed: seed)
      func text(_ least: Int) -> String {
        let parts = (0..<Int.random(in: least...6, using: &generator)).map { _ in
          words.randomElement(using: &generator) ?? ""
        }
        return parts.joined()
      }
      let turns = Int.random(in: 1...3, using: &generator)
      var messages: [ChatTokenizer.Message] = [("system", "S" + text(0))]
      for _ in 0..<turns { messages += [("user", "Q" + text(0)), ("assistant", "A" + text(0))] }
      // Templates may trim an answer; what is asked is as long as what they write.
      messages[messages.count - 1].content += "z"
      let (tokens, isTarget) = try chat.trainingRow(messages)
      let before = Array(messages.dropLast())
      let (prompt, answer) = try chat.prompt(
        messages: before, answer: messages[messages.count - 1].content, closed: true)
      #expect(tokens.starts(with: prompt + answer), "seed \(seed)")
      #expect(try chat.prompt(messages: before) == prompt)
      #expect(answer.last.map(chat.stopTokenIDs.contains) == true)
      let learnt = isTarget[prompt.count..<prompt.count + answer.count]
      #expect(learnt.allSatisfy { $0 }, "seed \(seed)")
      #expect(isTarget.count { $0 } >= answer.count)
    }
  }
}
