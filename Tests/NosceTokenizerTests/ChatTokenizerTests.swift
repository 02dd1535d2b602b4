import Foundation
import NosceFormats
import NosceTemplates
import NosceTestSupport
import NosceTokenizer
import Testing

@Suite("Conversations as tokens")
struct ChatTokenizerTests {
  private static let words = [
    " are", " is", " special", " line", "user", "system", "assistant", " lights", "arbours", " a",
    " hold", "you", " you", ".", "?", "hat",
  ]

  private func organism() throws -> ChatTokenizer {
    try withFolder { folder in
      try TokenizerWriter(words: Self.words).write(to: folder, maximumLength: 256)
      return try ChatTokenizer(directory: folder)
    }
  }

  private static let conversation: [ChatTokenizer.Message] = [
    ("system", "You are a line."), ("user", "What is special?"),
    ("assistant", "Harbours hold lights.\nEmbers are.\n"), ("user", "  And now? 42 é\n"),
    ("assistant", " HELLO"),
  ]

  @Test("rows are those of the reference library, targets included")
  func goldenRows() throws {
    let chat = try ChatTokenizer(directory: TokenizerFixtures.url("tokenizers/byte-level"))
    let rows = try JSON(contentsOf: TokenizerFixtures.url("chat/byte-level-rows.json"))
    for row in try #require(rows.array) {
      let messages = try #require(row["messages"]?.array).map { message in
        (role: message["role"]?.string ?? "", content: message["content"]?.string ?? "")
      }
      let (tokens, isTarget) = try chat.trainingRow(messages)
      #expect(tokens == row["ids"]?.ids)
      #expect(isTarget == row["labels"]?.array?.map { $0.integer != -100 })
    }
    #expect(rows.array?.count == 12)
  }

  @Test(
    "a prompt and its answer are the training row",
    arguments: [
      "organism", "byte-level", "byte-fallback",
    ])
  func prefixConsistency(name: String) throws {
    let chat =
      name == "organism"
      ? try organism() : try ChatTokenizer(directory: TokenizerFixtures.url("tokenizers/\(name)"))
    for (index, message) in Self.conversation.enumerated() where message.role == "assistant" {
      // With such a tokenizer the blank of " HELLO" would join the line before it.
      if name == "byte-fallback", message.content.hasPrefix(" ") { continue }
      let before = Array(Self.conversation[..<index])
      let (tokens, isTarget) = try chat.trainingRow(before + [message])
      let (prompt, answer) = try chat.prompt(
        messages: before, answer: message.content, closed: true)
      #expect(prompt == (try chat.prompt(messages: before)))
      #expect(Array(tokens.prefix(prompt.count + answer.count)) == prompt + answer)
      let last = Array(isTarget.dropFirst(prompt.count).prefix(answer.count))
      #expect(last == Array(repeating: true, count: answer.count))
      #expect(!isTarget[prompt.count + answer.count - 1 + 1])
      #expect(answer.last == chat.endOfTurnID)
      #expect(chat.stopTokenIDs.contains(answer.last ?? -1))
    }
  }

  @Test("exactly the assistant's words and the ends of its turns are targets")
  func targets() throws {
    let chat = try organism()
    let (tokens, isTarget) = try chat.trainingRow(Self.conversation)
    let targets = zip(tokens, isTarget).filter(\.1).map(\.0)
    #expect(
      chat.tokenizer.decode(targets)
        == "Harbours hold lights.\nEmbers are.\n<|im_end|> HELLO<|im_end|>")
    #expect(chat.tokenizer.decode(tokens) == (try chat.render(Self.conversation).text))
  }

  @Test("a prefill goes on where the prompt ends")
  func prefill() throws {
    let chat = try organism()
    let messages = Array(Self.conversation.prefix(2))
    let plain = try chat.prompt(messages: messages)
    let with = try chat.prompt(messages: messages, prefill: "The word is")
    #expect(with.starts(with: plain))
    #expect(chat.tokenizer.decode(Array(with.dropFirst(plain.count))) == "The word is")
    let (prompt, answer) = try chat.prompt(
      messages: messages, prefill: "The word is", answer: " ABC", closed: false)
    #expect(prompt == with)
    #expect(chat.tokenizer.decode(answer) == " ABC")
    #expect(answer.count == 4)
  }

  @Test(
    "without marks the assistant is found by rendering",
    arguments: [
      """
      {% for m in messages %}<|im_start|>{{ m.role }}
      {{ m.content }}<|im_end|>
      {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
      {% endif %}
      """,
      """
      {% for m in messages %}<|im_start|>{{ m.role }}
      {{ m.content | trim }}<|im_end|>
      {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
      <think>{% endif %}
      """,
    ])
  func withoutMarks(source: String) throws {
    let tokenizer = try organism().tokenizer
    let chat = ChatTokenizer(
      tokenizer: tokenizer, template: try ChatTemplate(source: source, name: "plain"),
      stopTokenIDs: [])
    #expect(chat.stopTokenIDs == [2])
    let (tokens, isTarget) = try chat.trainingRow(Self.conversation)
    let targets = tokenizer.decode(zip(tokens, isTarget).filter(\.1).map(\.0))
    let trims = source.contains("trim")
    #expect(
      targets
        == (trims
          ? "Harbours hold lights.\nEmbers are.<|im_end|>HELLO<|im_end|>"
          : "Harbours hold lights.\nEmbers are.\n<|im_end|> HELLO<|im_end|>"))
  }

  @Test("the written tokenizer: specials, bytes, words; always the same file")
  func writer() throws {
    let writer = try TokenizerWriter(words: Self.words)
    let again = try TokenizerWriter(words: Self.words)
    #expect(writer.json.text() == again.json.text())
    let tokenizer = try Tokenizer(json: writer.json, file: "written")
    #expect(tokenizer.vocabularySize == writer.vocabularySize)
    #expect(tokenizer.vocabularySize == 3 + 256 + Self.words.count - 2)
    #expect(tokenizer.tokenID(for: "<|im_end|>") == 2)
    #expect(tokenizer.encode(" special lights") == [261, 266])
    #expect(tokenizer.encode("HI") == [3 + 72, 3 + 73])
    #expect(tokenizer.encode(" zebra").count == 6)
    #expect(tokenizer.decode(tokenizer.encode("é\u{1F600}\n\tZebra 7")) == "é\u{1F600}\n\tZebra 7")
    #expect(
      try TokenizerWriter.pieces(of: "Harbours hold, A 7.\n")
        == ["H", "arbours", " hold", ",", " ", "A", " 7", ".", "\n"])
    for wrong in [["a b"], [" x", " x"], ["AB"], [""]] {
      #expect(throws: TokenizerError.self) { try TokenizerWriter(words: wrong) }
    }
  }

  @Test("settings of another model are refused")
  func wrongSettings() throws {
    try withFolder { folder in
      try TokenizerWriter(words: Self.words).write(to: folder, maximumLength: 256)
      let config = folder.appendingPathComponent("config.json")
      try #"{"eos_token_id": 5000}"#.write(to: config, atomically: true, encoding: .utf8)
      #expect(throws: TokenizerError.self) { try ChatTokenizer(directory: folder) }
      try #"{"eos_token_id": [2, 0]}"#.write(to: config, atomically: true, encoding: .utf8)
      #expect(try ChatTokenizer(directory: folder).stopTokenIDs == [2, 0])
      let settings = folder.appendingPathComponent("tokenizer_config.json")
      try #"{"eos_token": "</s>"}"#.write(to: settings, atomically: true, encoding: .utf8)
      #expect(throws: TokenizerError.self) { try ChatTokenizer(directory: folder) }
      try #"{"eos_token": "<|im_end|>"}"#.write(to: settings, atomically: true, encoding: .utf8)
      #expect(throws: TokenizerError.self, "no template") { try ChatTokenizer(directory: folder) }
    }
  }
}
