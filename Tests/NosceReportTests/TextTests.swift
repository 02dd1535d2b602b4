import NosceCore
import NosceReport
import NosceText
import Testing

@Suite struct NumberTests {
  @Test(arguments: [
    (0.934, "0.93"), (1.0, "1.00"), (-0.001, "0.00"), (12.345, "12.3"), (4321.0, "4321"),
    (-9.999, "-10.0"), (.infinity, "inf"),
  ]) func values(number: Double, text: String) { #expect(Number.value(number) == text) }

  @Test func absentIsADash() {
    #expect(Number.value(nil) == "-")
    #expect(Number.value(.nan) == "-")
    #expect(Number.interval(nil as Interval?) == "-")
    #expect(Number.probability(nil) == "-")
  }

  @Test func differencesShowTheirSign() {
    #expect(Number.difference(0.5) == "+0.50")
    #expect(Number.difference(-0.5) == "-0.50")
    #expect(Number.difference(0.001) == "0.00")
  }

  @Test func probabilitiesAreNeverZero() {
    #expect(Number.probability(1.0 / 252) == "0.004")
    #expect(Number.probability(1e-9) == "<0.001")
  }

  @Test(arguments: [
    (0.42, "420 ms"), (9.94, "9.9 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (396, "6 min 36 s"),
    (4320, "1 h 12 min"),
  ]) func durations(seconds: Double, text: String) { #expect(Number.duration(seconds) == text) }

  @Test("Parts of a time are rounded down to the whole's unit, and never come to more than it")
  func parts() {
    #expect(Number.duration(213.9, within: 396) == "3 min 33 s")
    #expect(Number.duration(0.42, within: 396) == nil)
    #expect(Number.duration(0.42, within: 2.2) == "400 ms")
    #expect(Number.duration(119, within: 7300) == "1 min 00 s")
    #expect(Number.duration(59, within: 7300) == nil)
    #expect(Number.duration(0.0421, within: 0.5) == "42 ms")
    // Rounded each for itself these would be 6 s + 5 s of 10 s.
    #expect(Number.duration(5.6, within: 10.2) == "5.0 s")
    #expect(Number.duration(4.6, within: 10.2) == "4.0 s")
  }

  @Test func constantsHaveNoSpareDigits() {
    #expect(Number.constant(0.2) == "0.2")
    #expect(Number.constant(0.05) == "0.05")
    #expect(Number.constant(20) == "20")
    #expect(Number.percentage(0.95) == "95%")
    #expect(Number.percentage(0.975) == "97.5%")
  }
}

@Suite struct MarkupTests {
  @Test func interpolatedTextIsEscaped() {
    let name = "<b>\"&'"
    let markup: Markup = "<i title=\"\(name)\">\(name)</i>"
    #expect(
      markup.source
        == "<i title=\"&lt;b&gt;&quot;&amp;&#39;\">&lt;b&gt;&quot;&amp;&#39;</i>")
  }

  @Test func markupInsideMarkupIsKept() {
    let inner: Markup = "<b>\("<")</b>"
    let outer: Markup = "<i>\(inner)\([inner, inner])\(7)</i>"
    #expect(outer.source == "<i><b>&lt;</b><b>&lt;</b><b>&lt;</b>7</i>")
  }
}

@Suite struct ShellQuotingTests {
  @Test(
    "What is published names files without the folders of the machine",
    arguments: [
      (["nosce", "run", "hello"], "nosce run hello"),
      (["run", "/a/my models/it's.gguf"], "run 'it'\\''s.gguf'"),
      (["run", "/a/b c/"], "run 'b c'"),
      (
        ["--data", "rows=/a/rows.jsonl", "--subject", "script:/a/b.yaml"],
        "--data rows=rows.jsonl --subject script:b.yaml"
      ),
      (["--subject", "openai:m/x@https://host/v1"], "--subject openai:m/x@https://host/v1"),
      (["docs/validation/x.yaml", "", "/"], "docs/validation/x.yaml '' /"),
    ]) func withoutFolders(words: [String], text: String)
  {
    #expect(ShellQuoting.withoutFolders(ShellQuoting.command(words)) == text)
  }
}
