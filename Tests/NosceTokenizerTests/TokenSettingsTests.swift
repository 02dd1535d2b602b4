import Foundation
import NosceFormats
import NosceTemplates
import NosceTestSupport
import NosceTokenizer
import Testing

/// What the files beside `tokenizer.json` say about tokens. Ids and texts are those of transformers
/// 5.24 on the same folders.
@Suite("Settings beside the tokenizer")
struct TokenSettingsTests {
  /// A folder with a small tokenizer of the fixtures, settings and other files.
  private func with(
    _ name: String = "byte-level", config: String = "{}", _ files: [String: String] = [:],
    normalizer: String? = nil, _ body: (URL) throws -> Void
  ) throws {
    try withFolder { folder in
      let source = TokenizerFixtures.url("tokenizers/\(name)/tokenizer.json")
      var text = try String(contentsOf: source, encoding: .utf8)
      if let normalizer {
        let old = #""normalizer": null"#
        try #require(text.contains(old))
        text = text.replacing(old, with: #""normalizer": "# + normalizer)
      }
      let all = ["tokenizer.json": text, "tokenizer_config.json": config]
        .merging(files) { _, given in given }
      for (file, content) in all {
        try Data(content.utf8).write(to: folder.appending(path: file))
      }
      try body(folder)
    }
  }

  /// The flags that are named are true.
  private static func entry(_ content: String, _ flags: [String]) -> String {
    let members = ["lstrip", "rstrip", "normalized", "single_word", "special"].map {
      #""\#($0)": \#(flags.contains($0))"#
    }
    return #"{"content": "\#(content)", \#(members.joined(separator: ", "))}"#
  }

  private static func decoder(_ entries: [(id: Int, content: String, flags: [String])]) -> String {
    let members = entries.map { #""\#($0.id)": \#(entry($0.content, $0.flags))"# }
    return #"{"added_tokens_decoder": {\#(members.joined(separator: ", "))}}"#
  }

  @Test(
    "flags of added_tokens_decoder win",
    arguments: [
      (2, "<|im_end|>", ["rstrip", "special"], "a<|im_end|>\nb", [68, 2, 69]),
      (2, "<|im_end|>", ["rstrip", "special"], "a <|im_end|> b", [68, 224, 2, 69]),
      (2, "<|im_end|>", ["lstrip", "special"], "a <|im_end|> b", [68, 2, 278]),
      (
        2, "<|im_end|>", ["single_word", "special"], "a<|im_end|>b",
        [68, 31, 95, 76, 80, 66, 289, 71, 95, 33, 69]
      ),
      (2, "<|im_end|>", ["single_word", "special"], "a <|im_end|> b", [68, 224, 2, 278]),
      (69, "b", ["rstrip", "special"], "abc b", [68, 69, 70, 224, 69]),
    ] as [(Int, String, [String], String, [Int32])])
  func flags(id: Int, content: String, flags: [String], text: String, ids: [Int32]) throws {
    try with(config: Self.decoder([(id, content, flags)])) { folder in
      let tokenizer = try Tokenizer(contentsOf: folder)
      #expect(tokenizer.encode(text) == ids)
    }
  }

  @Test("normalized is taken from added_tokens_decoder in both directions")
  func normalized() throws {
    let text = "a<|im_start|>b A<|IM_START|>b"
    let lower = #"{"type": "Lowercase"}"#
    try with(
      config: Self.decoder([(3, "<|im_start|>", ["normalized", "special"])]), normalizer: lower
    ) { folder in
      let tokenizer = try Tokenizer(contentsOf: folder)
      #expect(tokenizer.encode(text) == [68, 3, 69, 261, 3, 69])
    }
    try with(config: "{}", normalizer: lower) { folder in
      let tokenizer = try Tokenizer(contentsOf: folder)
      #expect(
        tokenizer.encode(text)
          == [68, 3, 69, 261, 31, 95, 76, 80, 66, 86, 87, 374, 87, 95, 33, 69])
    }
  }

  @Test("with byte fallback, too")
  func byteFallback() throws {
    let config = Self.decoder([(2, "</s>", ["lstrip", "rstrip", "special"])])
    try with("byte-fallback", config: config) { folder in
      let tokenizer = try Tokenizer(contentsOf: folder)
      #expect(
        tokenizer.encode("a</s> b", addSpecialTokens: true) == [1, 306, 280, 2, 306, 281])
      #expect(tokenizer.encode("a </s>b") == [306, 280, 2, 306, 281])
    }
  }

  @Test("added_tokens_decoder adds tokens; special ones stay special")
  func addedByID() throws {
    let config = Self.decoder([
      (384, "<x>", ["special"]), (385, "<y>", ["normalized"]), (3, "<|im_start|>", []),
    ])
    try with(config: config) { folder in
      let tokenizer = try Tokenizer(contentsOf: folder)
      #expect(tokenizer.encode("a<x>b <y>") == [68, 384, 69, 224, 385])
      #expect(tokenizer.decode([68, 384, 69, 224, 385], skipSpecialTokens: true) == "ab <y>")
      #expect(tokenizer.decode([68, 3, 69], skipSpecialTokens: true) == "ab")
      #expect(tokenizer.vocabularySize == 386 && tokenizer.embeddingRows == 386)
    }
  }

  @Test(
    "ids that the reference library would not give are refused, by file",
    arguments: [(390, "<x>"), (3, "<|im_end|>"), (384, "b"), (0, "<x>")])
  func wrongIDs(id: Int, content: String) throws {
    try with(config: Self.decoder([(id, content, ["special"])])) { folder in
      let error = #expect(throws: TokenizerError.self) { try Tokenizer(contentsOf: folder) }
      #expect(error?.file.hasSuffix("tokenizer_config.json") == true)
    }
    for broken in [#"{"2": 5}"#, #"{"x": {"content": "<x>"}}"#, #"{"2": {"lstrip": true}}"#] {
      try with(config: #"{"added_tokens_decoder": \#(broken)}"#) { folder in
        #expect(throws: TokenizerError.self) { try Tokenizer(contentsOf: folder) }
      }
    }
  }

  /// Every variable that a template may use, and a conversation.
  private static let template = """
    {{ bos_token }}{% for m in messages %}{{ m.role ~ ": " ~ m.content ~ eos_token }}{% endfor %}\
    |{{ unk_token }}|{{ pad_token }}|{{ image_token }}
    """

  @Test(
    "templates see the tokens that both files name",
    arguments: [
      (
        "{}", #"{"bos_token": "<s>", "eos_token": {"content": "</s>"}, "unk_token": "<unk>"}"#,
        "<s>user: hi</s>assistant: yes</s>|<unk>||"
      ),
      (
        #"{"bos_token": "<unk>", "eos_token": "</s>"}"#, #"{"bos_token": "<s>"}"#,
        "<s>user: hi</s>assistant: yes</s>|||"
      ),
      (
        #"{"bos_token": "<s>", "eos_token": "</s>"}"#,
        #"{"eos_token": null, "pad_token": "<unk>"}"#, "<s>user: hiassistant: yes||<unk>|"
      ),
      (
        #"{"eos_token": "</s>", "added_tokens_decoder": {"2": {"content": "</s>", "special": true}}}"#,
        #"{"bos_token": "<s>"}"#, "user: hi</s>assistant: yes</s>|||"
      ),
      (
        #"{"bos_token": {"__type": "AddedToken", "content": "<s>"}, "#
          + #""extra_special_tokens": {"image_token": "<|im_start|>"}}"#, nil,
        "<s>user: hiassistant: yes|||<|im_start|>"
      ),
      (
        #"{"image_token": "<|im_end|>"}"#, #"{"bos_token": "<s>", "eos_token": "</s>"}"#,
        "<s>user: hi</s>assistant: yes</s>|||<|im_end|>"
      ),
      (
        "{}",
        #"{"bos_token": "<s>", "eos_token": "</s>", "#
          + #""extra_special_tokens": {"image_token": "<|im_end|>"}}"#,
        "<s>user: hi</s>assistant: yes</s>|||<|im_end|>"
      ),
    ] as [(String, String?, String)])
  func names(config: String, map: String?, text: String) throws {
    var files = ["chat_template.jinja": Self.template]
    files["special_tokens_map.json"] = map
    try with("byte-fallback", config: config, files) { folder in
      let chat = try ChatTokenizer(directory: folder)
      #expect(try chat.render([("user", "hi"), ("assistant", "yes")]).text == text)
    }
  }

  @Test("the end of a text may stand in special_tokens_map.json alone")
  func end() throws {
    let files = [
      "special_tokens_map.json": #"{"eos_token": "</s>"}"#,
      "chat_template.jinja": Self.template,
    ]
    try with("byte-fallback", files) { folder in
      #expect(try ChatTokenizer(directory: folder).stopTokenIDs == [2])
      let wrong = folder.appending(path: "special_tokens_map.json")
      try Data(#"{"eos_token": "</t>"}"#.utf8).write(to: wrong)
      let error = #expect(throws: TokenizerError.self) { try ChatTokenizer(directory: folder) }
      #expect(error?.file.hasSuffix("special_tokens_map.json") == true)
      try Data(#"{"eos_token": 5}"#.utf8).write(to: wrong)
      #expect(throws: TokenizerError.self) { try Tokenizer(contentsOf: folder) }
    }
  }

  @Test(
    "special tokens that are only named are tokens",
    arguments: [
      (
        #"{"extra_special_tokens": {"image_token": "<img>", "boi_token": "<boi>"}}"#, nil,
        "a<img> b<boi>", [68, 384, 278, 385]
      ),
      (#"{"extra_special_tokens": ["<img>"]}"#, nil, "a<img> b", [68, 384, 278]),
      (#"{"additional_special_tokens": ["<img>", "b"]}"#, nil, "a<img> b", [68, 384, 224, 69]),
      (#"{"image_token": "<img>"}"#, nil, "a<img> b", [68, 384, 278]),
      (#"{"pad_token": "<PAD>"}"#, nil, "ab<PAD>", [68, 69, 384]),
      ("{}", #"{"image_token": "<img>"}"#, "a<img> b", [68, 384, 278]),
      (
        "{}",
        #"{"bos_token": {"content": "<z>", "rstrip": true}, "additional_special_tokens": ["<w>"]}"#,
        "a<z> b<w>c", [68, 384, 69, 385, 70]
      ),
      (
        #"{"additional_special_tokens": ["<v>"]}"#, #"{"additional_special_tokens": ["<w>"]}"#,
        "a<w>c", [68, 31, 90, 33, 70]
      ),
      (
        #"{"extra_special_tokens": ["<v>"]}"#,
        #"{"extra_special_tokens": [{"content": "<w>", "rstrip": true}]}"#,
        "a<w> c<v>", [68, 385, 70, 384]
      ),
      // The flags of a token that tokenizer.json has are its own.
      (
        "{}", #"{"eos_token": {"content": "<|im_end|>", "rstrip": true}}"#, "a<|im_end|> b",
        [68, 2, 278]
      ),
    ] as [(String, String?, String, [Int32])])
  func named(config: String, map: String?, text: String, ids: [Int32]) throws {
    try with(config: config, map.map { ["special_tokens_map.json": $0] } ?? [:]) { folder in
      let tokenizer = try Tokenizer(contentsOf: folder)
      #expect(tokenizer.encode(text) == ids)
      // No model is refused because it has no row for a token that it may never use.
      #expect(tokenizer.embeddingRows == 384)
    }
  }

  @Test("added_tokens.json counts where nothing newer does")
  func older() throws {
    try with("byte-level", ["added_tokens.json": #"{"<q>": 384, "<|im_end|>": 2}"#]) { folder in
      let tokenizer = try Tokenizer(contentsOf: folder)
      #expect(tokenizer.encode("a<q>b") == [68, 384, 69])
      #expect(tokenizer.decode([68, 384, 69], skipSpecialTokens: true) == "a<q>b")
    }
  }

  @Test(
    "the published reports",
    .enabled(if: SharedFixtures.exist, "\(SharedFixtures.missing)"))
  func reports() throws {
    let flags = try Tokenizer(
      contentsOf: try SharedFixtures.url("reports-2026-11/added-tokens-flags"))
    #expect(flags.encode("a<|im_end|>\nb") == [68, 2, 69])
    let chat = try ChatTokenizer(
      directory: try SharedFixtures.url("reports-2026-11/special-tokens-map"))
    #expect(
      try chat.render([("user", "hi"), ("assistant", "yes")]).text
        == "<s>user: hi</s>assistant: yes</s>")
    #expect(chat.stopTokenIDs == [2])
  }

  @Test("what is not read is named, file by file and key by key")
  func unread() throws {
    let config = """
      {"bos_token": "<|bos|>", "image_token": "<|im_start|>", "model_max_length": 256, \
      "add_bos_token": true, "padding_side": null, "chat_template": "x"}
      """
    let files = [
      "special_tokens_map.json": #"{"eos_token": "<|im_end|>", "nonsense": 1}"#,
      "generation_config.json": #"{"eos_token_id": 2, "temperature": 0.6}"#,
      "vocab.json": "{}", "merges.txt": "", "chat_template.jinja": Self.template,
      "weights.bin": "",
    ]
    try with(config: config, files) { folder in
      let found = TextFiles.unread(in: folder, besides: ["weights.bin"])
      #expect(
        found.map { "\($0.file) \($0.keys.joined(separator: " "))" } == [
          "merges.txt ", "vocab.json ", "generation_config.json temperature",
          "special_tokens_map.json nonsense",
          "tokenizer_config.json model_max_length add_bos_token chat_template",
        ])
    }
    let decoded = Self.decoder([(2, "<|im_end|>", ["special"])])
    try with(config: decoded, ["special_tokens_map.json": "{}"]) { folder in
      #expect(
        TextFiles.unread(in: folder, besides: []) == [
          TextFiles.Unread(file: "special_tokens_map.json", keys: [])
        ])
    }
  }
}
