import NosceTokenizer
import Testing

/// Texts that follow each other, and the blanks where they meet and end. The ids of whole texts are
/// those of the reference library.
@Suite("Parts of a text")
struct PartTests {
  private func tokenizer(_ name: String) throws -> Tokenizer {
    try Tokenizer(contentsOf: TokenizerFixtures.url("tokenizers/\(name)"))
  }

  @Test(
    "the last part keeps its blanks",
    arguments: [
      ("byte-level", ["Hello "], [[366, 82, 224]]),
      ("byte-level", ["hi", " "], [[75, 76], [224]]),
      ("byte-level", ["hi ", "the "], [[75, 76], [265, 224]]),
      ("byte-level", ["Hello", "  "], [[366, 82], [224, 224]]),
      ("byte-level", ["a\n", " "], [[68, 202], [224]]),
      ("byte-level", ["a<|im_end|>", " "], [[68, 2], [224]]),
      ("byte-level", [" "], [[224]]),
      ("byte-level", ["hi ", ""], [[75, 76], [224]]),
      ("byte-fallback", ["Hello "], [[306, 274, 370, 294, 306]]),
      ("byte-fallback", ["hi", " "], [[306, 287, 288], [306]]),
      ("byte-fallback", ["hi ", "the "], [[306, 287, 288], [306, 299, 310, 306]]),
      ("byte-fallback", ["a\n", " "], [[306, 280, 15], [306]]),
      ("byte-fallback", [" "], [[307]]),
      ("byte-fallback", [""], [[]]),
    ] as [(String, [String], [[Int32]])])
  func lastBlanks(name: String, parts: [String], ids: [[Int32]]) throws {
    let tokenizer = try tokenizer(name)
    #expect(tokenizer.encode(parts: parts) == ids)
    #expect(tokenizer.encode(parts.joined()) == ids.flatMap(\.self))
  }

  @Test("what will be continued leaves its last blank to what follows")
  func continued() throws {
    for name in ["byte-level", "byte-fallback"] {
      let tokenizer = try tokenizer(name)
      for text in ["Hello ", "hi the ", "a\n "] {
        let bare = String(text.dropLast())
        #expect(
          tokenizer.encode(parts: [text], isContinued: true)
            == (text.hasSuffix("\n ")
              ? [tokenizer.encode(text)] : [tokenizer.encode(bare)]))
        let followed = tokenizer.encode(parts: [text, "the"])
        #expect(followed[0] == tokenizer.encode(parts: [text], isContinued: true)[0])
      }
    }
  }

  @Test("an answer of blanks has its tokens, an answer of none is refused")
  func answers() throws {
    for name in ["byte-level", "byte-fallback"] {
      let chat = try ChatTokenizer(directory: TokenizerFixtures.url("tokenizers/\(name)"))
      let messages: [ChatTokenizer.Message] = [("user", "Q")]
      for answer in [" ", "  ", "a ", "\n "] {
        let (prompt, ids) = try chat.prompt(messages: messages, answer: answer, closed: false)
        #expect(!ids.isEmpty)
        #expect(chat.tokenizer.decode(prompt + ids).hasSuffix(answer), "\(name) '\(answer)'")
      }
      #expect(throws: TokenizerError.self) {
        try chat.prompt(messages: messages, answer: "", closed: false)
      }
      #expect(throws: TokenizerError.self) {
        try chat.prompt(messages: messages, prefill: "x ", answer: "", closed: false)
      }
      let closed = try chat.prompt(messages: messages, answer: "", closed: true).answer
      #expect(closed == [try #require(chat.endOfTurnID)])
    }
  }
}
