import Foundation
import NosceFormats
import NosceTemplates
import NosceTestSupport
import NosceTokenizer
import Testing

@Suite("Tokenizers of GGUF files")
struct GGUFTokenizerTests {
  // MARK: Byte-level

  /// The same vocabulary under three names, whose cuts lie elsewhere.
  @Test("The named pre-tokenizer decides where a text is cut")
  func names() throws {
    let text = "hello 12's\n\n  hello"
    let gpt2 = try GGUFVocabulary.byteLevel(pre: "gpt-2").tokenizer()
    #expect(gpt2.tokens(of: text) == ["hello", "Ġ", "12", "'s", "ĊĊ", "Ġ", "Ġhello"])
    let smol = try GGUFVocabulary.byteLevel(pre: "smollm").tokenizer()
    #expect(smol.tokens(of: "hello 12's") == ["hello", "Ġ", "1", "2", "'s"])
    #expect(gpt2.tokens(of: "hello 12's") == ["hello", "Ġ", "12", "'s"])
    let qwen = try GGUFVocabulary.byteLevel(pre: "qwen2").tokenizer()
    #expect(qwen.tokens(of: "12'S\n\nhello") == ["1", "2", "'", "S", "ĊĊ", "hello"])
    for tokenizer in [gpt2, smol, qwen] {
      #expect(tokenizer.decode(tokenizer.encode(text)) == text)
    }
  }

  @Test("Every name is read, and cuts a text into parts of itself")
  func everyName() throws {
    let error = #expect(throws: TokenizerError.self) {
      _ = try GGUFVocabulary.byteLevel(pre: "no such name").tokenizer()
    }
    let names = try #require(error?.allowed.split(separator: ": ").last).split(separator: ", ")
    #expect(names.count > 80 && names.contains("smollm") && names.contains("llama-bpe"))
    let text = "It's 12345 of Ｔｈｅ Übermaß, 今天天气 1½ поле\r\n\r\n \t x_y(z); ÉCOLE fooBar 👍🏽"
    for name in names {
      let tokenizer = try GGUFVocabulary.byteLevel(pre: String(name)).tokenizer()
      #expect(tokenizer.decode(tokenizer.encode(text)) == text, "\(name)")
      #expect(tokenizer.pieces(of: text).count > 4, "\(name)")
    }
  }

  @Test("Published cuts of some families")
  func cuts() throws {
    func pieces(_ name: String, _ text: String) throws -> [String] {
      try GGUFVocabulary.byteLevel(pre: name).tokenizer().pieces(of: text)
    }
    #expect(try pieces("llama-bpe", "a 12345\n\nb") == ["a", " ", "123", "45", "\n\n", "b"])
    #expect(try pieces("gpt-4o", "fooBar 1234") == ["foo", "Bar", " ", "123", "4"])
    #expect(try pieces("tekken", "fooBar'S 12") == ["foo", "Bar", "'S", " ", "1", "2"])
    #expect(try pieces("superbpe", "a 1234567 b") == ["a ", "1", "234", "567", " b"])
    #expect(try pieces("deepseek-coder", "a\n 12.") == ["a", "\n", " ", "1", "2", "."])
    #expect(try pieces("falcon", "a, 12345") == ["a", ",", " ", "123", "45"])
  }

  /// No key of a GGUF file says it; the tokenizers of these models do.
  @Test("Characters are composed where the family's tokenizer composes them")
  func composition() throws {
    let decomposed = "e\u{301}"
    #expect(try GGUFVocabulary.byteLevel(pre: "qwen2").tokenizer().tokens(of: decomposed) == ["Ã©"])
    #expect(
      try GGUFVocabulary.byteLevel(pre: "smollm").tokenizer().tokens(of: decomposed)
        == ["e", "Ì", "ģ"])
    var pythia = GGUFVocabulary.byteLevel(pre: "gpt-2")
    pythia.set("general.architecture", .string("gptneox"))
    #expect(try pythia.tokenizer().tokens(of: decomposed) == ["Ã©"])
  }

  @Test("A token for the beginning by the file's word, else by the name's")
  func beginning() throws {
    #expect(try GGUFVocabulary.byteLevel(pre: "gpt-2").tokenizer().beginning == [])
    #expect(try GGUFVocabulary.byteLevel(pre: "llama-bpe").tokenizer().beginning == [0])
    var file = GGUFVocabulary.byteLevel(pre: "llama-bpe")
    file.set("tokenizer.ggml.add_bos_token", .bool(false))
    file.set("tokenizer.ggml.add_eos_token", .bool(true))
    let tokenizer = try file.tokenizer()
    #expect(tokenizer.beginning == [])
    #expect(tokenizer.encode("h", addSpecialTokens: true).last == 2)
  }

  @Test("Control tokens are special, user-defined ones are found and are not")
  func specialTokens() throws {
    let tokenizer = try GGUFVocabulary.byteLevel().tokenizer()
    let tag = try #require(tokenizer.tokenID(for: "<tag>"))
    #expect(tokenizer.encode("<|im_end|><tag>h") == [2, tag] + tokenizer.encode("h"))
    #expect(tokenizer.isSpecial(2) && !tokenizer.isSpecial(tag))
    let asText = tokenizer.encode("<|im_end|><tag>", specialTokensAsText: true)
    #expect(!asText.contains(2) && asText.last == tag)
    #expect(tokenizer.decode([2, tag], skipSpecialTokens: true) == "<tag>")
  }

  /// Converters of 2023 wrote them as ordinary tokens.
  @Test("A token that looks like an end is a control token, whatever its type")
  func ends() throws {
    var file = GGUFVocabulary.byteLevel()
    file.remove("tokenizer.ggml.token_type")
    let tokenizer = try file.tokenizer()
    #expect(tokenizer.encode("<|im_end|>") == [2] && tokenizer.isSpecial(2))
    #expect(tokenizer.encode("<|im_start|>").count > 1)
  }

  @Test("What is unusual is noted")
  func notes() throws {
    #expect(try GGUFVocabulary.byteLevel().tokenizer().notes == [])
    let standard = try GGUFVocabulary.byteLevel(pre: "default").tokenizer()
    #expect(standard.notes.count == 1 && standard.notes[0].contains("tokenizer.ggml.pre"))
    var file = GGUFVocabulary.byteLevel()
    var tokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] + GGUFVocabulary.alphabet
    tokens[3 + 0x41] = "<other>"
    file.set("tokenizer.ggml.tokens", .strings(tokens))
    file.remove("tokenizer.ggml.token_type")
    file.set("tokenizer.ggml.merges", .array([], of: 8))
    let tokenizer = try file.tokenizer()
    #expect(tokenizer.notes == ["1 bytes have no token: they are left out of texts."])
    #expect(tokenizer.decode(tokenizer.encode("BAB")) == "BB")
  }

  // MARK: Scores

  @Test("The pair that makes the best token is joined first")
  func scores() throws {
    let tokenizer = try GGUFVocabulary.scored().tokenizer()
    // "bc" before "ab", and then "▁a" before "abc".
    #expect(tokenizer.tokens(of: "abc") == ["▁a", "bc"])
    #expect(tokenizer.tokens(of: "cabc") == ["▁", "c", "abc"])
    #expect(tokenizer.tokens(of: "ac") == ["▁a", "c"])
    #expect(tokenizer.tokens(of: "ab") == ["▁ab"])
    #expect(tokenizer.beginning == [1])
  }

  @Test("Of equal scores the leftmost pair is joined first, in short texts and in long ones")
  func ties() throws {
    var file = GGUFVocabulary.scored()
    file.set("tokenizer.ggml.add_space_prefix", .bool(false))
    let tokenizer = try file.tokenizer()
    #expect(tokenizer.tokens(of: "aba") == ["ab", "a"])
    #expect(tokenizer.tokens(of: "bab") == ["ba", "b"])
    #expect(tokenizer.tokens(of: "aaa") == ["aa", "a"])
    let long = String(repeating: "ab", count: 60) + "a"
    #expect(tokenizer.tokens(of: long) == [String](repeating: "ab", count: 60) + ["a"])
  }

  @Test("A blank before the text, and bytes for what has no token")
  func fallback() throws {
    let tokenizer = try GGUFVocabulary.scored().tokenizer()
    #expect(tokenizer.tokens(of: "xé") == ["▁", "<0x78>", "<0xC3>", "<0xA9>"])
    #expect(tokenizer.tokens(of: "a<mark>a</s>b") == ["▁a", "<mark>", "▁a", "</s>", "▁", "b"])
    for text in ["abc", " abc", "  a  b", "é\n\n今天", "", "a\tb"] {
      #expect(tokenizer.decode(tokenizer.encode(text)) == text)
    }
    var file = GGUFVocabulary.scored()
    file.set("tokenizer.ggml.add_space_prefix", .bool(false))
    #expect(try file.tokenizer().tokens(of: "a b") == ["a", "▁", "b"])
  }

  /// Neither sentencepiece nor a reader of control tokens would ever make one of text.
  @Test("Control tokens are not made of text")
  func control() throws {
    let tokenizer = try GGUFVocabulary.scored().tokenizer()
    #expect(tokenizer.encode("</s>").last == 2)
    #expect(!tokenizer.encode("</s>", specialTokensAsText: true).contains(2))
  }

  /// As llama.cpp does by the model's name.
  @Test("Phi-3's control tokens take the blanks behind them")
  func phi3() throws {
    var file = GGUFVocabulary.scored()
    file.set("general.name", .string("Phi-3 Mini"))
    #expect(try file.tokenizer().tokens(of: "</s>\n\na") == ["</s>", "▁a"])
    #expect(try file.tokenizer().tokens(of: "<s>\na").count == 4)
  }

  // MARK: Conversations

  @Test("Template, named tokens and ends of a conversation")
  func chat() throws {
    var file = GGUFVocabulary.byteLevel()
    file.set("tokenizer.chat_template.short", .string("{{ eos_token }}{{ bos_token }}"))
    file.set("tokenizer.chat_templates", .strings(["short"]))
    try file.reading { file in
      let files = ModelFiles.gguf(file)
      let chat = try ChatTokenizer(files)
      #expect(chat.template.source == GGUFVocabulary.template)
      #expect(chat.template.name.hasSuffix("model.gguf (tokenizer.chat_template)"))
      // The end that the file names, then the one whose text says so.
      #expect(chat.stopTokenIDs == [2, 0] && chat.endOfTurnID == 2)
      let row = try chat.trainingRow([("user", "hello"), ("assistant", "hello")])
      #expect(row.isTarget.count { $0 } == 2)
      let short = try #require(try ChatTemplate.load(files, named: "short"))
      #expect(short.source == "{{ eos_token }}{{ bos_token }}")
      #expect(try ChatTemplate.load(files, named: "other") == nil)
      #expect(ChatTemplate.names(in: file.metadata) == ["short"])
      let named = try ChatTokenizer(
        tokenizer: chat.tokenizer, template: short, stopTokenIDs: [],
        variables: ChatTokenizer.variables(file.metadata, chat.tokenizer))
      #expect(try named.render([("user", "x")]).text == "<|im_end|><|endoftext|>")
      #expect(try Tokenizer(files).vocabularySize == chat.tokenizer.vocabularySize)
    }
  }

  @Test("Without a template there is an error that names the key")
  func noTemplate() throws {
    try GGUFVocabulary.scored().reading { file in
      let error = #expect(throws: TokenizerError.self) { _ = try ChatTokenizer(.gguf(file)) }
      #expect(error?.allowed == "tokenizer.chat_template")
      let tokenizer = try Tokenizer(file.metadata)
      #expect(try ChatTokenizer.stopTokenIDs(file.metadata, tokenizer) == [2])
    }
  }

  @Test("Keys that nothing reads are named")
  func unread() throws {
    var file = GGUFVocabulary.byteLevel()
    file.set("tokenizer.ggml.scores", .floats([]))
    file.set("tokenizer.ggml.precompiled_charsmap", .strings([]))
    file.set("tokenizer.chat_template.tool_use", .string(""))
    let found = try file.reading { GGUFTextKeys.unread(in: $0.metadata) }
    #expect(
      found == [
        "tokenizer.ggml.scores", "tokenizer.ggml.precompiled_charsmap",
        "tokenizer.chat_template.tool_use",
      ])
    let scored = try GGUFVocabulary.scored().reading { GGUFTextKeys.unread(in: $0.metadata) }
    #expect(scored == [])
  }
}
