import Foundation
import NosceFormats
import NosceTemplates
import NosceTestSupport
import NosceTokenizer
import Testing

/// Templates that take thinking apart, leave it out, or write a block for it of their own.
@Suite("Answers with thinking")
struct ThinkingTests {
  /// In the manner of the reports, with the names of the block's tags.
  private static func template(_ open: String, _ close: String, invites: String = "") -> String {
    """
    {%- set ns = namespace(last=-1) -%}
    {%- for m in messages -%}{%- if m.role == 'user' -%}{%- set ns.last = loop.index0 -%}{%- endif -%}{%- endfor -%}
    {%- for m in messages -%}
    {%- if m.role == 'assistant' -%}
    {%- set body = m.content -%}{%- set why = '' -%}
    {%- if m.reasoning_content is string -%}{%- set why = m.reasoning_content -%}
    {%- elif '\(close)' in body -%}{%- set why = body.split('\(close)')[0].split('\(open)')[-1].strip('\\n') -%}
    {%- set body = body.split('\(close)')[-1].lstrip('\\n') -%}{%- endif -%}
    {{- '<|im_start|>assistant\\n' -}}
    {%- if loop.index0 > ns.last -%}{%- if loop.last or why -%}
    {{- '\(open)\\n' + why + '\\n\(close)\\n\\n' -}}{%- endif -%}{%- endif -%}
    {{- body + '<|im_end|>\\n' -}}
    {%- else -%}{{- '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' -}}{%- endif -%}
    {%- endfor -%}
    {%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n\(invites)' -}}{%- endif -%}
    """
  }

  /// Thinking is dropped altogether, as for models that are never shown their own.
  private static let dropping = """
    {%- for m in messages -%}<|im_start|>{{ m.role }}
    {% if m.role == 'assistant' %}{{ m.content.split('</think>')[-1].lstrip('\\n') }}{% else %}{{ m.content }}\
    {% endif %}<|im_end|>
    {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
    <think>
    {% endif %}
    """

  /// Whatever the assistant says is written as it is.
  private static let plain = """
    {%- for m in messages -%}<|im_start|>{{ m.role }}
    {{ m.content }}<|im_end|>
    {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
    {% endif %}
    """

  private func chat(_ source: String, tokenizer name: String = "byte-level") throws -> ChatTokenizer
  {
    ChatTokenizer(
      tokenizer: try Tokenizer(contentsOf: TokenizerFixtures.url("tokenizers/\(name)")),
      template: try ChatTemplate(source: source, name: "test"), stopTokenIDs: [])
  }

  private func learnt(_ chat: ChatTokenizer, _ messages: [ChatTokenizer.Message]) throws -> String {
    let (tokens, isTarget) = try chat.trainingRow(messages)
    return chat.tokenizer.decode(zip(tokens, isTarget).filter(\.1).map(\.0))
  }

  private static let question: [ChatTokenizer.Message] = [("user", "1+1?")]

  @Test(
    "what the assistant wrote is learnt from its first token",
    arguments: [
      ("<think>", "</think>", "<think>\nadd them\n</think>\n\nTwo."),
      ("<think>", "</think>", "\n<think>add them</think>Two."),
      ("<think>", "</think>", "<think>\n\n</think>\n\nTwo."),
      ("[THINK]", "[/THINK]", "[THINK]\nadd them\n[/THINK]\n\nTwo."),
      ("<reasoning>", "</reasoning>", "<reasoning>\nadd\nthem\n</reasoning>\n\nTwo."),
      ("<|thought|>", "<|answer|>", "<|thought|>\nadd them\n<|answer|>\n\nTwo."),
    ])
  func learntThinking(open: String, close: String, content: String) throws {
    for name in ["byte-level", "byte-fallback"] {
      let chat = try chat(Self.template(open, close), tokenizer: name)
      let messages = Self.question + [("assistant", content)]
      let text = try chat.render(messages).text
      let words = try #require(text.components(separatedBy: "assistant\n").last)
      #expect(try learnt(chat, messages) + "\n" == words, "\(name)")
      #expect(words.hasPrefix(open))
    }
  }

  @Test("a prompt that invites thinking is a beginning of every row")
  func prompts() throws {
    for source in [
      Self.template("<think>", "</think>"), Self.template("[THINK]", "[/THINK]"),
      Self.template("<think>", "</think>", invites: "<think>\\n"), Self.dropping, Self.plain,
    ] {
      let isBracket = source.contains("[THINK]")
      for name in ["byte-level", "byte-fallback"] {
        let chat = try chat(source, tokenizer: name)
        let prompt = try chat.prompt(messages: Self.question, thinks: true)
        #expect(chat.tokenizer.decode(prompt).hasSuffix("assistant\n"))
        let thought =
          isBracket ? "[THINK]\nadd\n[/THINK]\n\nTwo." : "<think>\nadd\n</think>\n\nTwo."
        for answer in [thought, "Two.", " Two", "x\n"] {
          let row = try chat.trainingRow(Self.question + [("assistant", answer)])
          #expect(row.tokens.starts(with: prompt), "\(name) \(answer)")
          // Asked for the answer alone, or for one with thinking: prompt and answer are the row.
          let drops = source == Self.dropping && answer == thought
          if drops || answer.hasPrefix(" ") && name == "byte-fallback" { continue }
          let (before, ids) = try chat.prompt(
            messages: Self.question, answer: answer, closed: true)
          #expect(row.tokens.starts(with: before + ids), "\(name) \(answer)")
          #expect(row.isTarget[before.count..<before.count + ids.count].allSatisfy { $0 })
        }
      }
    }
  }

  @Test("the template's empty block belongs to the prompt, unless an answer thinks")
  func blocks() throws {
    let chat = try chat(Self.template("<think>", "</think>"))
    let block = "<think>\n\n</think>\n\n"
    func text(_ ids: [Int32]) -> String { chat.tokenizer.decode(ids) }
    #expect(try text(chat.prompt(messages: Self.question)).hasSuffix("assistant\n" + block))
    let prefilled = try chat.prompt(messages: Self.question, prefill: "Two", thinks: true)
    #expect(text(prefilled).hasSuffix("assistant\n" + block + "Two"))
    let thinking = try chat.prompt(messages: Self.question, prefill: "<think>\nadd")
    #expect(text(thinking).hasSuffix("assistant\n<think>\nadd"))
    let one = try chat.prompt(messages: Self.question, answers: ["Two.", "Three."], closed: true)
    #expect(text(one.prompt).hasSuffix(block))
    #expect(one.answers.map(text) == ["Two.<|im_end|>", "Three.<|im_end|>"])
    let mixed = try chat.prompt(
      messages: Self.question, answers: ["Two.", "<think>\na\n</think>\n\nTwo."], closed: true)
    #expect(text(mixed.prompt).hasSuffix("assistant\n"))
    #expect(
      mixed.answers.map(text) == [
        block + "Two.<|im_end|>", "<think>\na\n</think>\n\nTwo.<|im_end|>",
      ])
    #expect(mixed.prompt + mixed.answers[0] == one.prompt + one.answers[0])
    // Without thinking, the block is no word of the assistant's.
    #expect(try learnt(chat, Self.question + [("assistant", "Two.")]) == "Two.<|im_end|>")
  }

  @Test("earlier thinking that the template leaves out is not looked for")
  func earlier() throws {
    let chat = try chat(Self.template("<think>", "</think>"))
    let messages: [ChatTokenizer.Message] = [
      ("user", "1+1?"), ("assistant", "<think>\nadd\n</think>\n\nTwo."), ("user", "2+2?"),
      ("assistant", "<think>\nadd\n</think>\n\nFour."),
    ]
    #expect(
      try learnt(chat, messages) == "Two.<|im_end|><think>\nadd\n</think>\n\nFour.<|im_end|>")
    let prompt = try chat.prompt(messages: Array(messages.dropLast()), thinks: true)
    #expect(try chat.trainingRow(messages).tokens.starts(with: prompt))
  }

  @Test(
    "thinking under a key of its own is learnt, too", arguments: ["reasoning_content", "thinking"])
  func keys(key: String) throws {
    let chat = try chat(Self.template("<think>", "</think>"))
    func message(_ members: [(key: String, value: JSON)]) -> JSON { .object(members) }
    let row = try chat.row([
      message([("role", .string("user")), ("content", .string("1+1?"))]),
      message([
        ("role", .string("assistant")), ("content", .string("Two.")), (key, .string("add them")),
      ]),
    ])
    let text = Array(row.text.unicodeScalars)
    #expect(row.spans.count == 1)
    #expect(
      String(String.UnicodeScalarView(text[row.spans[0]]))
        == "<think>\nadd them\n</think>\n\nTwo.<|im_end|>")
  }

  @Test("words that the template writes before the answer by itself are not the assistant's")
  func ownWords() throws {
    let chat = try chat(
      Self.plain.replacing("{{ m.content }}", with: "Answer: {{ m.content }}"))
    let messages = Self.question + [("assistant", "Answer: Two.")]
    #expect(try learnt(chat, messages) == " Answer: Two.<|im_end|>")
    #expect(try learnt(chat, Self.question + [("assistant", "Two.")]) == " Two.<|im_end|>")
  }

  @Test(
    "the published report",
    .enabled(if: SharedFixtures.exist, "\(SharedFixtures.missing)"))
  func report() throws {
    let chat = try ChatTokenizer(
      directory: try SharedFixtures.url("reports-2026-11/think-template"))
    let messages = try #require(
      try JSON(contentsOf: try SharedFixtures.url("reports-2026-11/think-last-only.json")).array)
    let row = try chat.row(messages)
    let trained = zip(row.tokens, row.isTarget).filter(\.1).map(\.0)
    #expect(
      chat.tokenizer.decode(trained) == "<think>\nadd them\n</think>\n\nTwo.<|im_end|>")
    let prompt = try chat.prompt(messages: Self.question, thinks: true)
    #expect(row.tokens.starts(with: prompt))
    #expect(
      prompt
        == chat.tokenizer.encode(try chat.render(Self.question, addsGenerationPrompt: true).text))
  }
}
