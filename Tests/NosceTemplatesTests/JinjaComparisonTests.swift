import Foundation
import NosceFormats
import NosceTemplates
import NosceTestSupport
import Testing

@Suite("The template language")
struct JinjaComparisonTests {
  @Test("random templates print what Jinja prints, and fail where it fails")
  func comparison() throws {
    let larger = ProcessInfo.processInfo.environment["NOSCE_JINJA_CASES"]
    let file = try JSON(
      contentsOf: larger.map { URL(filePath: $0) }
        ?? #require(Bundle.module.url(forResource: "Fixtures/jinja-cases", withExtension: "json")))
    let variables = try #require(file["variables"]?.object).members.map {
      (name: $0.key, value: $0.value)
    }
    var different = 0
    for entry in try #require(file["cases"]?.array) {
      let source = try #require(entry["template"]?.string)
      var output: String?
      var failure: TemplateError?
      do {
        output = try JinjaTemplate(source: source, name: "case").render(variables).text
      } catch {
        failure = error
      }
      let expected = entry["output"]?.string
      let isSame =
        output.map { text in expected.map { text.utf8.elementsEqual($0.utf8) } ?? false }
        ?? (expected == nil)
      if !isSame { different += 1 }
      #expect(
        isSame || different > 40,
        "\(source)\n  ours: \(output.debugDescription) \(failure?.message ?? "")\n  Jinja: \(expected.debugDescription) \(entry["error"]?.string ?? "")"
      )
    }
    #expect(different == 0)
  }
}
