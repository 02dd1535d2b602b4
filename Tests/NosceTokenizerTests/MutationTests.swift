import Foundation
import NosceFormats
import NosceTemplates
import NosceTestSupport
import NosceTokenizer
import Testing

/// Damaged files are an error that names the file, or load and work; they never crash or hang.
@Suite("Damaged files")
struct MutationTests {
  private static let text = "The <s> answer é 12  aab ▁ 今天 'S\r\n\t<|im_end|> ab<unk>"

  /// True if the file was taken.
  private func use(_ json: JSON) -> Bool {
    do {
      let tokenizer = try Tokenizer(json: json, file: "damaged")
      let ids = tokenizer.encode(Self.text, addSpecialTokens: true)
      #expect(ids.allSatisfy { $0 >= 0 && Int($0) < tokenizer.embeddingRows })
      _ = tokenizer.decode(ids)
      _ = tokenizer.decode(ids, skipSpecialTokens: true)
      _ = tokenizer.encode(parts: [Self.text, "  x", "y "])
      return true
    } catch {
      #expect(error.file == "damaged" && !error.found.isEmpty && !error.allowed.isEmpty)
      return false
    }
  }

  @Test("tokenizers with damaged bytes", arguments: ["byte-level", "byte-fallback"])
  func tokenizerBytes(name: String) throws {
    let whole = try Array(
      Data(contentsOf: TokenizerFixtures.url("tokenizers/\(name)/tokenizer.json")))
    var taken = 0
    for seed in 0..<800 as Range<UInt64> {
      var mutator = Mutator(seed: seed)
      guard let json = try? JSON(parsing: mutator.damagedBytes(whole)) else { continue }
      if use(json) { taken += 1 }
    }
    #expect(taken > 10)
  }

  @Test("tokenizers with damaged values", arguments: ["byte-level", "byte-fallback"])
  func tokenizerValues(name: String) throws {
    let whole = try JSON(
      contentsOf: TokenizerFixtures.url("tokenizers/\(name)/tokenizer.json"))
    var taken = 0
    for seed in 0..<800 as Range<UInt64> {
      var mutator = Mutator(seed: seed)
      if use(mutator.damaged(whole)) { taken += 1 }
    }
    #expect(taken > 10)
  }

  /// The parts before the model are where the families differ, and where expressions stand.
  @Test("the parts of the families' tokenizers with damaged values")
  func families() throws {
    let file = try JSON(contentsOf: TokenizerFixtures.url("families/cases.json"))
    var taken = 0
    var tried = 0
    for entry in try #require(file["tokenizers"]?.array) {
      let model = try #require(file["models"]?[entry["model"]?.string ?? ""])
      for seed in 0..<40 as Range<UInt64> {
        var mutator = Mutator(seed: seed)
        guard var whole = mutator.damaged(try #require(entry["file"])).object else { continue }
        whole.members.append(("model", model))
        tried += 1
        if use(.object(whole)) { taken += 1 }
      }
    }
    #expect(tried > 1500 && taken > 200)
  }

  @Test(
    "real tokenizers with damaged bytes",
    .enabled(if: SharedFixtures.exist, "\(SharedFixtures.missing)"),
    arguments: ["gpt2", "phi-3"])
  func realTokenizers(name: String) throws {
    let folder = try SharedFixtures.url("tokenizers")
    let whole = try Array(
      Data(contentsOf: folder.appendingPathComponent("\(name)/tokenizer.json")))
    for seed in 0..<12 as Range<UInt64> {
      var mutator = Mutator(seed: seed)
      guard let json = try? JSON(parsing: mutator.damagedBytes(whole)) else { continue }
      _ = use(json)
    }
  }

  @Test("templates with damaged bytes", arguments: ["headers", "thinking", "macros", "modes"])
  func templates(name: String) throws {
    let source = try Array(
      Data(contentsOf: TokenizerFixtures.url("templates/families/\(name).jinja")))
    let file = try JSON(contentsOf: TokenizerFixtures.url("templates/families/cases.json"))
    let messages = try #require(file["conversations"]?["tools"]?.array)
    let tools = file["tools"]?.array
    var rendered = 0
    for seed in 0..<500 as Range<UInt64> {
      var mutator = Mutator(seed: seed)
      do {
        let text = String(decoding: mutator.damagedBytes(source), as: UTF8.self)
        _ = try ChatTemplate(source: text, name: "damaged").render(messages: messages, tools: tools)
        rendered += 1
      } catch {
        #expect(error.template == "damaged" && error.line >= 1 && !error.message.isEmpty)
      }
    }
    #expect(rendered > 20)
  }

  @Test("messages with damaged values", arguments: ["headers", "thinking", "macros", "turns"])
  func messages(name: String) throws {
    let source = try String(
      contentsOf: TokenizerFixtures.url("templates/families/\(name).jinja"), encoding: .utf8)
    let template = try ChatTemplate(source: source, name: name)
    let file = try JSON(contentsOf: TokenizerFixtures.url("templates/families/cases.json"))
    let whole = try #require(file["conversations"]?["tools"])
    for seed in 0..<300 as Range<UInt64> {
      var mutator = Mutator(seed: seed)
      do {
        _ = try template.render(
          messages: mutator.damaged(whole).array ?? [], tools: file["tools"]?.array)
      } catch {
        #expect(error.template == name)
      }
    }
  }

  @Test("a checkpoint's settings with damaged bytes and values")
  func settings() throws {
    let source = TokenizerFixtures.url("tokenizers/byte-level")
    try withFolder { folder in
      for name in ["tokenizer.json", "tokenizer_config.json"] {
        try FileManager.default.copyItem(
          at: source.appendingPathComponent(name), to: folder.appendingPathComponent(name))
      }
      let template = source.appendingPathComponent("chat_template.jinja")
      if FileManager.default.fileExists(atPath: template.path) {
        try FileManager.default.copyItem(
          at: template, to: folder.appendingPathComponent("chat_template.jinja"))
      }
      let config = folder.appendingPathComponent("tokenizer_config.json")
      let whole = try Data(contentsOf: config)
      let json = try JSON(parsing: whole)
      for seed in 0..<300 as Range<UInt64> {
        var mutator = Mutator(seed: seed)
        let damaged =
          seed % 2 == 0
          ? Data(mutator.damagedBytes(Array(whole))) : Data(mutator.damaged(json).text().utf8)
        try damaged.write(to: config)
        do {
          let chat = try ChatTokenizer(directory: folder)
          _ = try chat.trainingRow([("user", "a"), ("assistant", "b")])
        } catch let error as TokenizerError {
          #expect(!error.file.isEmpty)
        } catch let error as TemplateError {
          #expect(!error.template.isEmpty)
        }
      }
    }
  }
}
