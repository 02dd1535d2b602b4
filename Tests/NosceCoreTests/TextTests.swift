import NosceCore
import Testing

@Suite("Text in columns")
struct ColumnTextTests {
  private let text = "the order of its letters and nothing else"

  @Test("A text is wrapped at blanks only, and a word that is too long stands alone")
  func wrap() {
    #expect(ColumnText.wrap("a bb ccc dddddddd e", 6) == ["a bb", "ccc", "dddddddd", "e"])
    #expect(ColumnText.wrap("exactly this", 12) == ["exactly this"])
    #expect(ColumnText.wrap("exactly this", 11) == ["exactly", "this"])
  }

  @Test("The lines of a text keep what is in them, but for the blanks at which they are broken")
  func lines() {
    let text = "  one  two three\n\nfour-five-six seven\n"
    #expect(ColumnText.wrapLines(text, 80) == text)
    #expect(
      ColumnText.wrapLines(text, 10) == "  one  two\nthree\n\nfour-five-six\nseven\n")
    #expect(ColumnText.wrapLines("日本 日本 日本", 9) == "日本 日本\n日本")
    #expect(ColumnText.wrapLines("abc", 1) == "abc")
  }

  @Test("A name is never cut: where there is no room beside it the text stands below")
  func entry() {
    #expect(
      ColumnText.entry("name", text, column: 10, width: 40)
        == ["  name    the order of its letters and", "          nothing else"])
    let long = "a-name-that-one-must-type"
    #expect(
      ColumnText.entry(long, text, column: 10, width: 40)
        == ["  " + long, "    the order of its letters and nothing", "    else"])
    #expect(ColumnText.entry("name", text, column: 10, width: 30)[0] == "  name")
    #expect(ColumnText.entry(long, "", column: 10, width: 5) == ["  " + long])
  }

  @Test("Further lines of a paragraph are indented")
  func paragraph() {
    #expect(
      ColumnText.paragraph("one two three", indent: 2, hanging: 4, width: 12)
        == ["  one two", "    three"])
  }

  @Test("One of a kind is no plural")
  func counted() {
    #expect(Counted.text(1, "seed") == "1 seed")
    #expect(Counted.text(0, "seed") == "0 seeds")
    #expect(Counted.text(2, "child", "children") == "2 children")
  }
}
