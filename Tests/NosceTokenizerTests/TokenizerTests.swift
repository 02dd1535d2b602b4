import Foundation
import NosceFormats
import NosceTestSupport
import NosceTokenizer
import Testing

@Suite("Tokenizer")
struct TokenizerTests {
  private func tokenizer(_ name: String) throws -> Tokenizer {
    try Tokenizer(contentsOf: TokenizerFixtures.url("tokenizers/\(name)"))
  }

  @Test("texts give the reference library's ids", arguments: ["byte-level", "byte-fallback"])
  func smallGolden(name: String) throws {
    let tokenizer = try tokenizer(name)
    let cases = try JSON(
      contentsOf: TokenizerFixtures.url("tokenizers/\(name)/golden.json"))
    for entry in try #require(cases.array) {
      let text = try #require(entry["text"]?.string)
      let ids = tokenizer.encode(text, addSpecialTokens: true)
      #expect(ids == entry["ids"]?.ids, "\(text)")
      let isPlain = !text.contains("<|")
      #expect(!isPlain || tokenizer.decode(ids, skipSpecialTokens: true) == text)
    }
    #expect(tokenizer.vocabularySize == 384)
    #expect(tokenizer.embeddingRows == 384)
  }

  @Test(
    "113 texts give the ids of real tokenizers",
    .enabled(if: SharedFixtures.exist, "\(SharedFixtures.missing)"),
    arguments: ["gpt2", "qwen2.5", "claude-legacy", "phi-3"])
  func realGolden(name: String) throws {
    let folder = try SharedFixtures.url("tokenizers")
    let tokenizer = try Tokenizer(contentsOf: folder.appendingPathComponent(name))
    let golden = try JSON(contentsOf: folder.appendingPathComponent("\(name)/golden.json"))
    let texts = try #require(
      JSON(contentsOf: folder.appendingPathComponent("texts.json")).array)
    var textOfID: [String: String] = [:]
    for text in texts { textOfID[try #require(text["id"]?.string)] = text["text"]?.string }
    let cases = try #require(golden["cases"]?.array)
    #expect(cases.count > 100)
    for entry in cases {
      let id = try #require(entry["id"]?.string)
      let text = try #require(textOfID[id])
      let ids = try #require(entry["ids"]?.ids)
      let plain = entry["ids_no_special"]?.ids ?? ids
      #expect(tokenizer.encode(text, addSpecialTokens: true) == ids, "\(id)")
      #expect(tokenizer.encode(text) == plain, "\(id)")
      #expect(
        tokenizer.encode(text, specialTokensAsText: true)
          == entry["ids_specials_as_text"]?.ids ?? plain, "\(id)")
      let decoded = try #require(entry["decoded"]?.string)
      #expect(tokenizer.decode(ids).utf8.elementsEqual(decoded.utf8), "\(id)")
      let skipped = entry["decoded_skip_special"]?.string ?? decoded
      #expect(
        tokenizer.decode(ids, skipSpecialTokens: true).utf8.elementsEqual(skipped.utf8), "\(id)")
    }
    #expect(tokenizer.vocabularySize == golden["vocab_size_with_added"]?.integer)
  }

  @Test(
    "sentences give the ids that the publisher's own file gave",
    .enabled(if: SharedFixtures.exist, "\(SharedFixtures.missing)"))
  func upstream() throws {
    let folder = try SharedFixtures.url("tokenizers/qwen2.5")
    let tokenizer = try Tokenizer(contentsOf: folder)
    let file = try JSON(contentsOf: folder.appendingPathComponent("upstream_ids.json"))
    let entries = try #require(file["entries"]?.array)
    #expect(entries.count == 8)
    for entry in entries {
      let pair = try #require(entry.array)
      #expect(tokenizer.encode(try #require(pair[0].string)) == pair[1].ids)
    }
  }

  @Test(
    "damaged and unsupported files are refused, saying what was found",
    arguments: [
      ("must-fail/bad-regex.tokenizer.json", "expression"),
      ("must-fail/duplicate-free-but-negative-id.tokenizer.json", "id -"),
      ("must-fail/merge-with-unknown-token.tokenizer.json", "the merge of"),
      ("must-fail/truncated-json.tokenizer.json", "no JSON"),
      ("must-fail/unknown-model-type.tokenizer.json", "type \""),
      ("must-fail/unknown-normalizer.tokenizer.json", "Rot13"),
      ("must-fail/vocab-not-object.tokenizer.json", "vocab that is"),
      ("refuse-unigram-tiny/tokenizer.json", "Unigram"),
      ("refuse-wordpiece-tiny/tokenizer.json", "type \""),
      ("no-such-file.json", "no readable file"),
    ])
  func refused(path: String, words: String) {
    let url = TokenizerFixtures.url("tokenizers/\(path)")
    let error = #expect(throws: TokenizerError.self) { try Tokenizer(contentsOf: url) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    #expect(error?.file == url.path)
  }

  /// A tokenizer over the letters a to e, a space, "ab", "abc" and what the parts add.
  private func small(
    _ parts: String, merges: String = #"["a b", "ab c"]"#, model: String = ""
  ) throws -> Tokenizer {
    try Tokenizer(
      json: JSON(
        parsing: """
          {\(parts) "model": {"type": "BPE", "merges": \(merges) \(model), "vocab":
          {"a": 0, "b": 1, "c": 2, "d": 3, "e": 4, " ": 5, "ab": 6, "abc": 7, "1": 8, "<u>": 9}}}
          """), file: "small")
  }

  @Test(
    "split behaviours",
    arguments: [
      ("Isolated", "false", ["a", "1", "1", "b", "1"]),
      ("Removed", "false", ["a", "b"]),
      ("MergedWithPrevious", "false", ["a1", "1", "b1"]),
      ("MergedWithNext", "false", ["a", "1", "1b", "1"]),
      ("Contiguous", "false", ["a", "11", "b", "1"]),
      ("Removed", "true", ["1", "1", "1"]),
      ("MergedWithPrevious", "true", ["a", "1", "1b", "1"]),
    ])
  func splitBehaviour(behaviour: String, invert: String, pieces: [String]) throws {
    let tokenizer = try small(
      """
      "pre_tokenizer": {"type": "Split", "pattern": {"String": "1"}, "behavior": "\(behaviour)",
      "invert": \(invert)},
      """)
    #expect(tokenizer.pieces(of: "a11b1") == pieces)
  }

  @Test("digits, alone or in groups")
  func digits() throws {
    for (flag, pieces) in [("true", ["a", "1", "2", "b"]), ("false", ["a", "12", "b"])] {
      let tokenizer = try small(
        "\"pre_tokenizer\": {\"type\": \"Digits\", \"individual_digits\": \(flag)},")
      #expect(tokenizer.pieces(of: "a12b") == pieces)
    }
  }

  @Test("merges as strings or pairs, unknown characters, whole pieces")
  func model() throws {
    #expect(try small("").encode("abcab") == [7, 6])
    #expect(try small("", merges: #"[["a", "b"], ["ab", "c"]]"#).encode("abcab") == [7, 6])
    #expect(
      try small("", merges: #"["b c", "a b"]"#.replacing("b c", with: "a b")).encode("abc")
        == [6, 2])
    #expect(try small("").encode("axb") == [6], "without an unknown token it is left out")
    #expect(try small("", model: #", "unk_token": "<u>""#).encode("axyb") == [0, 9, 9, 1])
    #expect(
      try small("", model: #", "unk_token": "<u>", "fuse_unk": true"#).encode("axyb") == [0, 9, 1])
    #expect(
      try small("", merges: "[]", model: #", "ignore_merges": true"#).encode("abc") == [7])
    #expect(try small("", merges: "[]").encode("abc") == [0, 1, 2])
  }

  @Test("A character without a token is named, before another text is scored in its place")
  func unwritable() throws {
    #expect(try small("").unwritable(in: "ab cab 1") == nil)
    #expect(try small("").unwritable(in: "abxab") == "x")
    #expect(try small("", model: #", "unk_token": "<u>""#).unwritable(in: "cab y") == "y")
    let lower = #""normalizer": {"type": "Lowercase"},"#
    #expect(try small(lower).unwritable(in: "ABC") == nil, "it is the normalized text that counts")
    let template = try ChatTemplate(
      source: "{% for m in messages %}{{ m.content }} {% endfor %}", name: "plain.jinja")
    let chat = ChatTokenizer(tokenizer: try small(""), template: template, stopTokenIDs: [9])
    let question = [(role: "user", content: "abc")]
    let answers = try chat.prompt(messages: question, answers: ["ab", "c"], closed: false).answers
    #expect(answers.map { $0.last } == [6, 2], "\(answers)")
    let error = #expect(throws: TokenizerError.self) {
      try chat.prompt(messages: question, answers: ["ab", "caxb"], closed: false)
    }
    #expect(
      error?.found.contains("the answer 'caxb', whose 'x' is no token") == true, "\(error as Any)")
  }

  @Test("added tokens: the longest first, with their flags")
  func addedTokens() throws {
    let tokenizer = try small(
      """
      "added_tokens": [
        {"id": 10, "content": "<s>", "special": true, "normalized": false},
        {"id": 11, "content": "<s>x", "special": false, "normalized": false},
        {"id": 3, "content": "d", "special": false, "normalized": false, "single_word": true},
        {"id": 12, "content": "<l>", "special": true, "normalized": false, "lstrip": true},
        {"id": 13, "content": "<r>", "special": true, "normalized": false, "rstrip": true}],
      """)
    #expect(tokenizer.encode("a<s>b<s>xc") == [0, 10, 1, 11, 2])
    #expect(tokenizer.encode("a d ad") == [0, 5, 3, 5, 0, 3])
    #expect(tokenizer.encode("a  <l> b") == [0, 12, 5, 1])
    #expect(tokenizer.encode("a <r>  b") == [0, 5, 13, 1])
    #expect(tokenizer.vocabularySize == 14)
    #expect(tokenizer.embeddingRows == 14)
    #expect(tokenizer.tokenID(for: "<s>") == 10)
    #expect(tokenizer.tokenID(for: "abc") == 7)
    #expect(tokenizer.tokenID(for: "zzz") == nil)
    #expect(tokenizer.isSpecial(10) && !tokenizer.isSpecial(11))
  }

  @Test(
    "what contradicts itself or is not supported is refused",
    arguments: [
      #""added_tokens": [{"id": 1, "content": "a"}],"#,
      #""added_tokens": [{"id": 1, "content": "new"}],"#,
      #""added_tokens": [{"id": -1, "content": "new"}],"#,
      #""added_tokens": [{"id": 30, "content": "x"}],"#,
      #""added_tokens": [{"id": 10, "content": "x"}, {"id": 10, "content": "y"}],"#,
      #""added_tokens": [{"id": 10, "content": "x"}, {"id": 10, "content": "x"}],"#,
      #""post_processor": {"type": "TemplateProcessing", "single": []},"#,
      #""post_processor": {"type": "RobertaProcessing"},"#,
      #""post_processor": {"type": "BertProcessing", "cls": ["a", 99], "sep": ["b", 1]},"#,
      #""pre_tokenizer": {"type": "BertPreTokenizer"},"#,
      #""pre_tokenizer": {"type": "UnicodeScripts"},"#,
      #""pre_tokenizer": {"type": "Metaspace"},"#,
      #""pre_tokenizer": {"type": "Metaspace", "replacement": "__"},"#,
      #""pre_tokenizer": {"type": "Metaspace", "replacement": "_", "prepend_scheme": "last"},"#,
      #""pre_tokenizer": {"type": "Metaspace", "replacement": "_", "add_prefix_space": false},"#,
      #""pre_tokenizer": {"type": "FixedLength", "length": 0},"#,
      #""normalizer": {"type": "Precompiled"},"#,
      #""normalizer": {"type": "StripAccents"},"#,
      #""decoder": {"type": "CTC"},"#,
      #""pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "ByteLevel"}, 1]},"#,
      #""decoder": {"type": "WordPiece"},"#,
      #""normalizer": {"type": "Replace", "pattern": {"Regex": "("}, "content": ""},"#,
    ])
  func refusedParts(parts: String) {
    #expect(throws: TokenizerError.self) { try small(parts) }
  }

  @Test(
    "replacements that multiply are refused before any text is",
    arguments: [("normalizer", "normalizers"), ("decoder", "decoders")],
    [(#"{"Regex": "."}"#, 3, 3), (#"{"String": "a"}"#, 2, 6), (#"{"Regex": "a*"}"#, 1, 6)])
  func growth(part: (key: String, list: String), step: (pattern: String, length: Int, most: Int)) {
    let content = String(repeating: "a", count: step.length)
    let replacement = #"{"type": "Replace", "pattern": \#(step.pattern), "content": "\#(content)"}"#
    func parts(_ count: Int) -> String {
      let steps = [String](repeating: replacement, count: count).joined(separator: ", ")
      return #""\#(part.key)": {"type": "Sequence", "\#(part.list)": [\#(steps)]},"#
    }
    // An expression that may match nothing puts its content between any two characters as well.
    #expect(throws: Never.self) { try small(parts(step.most)) }
    #expect(throws: TokenizerError.self) { try small(parts(step.most + 1)) }
    #expect(throws: TokenizerError.self) { try small(parts(100)) }
  }

  @Test("the long way of merging gives what the short one gives")
  func longPieces() throws {
    let tokenizer = try tokenizer("byte-fallback")
    let text = "The answer that you give is what they are there with and how"
    // A piece of 24 symbols or fewer is merged by looking at all pairs, a longer one with a queue.
    let together = tokenizer.encode(text)
    #expect(tokenizer.decode(together) == text)
    let repeated = tokenizer.encode(String(repeating: text + " ", count: 500))
    #expect(repeated.count > 5000)
  }

  @Test("any text is decoded to itself by a byte-level tokenizer")
  func byteLevelRoundTrip() throws {
    let tokenizer = try tokenizer("byte-level")
    for seed in 0..<300 as Range<UInt64> {
      var generator = TestGenerator(seed: seed)
      let scalars = (0..<40).compactMap { _ in
        Unicode.Scalar(UInt32.random(in: 0...0x2_FFFF, using: &generator))
      }
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars)
      let text = String(view)
      let back = tokenizer.decode(tokenizer.encode(text))
      #expect(back.unicodeScalars.elementsEqual(text.unicodeScalars), "seed \(seed)")
    }
  }

  @Test("a file with changed bytes is an error or a tokenizer that works")
  func mutation() throws {
    let whole = try Array(
      Data(contentsOf: TokenizerFixtures.url("tokenizers/byte-fallback/tokenizer.json")))
    for seed in 0..<600 as Range<UInt64> {
      var generator = TestGenerator(seed: seed)
      var bytes = whole
      for _ in 0...Int.random(in: 0...2, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] =
          UInt8.random(in: 32...126, using: &generator)
      }
      guard let json = try? JSON(parsing: bytes) else { continue }
      do {
        let tokenizer = try Tokenizer(json: json, file: "mutated")
        _ = tokenizer.decode(tokenizer.encode("The <s> answer é 12", addSpecialTokens: true))
      } catch {
        #expect(error.file == "mutated")
      }
    }
  }
}
