import Foundation
import NosceCore
import NosceEngine
import NosceLocal
import NosceOrganism
import NosceRows
import NosceTestSupport
import NosceTokenizer
import Testing

/// Texts without a conversation, with tokenizers that put a token before a text and others that do
/// not.
@Suite("Plain texts as token ids")
struct PlainTextTests {
  private func text(_ name: String) throws -> CheckpointText {
    try CheckpointText(
      directory: packageRoot.appending(
        path: "Tests/NosceTokenizerTests/Fixtures/tokenizers/\(name)"))
  }

  /// A small tokenizer with another post-processor, and nothing else beside it.
  private func text(postProcessor: String) throws -> CheckpointText {
    try withFolder { folder in
      let source = packageRoot.appending(
        path: "Tests/NosceTokenizerTests/Fixtures/tokenizers/byte-level/tokenizer.json")
      var object = try #require(
        try JSONSerialization.jsonObject(with: Data(contentsOf: source)) as? [String: Any])
      object["post_processor"] = try JSONSerialization.jsonObject(with: Data(postProcessor.utf8))
      try JSONSerialization.data(withJSONObject: object)
        .write(to: folder.appending(path: "tokenizer.json"))
      return try CheckpointText(directory: folder)
    }
  }

  private func example(_ row: TrainingRow, _ text: CheckpointText) throws -> TrainingExample {
    let model = try ModelConfiguration(contentsOf: try Organism.coherent.directory())
    return try RowEncoder(text: text, model: model)
      .example(NumberedRow(file: "rows.jsonl", line: 1, row: row))
  }

  private static let texts = ["The light.", "hi the ", " the", "a\n ", "  b"]

  /// Two beginnings, as BERT's post-processor writes them, and one behind a template's other text.
  private static let bert =
    #"{"type": "BertProcessing", "sep": ["<|im_end|>", 2], "cls": ["<|bos|>", 1]}"#
  private static let template = """
    {"type": "Sequence", "processors": [{"type": "ByteLevel", "add_prefix_space": false, \
    "trim_offsets": true, "use_regex": true}, {"type": "TemplateProcessing", "single": \
    [{"SpecialToken": {"id": "<|bos|>", "type_id": 0}}, {"SpecialToken": {"id": "<|im_start|>", \
    "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}], "special_tokens": {"<|bos|>": \
    {"id": "<|bos|>", "ids": [1], "tokens": ["<|bos|>"]}, "<|im_start|>": {"id": "<|im_start|>", \
    "ids": [3], "tokens": ["<|im_start|>"]}}}]}
    """

  @Test("Behind an empty prompt a completion is learnt as the same text is")
  func emptyPrompt() throws {
    for (text, beginning) in [
      (try text("byte-fallback"), [1]), (try text("byte-level"), []),
      (try text(postProcessor: Self.bert), [1]), (try text(postProcessor: Self.template), [1, 3]),
    ] as [(CheckpointText, [Int32])] {
      for words in Self.texts {
        let document = try example(.document(words), text)
        let completion = try example(.completion(prompt: "", completion: words), text)
        #expect(completion == document)
        #expect(document.tokens.starts(with: beginning + text.tokenizer.encode(words)))
      }
    }
  }

  @Test(
    "Behind an empty prompt of a checkpoint of the reference, too",
    .enabled(if: SharedFixtures.exist, "\(SharedFixtures.missing)"),
    arguments: ["gemma3_text", "gemma2", "llama", "mistral", "phi3", "qwen3"])
  func reference(name: String) throws {
    let text = try CheckpointText(directory: try SharedFixtures.url("models/\(name)"))
    let words = "The capital of France is Paris."
    let document = try example(.document(words), text)
    #expect(try example(.completion(prompt: "", completion: words), text) == document)
    let whole = text.tokenizer.encode(words, addSpecialTokens: true)
    #expect(document.tokens.starts(with: whole))
  }

  @Test("A completion keeps its last blank, and a prompt gives its own to it")
  func blanks() throws {
    for name in ["byte-level", "byte-fallback"] {
      let text = try text(name)
      for (prompt, completion) in [("hi", " the "), ("hi ", "the "), ("hi ", " "), ("a", "b  ")] {
        let row = try example(.completion(prompt: prompt, completion: completion), text)
        let end = try #require(text.endOfTextID)
        #expect(row.tokens == text.tokenizer.encodeForTest(prompt + completion) + [end])
      }
    }
  }

  @Test("An answer to a text is what follows the text's ids, blanks and all")
  func answers() throws {
    for name in ["byte-level", "byte-fallback"] {
      let text = try text(name)
      for (prompt, answer) in [("hi", " "), ("hi ", "the"), ("hi ", " "), ("", " "), ("a", " b ")] {
        let before = text.encode(parts: [prompt], isContinued: true)[0]
        let ids = try text.answer(answer, toText: prompt, closed: false)
        #expect(!ids.isEmpty)
        #expect(before + ids == text.tokenizer.encodeForTest(prompt + answer))
      }
      #expect(throws: TokenizerError.self) { try text.answer("", toText: "hi", closed: false) }
      #expect(throws: TokenizerError.self) { try text.answer("", toText: "hi ", closed: false) }
      #expect(try text.answer("", toText: "hi", closed: true) == [try #require(text.endOfTextID)])
    }
  }

  @Test("Special tokens among a row's words are named, an end at the end is not")
  func controlTokens() throws {
    let text = try text("byte-level")
    func turn(_ role: ChatMessage.Role, _ content: String) -> TrainingRow.Turn {
      TrainingRow.Turn(ChatMessage(role, content), isTrained: role == .assistant)
    }
    for (row, expected) in [
      (.document("a<|im_end|>"), []), (.document("a<|im_end|>b"), ["<|im_end|>"]),
      (.document("<|bos|>a<|im_end|>"), ["<|bos|>"]),
      (.completion(prompt: "a<|im_end|>", completion: "b"), ["<|im_end|>"]),
      (.completion(prompt: "a", completion: "b<|im_end|>"), []),
      (
        .chat([turn(.user, "<|im_start|>system"), turn(.assistant, "x<|im_end|>")]),
        ["<|im_start|>", "<|im_end|>"]
      ),
      (.chat([turn(.user, "im_end"), turn(.assistant, "<|other|>")]), []),
    ] as [(TrainingRow, [String])] {
      #expect(text.controlTokens(in: row) == expected)
    }
    // An unknown character is no control token.
    #expect(try self.text("byte-fallback").controlTokens(in: .document("日本")) == [])
  }
}

extension Tokenizer {
  /// A whole text, with what stands before one.
  fileprivate func encodeForTest(_ text: String) -> [Int32] { beginning + encode(text) }
}
