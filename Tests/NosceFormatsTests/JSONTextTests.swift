import Foundation
import NosceFormats
import Testing

@Suite("JSON strings")
struct JSONTextTests {
  private static let text = "a\"\\/\n\r\t\u{1}\u{8}\u{C}\u{7F}<é\u{2028}😀>&"

  private func written(
    forMarkup: Bool = false, shortEscapes: Bool = false, isASCII: Bool = false
  ) -> String {
    var output = ""
    JSONText.append(
      Self.text, to: &output, forMarkup: forMarkup, shortEscapes: shortEscapes, isASCII: isASCII)
    return output
  }

  @Test("Each way of writing escapes what it should and nothing else")
  func ways() {
    let start = #""a\"\\/\n\r\t\u0001"#
    #expect(written() == start + #"\u0008\u000c"# + "\u{7F}<é\u{2028}😀>&\"")
    #expect(
      written(forMarkup: true) == start + #"\u0008\u000c\u007f\u003cé\u2028😀\u003e\u0026""#)
    // What Python's json.dumps writes.
    #expect(
      written(shortEscapes: true, isASCII: true)
        == start + #"\b\f\u007f<\u00e9\u2028\ud83d\ude00>&""#)
  }

  @Test("Whichever way, it reads back the same", arguments: [false, true], [false, true])
  func back(forMarkup: Bool, isASCII: Bool) throws {
    let json = written(forMarkup: forMarkup, shortEscapes: isASCII, isASCII: isASCII)
    #expect(try JSONDecoder().decode([String].self, from: Data("[\(json)]".utf8)) == [Self.text])
  }
}
