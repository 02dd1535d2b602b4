import Foundation
import NosceCore
import NosceEngine
import NosceFormats
import NosceLocal
import NosceOrganism
import NoscePorts
import NosceTemplates
import NosceTestSupport
import NosceTokenizer
import Testing

@Suite("The text side of GGUF files")
struct GGUFTextTests {
  /// SentencePiece's kind: the unknown, beginning and end, then "▁", letters and a made token.
  private func file(letters: Int = 26, end: Bool = true, template: String? = nil) -> GGUFWriter {
    let words = (0..<letters).map { String(Unicode.Scalar(UInt32(0x61 + $0)) ?? "?") }
    let tokens = ["<unk>", "<s>", "</s>", "▁"] + words + ["▁a"]
    var file = GGUFWriter()
    file.set("general.architecture", .string("llama"))
    file.set("tokenizer.ggml.model", .string("llama"))
    file.set("tokenizer.ggml.tokens", .strings(tokens))
    file.set("tokenizer.ggml.scores", .floats(tokens.indices.map { -Float($0) }))
    file.set(
      "tokenizer.ggml.token_type",
      .int32s([2, 3, end ? 3 : 1] + [Int32](repeating: 1, count: letters + 2)))
    if let template { file.set("tokenizer.chat_template", .string(template)) }
    return file
  }

  private func reading<Value>(
    _ file: GGUFWriter, _ body: (ModelFiles) throws -> Value
  ) throws -> Value {
    try withFolder(inMemory: true) { folder in
      let url = folder.appending(path: "model.gguf")
      try file.write(to: url)
      return try body(try ModelFiles(at: url))
    }
  }

  @Test("With a template it can be asked in conversations, without one by plain text")
  func template() throws {
    let template = "{% for m in messages %}{{ m.content }}{{ eos_token }}{% endfor %}"
    try reading(file(template: template)) { files in
      let text = try CheckpointText(files)
      #expect(try text.requireChat().template.source == template)
      #expect(text.stopTokenIDs == [2] && text.endOfTextID == 2)
    }
    try reading(file()) { files in
      let text = try CheckpointText(files)
      #expect(text.chat == nil && text.stopTokenIDs == [2])
      #expect(text.encode(parts: ["a"]) == [[1, 30]])
      #expect(try text.answer("b", toText: "a", closed: true).last == 2)
      let error = #expect(throws: TokenizerError.self) { _ = try text.requireChat() }
      #expect(error?.file.hasSuffix("model.gguf") == true)
      #expect(
        error?.allowed.hasPrefix("tokenizer.chat_template, or --chat-template plain;") == true)
    }
  }

  @Test("A template that is given counts before the file's own, with the file's tokens before it")
  func given() throws {
    let other = "{% for m in messages %}{{ m.content }}{{ eos_token }}{% endfor %}"
    for own in [nil, other] {
      try reading(file(template: own)) { files in
        let text = try CheckpointText(files, template: .plain)
        let chat = try text.requireChat()
        #expect(chat.template.source == ChatTemplate.plainSource)
        #expect(chat.endOfAnswer == "\n\nQuestion:" && chat.stopTokenIDs == [2])
        #expect(try chat.prompt(messages: [("user", "a")]).first == 1)
        let given = GivenTemplate(name: "mine.jinja", source: "{{ bos_token }}" + other)
        let file = try CheckpointText(files, template: given).requireChat()
        #expect(try file.render([("user", "a")]).text == "<s>a</s>" && file.endOfTurnID == 2)
      }
    }
  }

  @Test("Without an end a text cannot be closed, and the key is named")
  func end() throws {
    try reading(file(end: false)) { files in
      let text = try CheckpointText(files)
      #expect(text.stopTokenIDs == [])
      let error = #expect(throws: TokenizerError.self) {
        _ = try text.answer("b", toText: "a", closed: true)
      }
      #expect(error?.allowed == "tokenizer.ggml.eos_token_id")
    }
  }

  @Test("More tokens than the embedding has rows are refused")
  func rows() throws {
    let model = try ModelConfiguration(contentsOf: try Organism.coherent.directory())
    try reading(file()) { files in
      let text = try CheckpointText(files, model: model)
      #expect(text.tokenizer.vocabularySize == 31)
    }
    try reading(file(letters: model.vocabularySize)) { files in
      let error = #expect(throws: LabError.self) { _ = try CheckpointText(files, model: model) }
      let said = "\(error.map { "\($0)" } ?? "")"
      #expect(said.contains("model.gguf (tokenizer.ggml.tokens): found token ids up to"))
    }
  }

  @Test("A folder is read as before")
  func folder() throws {
    let directory = try Organism.coherent.directory()
    let model = try ModelConfiguration(contentsOf: directory)
    let text = try CheckpointText(ModelFiles(at: directory), model: model)
    let other = try CheckpointText(directory: directory)
    #expect(text.stopTokenIDs == other.stopTokenIDs)
  }
}
