import Foundation
import NosceFormats
import NosceTemplates
import NosceTestSupport
import NosceTokenizer
import Testing

/// Templates written for this project in the manner of the published ones, and conversations with
/// tools, thinking and parts, as the reference library renders them.
@Suite("Templates in the manner of the published ones")
struct FamilyTemplateTests {
  private static let now = TemplateDate(
    year: 2024, month: 11, day: 5, hour: 9, minute: 8, second: 7)

  @Test(
    "conversations are rendered as the reference library renders them",
    arguments: ["headers", "instructions", "lines", "macros", "modes", "thinking", "turns"])
  func golden(name: String) throws {
    let file = try JSON(contentsOf: TokenizerFixtures.url("templates/families/cases.json"))
    let source = try String(
      contentsOf: TokenizerFixtures.url("templates/families/\(name).jinja"), encoding: .utf8)
    let template = try ChatTemplate(source: source, name: name)
    let tools = try #require(file["tools"]?.array)
    let tokens = try #require(file["tokens"]?.object).members.map {
      (name: $0.key, value: $0.value)
    }
    let cases = try #require(file["cases"]?[name]?.array)
    try #require(cases.count > 40)
    for entry in cases {
      let conversation = try #require(entry["conversation"]?.string)
      let messages = try #require(file["conversations"]?[conversation]?.array)
      let options = entry["kwargs"]?.object?.members.map { (name: $0.key, value: $0.value) } ?? []
      let wanted = entry["tools"]?.string.map { $0 == "all" ? tools : Array(tools[..<1]) }
      let render = { () throws(TemplateError) -> ChatTemplate.Rendering in
        try template.render(
          messages: messages, tools: wanted,
          addsGenerationPrompt: entry["add_generation_prompt"]?.bool ?? false,
          continuesFinalMessage: entry["continue_final_message"]?.bool ?? false,
          variables: tokens + options, date: Self.now)
      }
      let label = "\(conversation) \(entry.object?.keys ?? [])"
      guard let output = entry["output"]?.string else {
        let error = #expect(throws: TemplateError.self, "\(label)") { try render() }
        let words = try #require(entry["error"]?.string)
        if words.hasPrefix("TemplateError: ") {
          #expect(error?.message == String(words.dropFirst(15)), "\(label)")
        }
        continue
      }
      let rendering: ChatTemplate.Rendering
      do {
        rendering = try render()
      } catch {
        Issue.record("\(label): \(error)")
        continue
      }
      #expect(rendering.text.utf8.elementsEqual(output.utf8), "\(label): \(rendering.text)")
      if let spans = entry["spans"]?.array {
        let found = rendering.assistantSpans.map {
          JSON.array([.integer($0.lowerBound), .integer($0.upperBound)])
        }
        #expect(found == spans, "\(label)")
      }
    }
  }
}
