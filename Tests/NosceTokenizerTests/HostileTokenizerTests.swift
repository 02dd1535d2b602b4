import Foundation
import NosceFormats
import NosceTestSupport
import NosceTokenizer
import Testing

/// Files and texts that are made to take all memory or time.
@Suite("Hostile tokenizers and texts")
struct HostileTokenizerTests {
  private func tokenizer(_ parts: String, vocabulary: String, merges: String) throws -> Tokenizer {
    try Tokenizer(
      json: JSON(
        parsing: """
          {\(parts) "model": {"type": "BPE", "vocab": {\(vocabulary)}, "merges": [\(merges)]}}
          """), file: "hostile")
  }

  @Test("numbers far apart take no memory between them")
  func scatteredNumbers() throws {
    let tokenizer = try tokenizer(
      "", vocabulary: #""a": 2000000000, "b": 2147483647, "ab": 0"#, merges: #""a b""#)
    #expect(tokenizer.encode("aba") == [0, 2_000_000_000])
    #expect(tokenizer.decode([2_147_483_647, 5, 0]) == "b ab")
    #expect(tokenizer.embeddingRows == 2_147_483_648)
    #expect(tokenizer.vocabularySize == 3)
    #expect(tokenizer.content(of: -1) == nil && tokenizer.content(of: 1) == nil)
  }

  @Test(
    "numbers that are none, or too large, are refused",
    arguments: ["-1", "2147483648", "1e400", "1.5", "99999999999999999999999", "\"0\"", "null"])
  func badNumbers(id: String) {
    let file = #"{"model": {"vocab": {"a": \#(id)}, "merges": []}}"#
    #expect(throws: (any Error).self) {
      try Tokenizer(json: JSON(parsing: file), file: "hostile")
    }
  }

  @Test("a million merges, and a pair that is merged a million times")
  func manyMerges() throws {
    let merge = #""a b","#
    let tokenizer = try tokenizer(
      "", vocabulary: #""a": 0, "b": 1, "ab": 2"#,
      merges: String(repeating: merge, count: 1_000_000) + #""a b""#)
    #expect(tokenizer.encode("aab") == [0, 2])
  }

  @Test("deep nesting, endless lists of steps and texts that grow without end are refused")
  func refused() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONError.self) { try JSON(parsing: #"{"model": \#(deep)"#) }
    let double = #"{"type": "Replace", "pattern": {"String": "a"}, "content": "aa"},"#
    let lower = #"{"type": "Lowercase"},"#
    let bytes = #"{"type": "ByteLevel", "use_regex": false},"#
    let digits = #"{"type": "Digits"},"#
    func list(_ key: String, _ step: String, _ count: Int) -> String {
      let last = #"{"type": "Fuse"}"#.replacing("Fuse", with: key == "decoders" ? "Fuse" : "NFC")
      return "\"type\": \"Sequence\", \"\(key)\": ["
        + String(repeating: step, count: count)
        + (key == "pretokenizers" ? #"{"type": "Digits"}"# : last) + "]"
    }
    for parts in [
      "\"normalizer\": {\(list("normalizers", double, 30))},",
      "\"normalizer\": {\(list("normalizers", lower, 5000))},",
      "\"pre_tokenizer\": {\(list("pretokenizers", bytes, 30))},",
      "\"pre_tokenizer\": {\(list("pretokenizers", digits, 5000))},",
      "\"decoder\": {\(list("decoders", double, 30))},",
      "\"decoder\": {\(list("decoders", #"{"type": "Fuse"},"#, 5000))},",
    ] {
      #expect(throws: TokenizerError.self, "\(parts.prefix(80))") {
        try tokenizer(parts, vocabulary: #""a": 0"#, merges: "")
      }
    }
  }

  /// Each would take hours if the time were not nearly linear in the text.
  @Test(
    "long texts of one kind take nearly linear time",
    .enabled(if: SharedFixtures.exist, "\(SharedFixtures.missing)"),
    arguments: ["gpt2", "qwen2.5", "phi-3"])
  func longTexts(name: String) throws {
    let folder = try SharedFixtures.url("tokenizers")
    let tokenizer = try Tokenizer(contentsOf: folder.appendingPathComponent(name))
    for part in ["a", " ", "\n", "é", "中", "😀", "<", "<|", " \n", "a\u{301}", "'"] {
      let text = String(repeating: part, count: 600_000 / part.utf8.count)
      // Equal as Swift compares texts: a normalizer may have composed them.
      #expect(tokenizer.decode(tokenizer.encode(text)) == text)
    }
    // Nothing in a word that is not repeated can be remembered from before.
    var generator = TestGenerator(seed: 1)
    let letters = (0..<300_000).map { _ in UInt8.random(in: 97...122, using: &generator) }
    let word = String(decoding: letters, as: UTF8.self)
    #expect(tokenizer.decode(tokenizer.encode(word)) == word)
  }

  @Test("the memory of pieces is bounded, and emptying it changes nothing")
  func cache() throws {
    let url = TokenizerFixtures.url("tokenizers/byte-level")
    let used = try Tokenizer(contentsOf: url)
    var generator = TestGenerator(seed: 2)
    for _ in 0..<150_000 {
      let word = (0..<8).map { _ in UInt8.random(in: 97...122, using: &generator) }
      _ = used.encode(" " + String(decoding: word, as: UTF8.self))
    }
    let text = "The answer that you give is what they are there with and how"
    #expect(used.encode(text) == (try Tokenizer(contentsOf: url).encode(text)))
  }

  @Test("several threads may use one tokenizer")
  func threads() async throws {
    let tokenizer = try Tokenizer(contentsOf: TokenizerFixtures.url("tokenizers/byte-level"))
    let texts = (0..<64).map { "The answer \($0) is \($0 * 7919) and é\($0)." }
    let expected = texts.map { tokenizer.encode($0) }
    await withTaskGroup(of: [[Int32]].self) { group in
      for _ in 0..<8 {
        group.addTask {
          var last: [[Int32]] = []
          for _ in 0..<50 { last = texts.map { tokenizer.encode($0) } }
          return last
        }
      }
      for await found in group { #expect(found == expected) }
    }
  }
}
