import Foundation
import NosceCore
import NosceFormats
import NosceTemplates
import NosceTestSupport
import NosceTokenizer
import Testing

@Suite("Chat templates")
struct ChatTemplateTests {
  private static let now = TemplateDate(
    year: 2024, month: 11, day: 5, hour: 9, minute: 8, second: 7)

  @Test(
    "conversations are rendered as the reference library renders them",
    arguments: [
      "ours-chatml-generation", "ours-features",
    ])
  func golden(name: String) throws {
    let file = try JSON(
      contentsOf: TokenizerFixtures.url("templates/\(name).golden.json"))
    let source = try #require(file["chat_template"]?.string)
    let template = try ChatTemplate(source: source, name: name)
    var fixed: [(name: String, value: JSON)] = []
    for token in ["bos_token", "eos_token"] {
      if let value = file[token] { fixed.append((token, value)) }
    }
    let cases = try #require(file["cases"]?.array)
    #expect(cases.count > 40)
    for entry in cases {
      let label = try #require(entry["name"]?.string)
      func render() throws -> ChatTemplate.Rendering {
        try template.render(
          messages: entry["messages"]?.array ?? [], tools: entry["tools"]?.array,
          addsGenerationPrompt: entry["add_generation_prompt"]?.bool ?? false,
          continuesFinalMessage: entry["continue_final_message"]?.bool ?? false,
          variables: fixed + (entry["kwargs"]?.object?.members.map { ($0.key, $0.value) } ?? []),
          date: Self.now)
      }
      guard let output = entry["output"]?.string else {
        let error = #expect(throws: TemplateError.self, "\(label)") { try render() }
        if let words = entry["error"]?.string, words.hasPrefix("TemplateError: ") {
          #expect(error?.message == String(words.dropFirst(15)), "\(label)")
        }
        continue
      }
      let rendering = try render()
      #expect(rendering.text.utf8.elementsEqual(output.utf8), "\(label): \(rendering.text)")
      if let spans = entry["assistant_spans_codepoints"]?.array {
        let found = rendering.assistantSpans.map {
          JSON.array([.integer($0.lowerBound), .integer($0.upperBound)])
        }
        #expect(found == spans, "\(label)")
      }
    }
  }

  @Test(
    "which template of a folder counts",
    arguments: [
      "additional-dir", "config-list", "config-string", "jinja-wins", "none",
    ])
  func precedence(folder: String) throws {
    let url = TokenizerFixtures.url("templates/precedence/\(folder)")
    let expected = try JSON(contentsOf: url.appendingPathComponent("expect.json"))
    let messages = try #require(expected["messages"]?.array)
    for (key, name) in [("default", "default"), ("template_name_tool_use", "tool_use")] {
      let template = try ChatTemplate.load(directory: url, named: name)
      let text = try template?.render(messages: messages).text
      #expect(text == expected[key]?["output"]?.string, "\(name)")
    }
  }

  @Test("a template with changed bytes is an error or renders")
  func mutation() throws {
    let file = try JSON(
      contentsOf: TokenizerFixtures.url("templates/ours-features.golden.json"))
    let source = try Array(#require(file["chat_template"]?.string).utf8)
    let messages = [JSON.object([("role", .string("user")), ("content", .string("hi"))])]
    var rendered = 0
    for seed in 0..<1500 as Range<UInt64> {
      var generator = TestGenerator(seed: seed)
      var bytes = source
      for _ in 0...Int.random(in: 0...3, using: &generator) {
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0...2, using: &generator) {
        case 0: bytes[index] = UInt8.random(in: 32...126, using: &generator)
        case 1: bytes.remove(at: index)
        default:
          let other = Int.random(in: 0..<bytes.count, using: &generator)
          bytes.swapAt(index, other)
        }
      }
      do {
        _ = try ChatTemplate(source: String(decoding: bytes, as: UTF8.self), name: "test")
          .render(messages: messages, date: Self.now)
        rendered += 1
      } catch {  // a TemplateError: nothing else can be thrown
        continue
      }
    }
    #expect(rendered > 100)
  }
}
