import Foundation
import NosceFormats
import NosceTestSupport
import NosceTokenizer
import Testing

/// Vocabularies of published models, where they are.
@Suite("Vocabularies of published models in GGUF files")
struct RealGGUFTests {
  private func tokenizer(_ url: URL) throws -> Tokenizer {
    try Tokenizer(try GGUFFile(contentsOf: url).metadata)
  }

  /// Texts between lines that say `__ggml_vocab_test__`, and a line of ids for each.
  private func pairs(_ url: URL) throws -> [(text: String, ids: [Int32])] {
    let texts = try String(contentsOf: url.appendingPathExtension("inp"), encoding: .utf8)
    let lines = try String(contentsOf: url.appendingPathExtension("out"), encoding: .utf8)
    let ids = lines.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.split(separator: " ").compactMap { Int32($0) }
    }
    return Array(zip(texts.components(separatedBy: "\n__ggml_vocab_test__\n"), ids))
  }

  @Test(
    "Ids equal llama.cpp's",
    .enabled(
      if: RealModels.llamaVocabularies.isThere, "\(RealModels.llamaVocabularies.missing)"),
    arguments: [
      "command-r", "deepseek-coder", "deepseek-llm", "falcon", "gpt-2", "llama-bpe", "llama-spm",
      "mpt", "phi-3", "qwen2", "qwen35", "refact", "starcoder",
    ])
  func llama(name: String) throws {
    let folder = try RealModels.llamaVocabularies.needed()
    let url = folder.appending(path: "ggml-vocab-\(name).gguf")
    let tokenizer = try tokenizer(url)
    let pairs = try pairs(url)
    #expect(pairs.count >= 45)
    var compared = 0
    for (text, ids) in pairs {
      let composed = text.precomposedStringWithCanonicalMapping
      if name == "qwen35", !composed.utf8.elementsEqual(text.utf8) {
        // Qwen's own tokenizer composes characters, which llama.cpp leaves out.
        #expect(tokenizer.encode(text) == tokenizer.encode(composed))
        continue
      }
      #expect(tokenizer.encode(text) == ids, "\(text.debugDescription)")
      #expect(tokenizer.decode(ids) == text)
      compared += 1
    }
    #expect(compared >= 45)
  }

  @Test(
    "Kinds that are refused, by name",
    .enabled(
      if: RealModels.llamaVocabularies.isThere, "\(RealModels.llamaVocabularies.missing)"),
    arguments: [
      ("bert-bge", "tokenizer.ggml.model = \"bert\""),
      ("nomic-bert-moe", "tokenizer.ggml.model = \"t5\""),
      ("gemma-4", "tokenizer.ggml.model = \"gemma4\""),
      ("gpt-neox", "tokenizer.ggml.pre = missing"),
    ])
  func refused(name: String, found: String) throws {
    let folder = try RealModels.llamaVocabularies.needed()
    let error = #expect(throws: TokenizerError.self) {
      _ = try tokenizer(folder.appending(path: "ggml-vocab-\(name).gguf"))
    }
    #expect(error?.found == found)
  }

  /// Against the tokenizers library on what the models' publishers wrote; `Fixtures/README.md`.
  private func compare(_ model: OptionalInput, _ key: String) throws {
    let tokenizer = try tokenizer(try model.needed())
    let cases = try #require(
      try JSON(contentsOf: TokenizerFixtures.url("gguf/golden.json")).array)
    #expect(cases.count > 300)
    for entry in cases {
      let text = try #require(entry["text"]?.string)
      #expect(tokenizer.encode(text) == entry[key]?.ids, "\(text.debugDescription)")
      #expect(tokenizer.decode(tokenizer.encode(text)) == text)
    }
  }

  @Test(
    "Ids of SmolLM2 equal its own tokenizer's",
    .enabled(if: RealModels.smolLM2.isThere, "\(RealModels.smolLM2.missing)"))
  func smolLM2() throws {
    try compare(RealModels.smolLM2, "smollm2")
    let files = ModelFiles.gguf(try GGUFFile(contentsOf: try RealModels.smolLM2.needed()))
    let chat = try ChatTokenizer(files)
    #expect(chat.stopTokenIDs == [2, 0] && chat.endOfTurnID == 2 && chat.acceptsSystem)
    #expect(chat.tokenizer.beginning == [] && chat.tokenizer.notes == [])
  }

  @Test(
    "Ids of Gemma 3 equal those of its own merges",
    .enabled(if: RealModels.gemma3.isThere, "\(RealModels.gemma3.missing)"))
  func gemma3() throws {
    try compare(RealModels.gemma3, "gemma3")
    let file = try GGUFFile(contentsOf: try RealModels.gemma3.needed())
    let tokenizer = try Tokenizer(file.metadata)
    #expect(tokenizer.beginning == [2])
    // The end of a text and that of a turn; "</s>" is a mark of HTML here.
    let stops = try ChatTokenizer.stopTokenIDs(file.metadata, tokenizer)
    #expect(stops == [1, 106])
    #expect(try ChatTemplate.load(.gguf(file)) == nil)
  }
}
