import Foundation
import NosceFormats
import Testing

@Suite("Regular expressions")
struct RegularExpressionTests {
  private func pieces(_ pattern: String, _ text: String) throws -> [String] {
    let bytes = Array(text.utf8)
    return try RegularExpression(pattern).matches(in: text).map {
      String(decoding: bytes[$0], as: UTF8.self)
    }
  }

  @Test(
    "what tokenizer files use",
    arguments: [
      ("a|ab|abc", "abcab", ["a", "a"]),
      ("abc|ab|a", "abcab", ["abc", "ab"]),
      (#"\s+(?!\S)|\s+"#, "a   b  ", ["  ", " ", "  "]),
      (#"\p{N}{1,3}"#, "12345 ⅧⅧ", ["123", "45", "ⅧⅧ"]),
      ("(?i:'s|'t)|.", "'S'tx", ["'S", "'t", "x"]),
      ("(?i)ab", "aB Ab xb", ["aB", "Ab"]),
      (#"[^\r\n\p{L}\p{N}]?\p{L}+"#, "été,fin 3x", ["été", ",fin", "x"]),
      (#"[A-Z]| ?[a-z]+|\n"#, "The End\n", ["T", "he", "E", "nd", "\n"]),
      (#"[[a-c]x-z]+"#, "abxydz", ["abxy", "z"]),
      (#"[a-z&&[^c-e]]+"#, "abcdefg", ["ab", "fg"]),
      (#"[\w&&[^\d_]]+"#, "ab1_c", ["ab", "c"]),
      ("a*?b", "aab b", ["aab", "b"]),
      ("a?+a", "aa a", ["aa"]),
      ("(?>a|ab)c", "abc ac", ["ac"]),
      ("(?<=a)b", "ab bb", ["b"]),
      ("(?<!a)b", "ab bb", ["b", "b"]),
      ("x{2}y{,1}z{1,}", "xxzz xxyz xz", ["xxzz", "xxyz"]),
      ("x{a}", "x{a}", ["x{a}"]),
      ("^b|b$", "ab\nb b", ["b", "b", "b"]),
      (#"\bcat\B"#, "cats cat", ["cat"]),
      (#"\x41\u0042\x{1F600}"#, "AB😀", ["AB😀"]),
      (#"[[:alpha:]]+"#, "ab1c", ["ab", "c"]),
      (#"\P{L}+|\p{^Lu}"#, "A1b", ["1", "b"]),
      (#"[^\s]+"#, "a\u{A0}b\u{2028}c", ["a", "b", "c"]),
      ("(ab)+", "ababa", ["abab"]),
      ("", "aé", ["", "", ""]),
      ("a*", "aab", ["aa", ""]),
      (#"\w+"#, "a² b½", ["a²", "b½"]),
      (#"[\w]+"#, "a² b½", ["a", "b"]),
      (#"\h+"#, "0xFf", ["0", "Ff"]),
      ("(?i:'s|k)", "'ſ 'S K", ["'ſ", "'S", "K"]),
      ("(?i:[^k])+", "akK\u{212A}b", ["a", "b"]),
      (#"(?i:\p{Lu})+"#, "aBc", ["B"]),
      (#"\d{1,3}(?=(?:\d{3})*\b)"#, "12345678", ["12", "345", "678"]),
    ])
  func usual(pattern: String, text: String, expected: [String]) throws {
    #expect(try pieces(pattern, text) == expected)
  }

  @Test(
    "what is malformed or not supported is refused",
    arguments: [
      "(", ")", "[", "[a", "a**b(", "*", "(?<=ab)c", #"\1"#, #"(a)\1"#, #"\p{Han}"#, #"\p{L"#,
      #"\q"#,
      "[z-a]", "a{3,2}", "a{2000}", "(?x)a", "\\", #"\xZ"#, "(?P=n)", "(?<n",
      "((a{999}){999}){999}",
      "[[:what:]]", #"(?'n'a)"#, "(?i:ss)", "(?i:ß)", "(?i:[ﬁ])", #"\R"#, #"\X"#, #"a\Kb"#,
    ])
  func refused(pattern: String) {
    #expect(throws: RegexError.self) { try RegularExpression(pattern) }
  }

  @Test("deep nesting is refused, not crashed on")
  func nesting() {
    let deep = String(repeating: "(", count: 5000) + String(repeating: ")", count: 5000)
    #expect(throws: RegexError.self) { try RegularExpression(deep) }
    #expect(throws: RegexError.self) { try RegularExpression(String(repeating: "[", count: 5000)) }
    let intersections = "[" + String(repeating: "a&&", count: 200_000) + "a]"
    #expect(throws: RegexError.self) { try RegularExpression(intersections) }
    let repetitions = "a" + String(repeating: "*", count: 200_000)
    #expect(throws: RegexError.self) { try RegularExpression(repetitions) }
  }

  @Test("repetitions of nothing are refused, not counted out")
  func emptyRepetitions() {
    let empty = (0..<6).reduce("") { inner, _ in "(\(inner)){1000}" }
    #expect(throws: RegexError.self) { try RegularExpression(empty) }
    #expect(throws: RegexError.self) { try RegularExpression(empty, dialect: .python) }
  }

  /// Each takes exponential or quadratic time where every way is tried again: what is not linear would
  /// run for minutes at least.
  @Test(
    "expressions that make others run for ever take linear time",
    arguments: [
      "(a+)+b", "(a|a)*b", "(a*)*b", "((a*)*)*b", "(?:a|aa)+$b", "(.*)*x", "a*a*a*a*b", "a*+b|b",
      "(?>a*)b", "(?=(a+)+b)a", "(?>(a|aa)+)b", "(?!(a*)*b)ab", "(?:a*?)a*+b", "(a?b?)*c",
      #"(?=(?:[\s\S])*?x)a"#, #"(?=a*b)b|\s+$"#, "(?:a{1,9})*b", "(?=a*c)aa|(?=a*c)a*d",
    ])
  func hostile(pattern: String) throws {
    let expression = try RegularExpression(pattern)
    #expect(expression.matches(in: String(repeating: "a", count: 120_000)).isEmpty)
  }

  @Test(
    "look-ahead that matches far away, again and again, takes linear time",
    arguments: [
      #"(?=(?:[\s\S])*?\z)a"#, "(?=[ac]*ca)a", "(?=a*ab)a", "(?=(?:a|b)*c)a", "(?=a*(?>b*)c)a",
    ])
  func hostileLookAhead(pattern: String) throws {
    let text =
      String(repeating: "a", count: 100_000) + "bca" + String(repeating: "a", count: 100_000)
    let found = try RegularExpression(pattern).matches(in: text).count
    let all = pattern.contains("z")
    #expect(found == (all ? 200_001 : pattern.contains("[ac]") ? 0 : 100_000))
  }

  @Test("what tokenizers look for is found in linear time in texts of one kind of character")
  func longRuns() throws {
    let pattern =
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"#
      + #"|\s*[\r\n]+|\s+(?!\S)|\s+"#
    let expression = try RegularExpression(pattern)
    let count = 2_000_000
    for (letter, pieces) in [
      ("a", 1), (" ", 1), ("\n", 1), ("é", 1), ("中", 1), (".", 1), ("1", count), ("😀", 1),
    ] {
      let text = String(repeating: letter, count: count)
      #expect(expression.matches(in: text).count == pieces, "\(letter.debugDescription)")
    }
    #expect(expression.matches(in: String(repeating: " ", count: count) + "a").count == 2)
    #expect(expression.matches(in: String(repeating: "\n ", count: count)).count == 2)
  }

  @Test(
    "the careful way finds what the quick one would",
    arguments: [
      ("(a|b)*c", 6000), ("(?:a|b|(?=x))*c", 5000), ("(?:(?>ab|a)|b)+", 5000),
    ])
  func longMatches(pattern: String, count: Int) throws {
    let text = String(repeating: "ab", count: count) + "c"
    let found = try RegularExpression(pattern).matches(in: text)
    #expect(found.first?.lowerBound == 0)
    #expect((found.first?.count ?? 0) >= 2 * count)
  }

  @Test("remembering from the first step on changes no match")
  func careful() throws {
    for seed in 0..<3000 as Range<UInt64> {
      var source = ExpressionSource(seed: seed)
      let pattern = source.expression(depth: 4).text
      let text = (0..<4).map { _ in source.text() }.joined()
      let expression = try RegularExpression(pattern)
      let quick = expression.matches(in: text)
      let careful = expression.matches(in: text, patience: 0)
      #expect(quick == careful, "seed \(seed): \(pattern) in \(text)")
    }
  }

  @Test("random expressions match where the system's library says")
  func againstSystemLibrary() throws {
    for seed in 0..<3000 as Range<UInt64> {
      var source = ExpressionSource(seed: seed)
      let pattern = source.expression(depth: 3).text
      let text = source.text()
      let ours = try RegularExpression(pattern).matches(in: text)
      let theirs = try NSRegularExpression(pattern: pattern)
        .matches(in: text, range: NSRange(location: 0, length: text.utf16.count))
        .map { $0.range.location..<$0.range.location + $0.range.length }
      // The system's library also reports an empty match where a match has just ended.
      let ends = Set(theirs.filter { !$0.isEmpty }.map(\.upperBound))
      let comparable = theirs.filter { !($0.isEmpty && ends.contains($0.lowerBound)) }
      let own = ours.filter { !($0.isEmpty && ends.contains($0.lowerBound)) }
      #expect(own == comparable, "seed \(seed): \(pattern) in \(text)")
    }
  }

  @Test("the whole text must match, in the other dialect")
  func whole() throws {
    let expression = try RegularExpression(#"(.*\.)?(layers\.0\..*proj$)"#, dialect: .python)
    #expect(expression.matchesWhole("model.layers.0.mlp.up_proj"))
    #expect(expression.matchesWhole("layers.0.up_proj"))
    #expect(!expression.matchesWhole("xlayers.0.up_proj"))
    #expect(!expression.matchesWhole("model.layers.01.up_proj"))
    #expect(try RegularExpression("a|ab", dialect: .python).matchesWhole("ab"))
  }

  @Test("match where the reference library's do")
  func reference() throws {
    let larger = ProcessInfo.processInfo.environment["NOSCE_REGEX_CASES"]
    let url =
      try larger.map { URL(filePath: $0) }
      ?? #require(Bundle.module.url(forResource: "Fixtures/oniguruma-cases", withExtension: "json"))
    let cases = try JSON(parsing: Data(contentsOf: url))
    var different = 0
    for entry in try #require(cases.array) {
      let parts = try #require(entry.array)
      let pattern = try #require(parts[0].string)
      let text = try #require(parts[1].string)
      let expected = try #require(parts[2].array).map { place in
        (place.array?[0].integer ?? 0)..<(place.array?[1].integer ?? 0)
      }
      let found = try RegularExpression(pattern).matches(in: text).filter { !$0.isEmpty }
      if found != expected { different += 1 }
      #expect(
        found == expected || different > 20, "\(pattern) in \(text.debugDescription): \(expected)")
    }
    #expect(different == 0)
  }
}

/// Makes random expressions and texts over a small alphabet.
private struct ExpressionSource {
  private var state: UInt64

  init(seed: UInt64) { state = seed &+ 99 }

  private mutating func index(below count: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % count
  }

  mutating func text() -> String {
    String((0..<index(below: 14)).map { _ in Array("aaabbc \n")[index(below: 8)] })
  }

  /// An expression, and whether it may match nothing; such a one is not repeated, since libraries
  /// differ in how often they do it.
  mutating func expression(depth: Int) -> (text: String, mayBeEmpty: Bool) {
    switch index(below: depth == 0 ? 3 : 10) {
    case 0: return (["a", "b", "c"][index(below: 3)], false)
    case 1: return (["[ab]", "[^a]", ".", "\\s", "\\S"][index(below: 5)], false)
    case 2: return (["\\p{L}", "[^\\sb]", "(?i:A)"][index(below: 3)], false)
    case 3, 4:
      let (one, other) = (expression(depth: depth - 1), expression(depth: depth - 1))
      return ("(?:\(one.text)|\(other.text))", one.mayBeEmpty || other.mayBeEmpty)
    case 5, 6:
      let (one, other) = (expression(depth: depth - 1), expression(depth: depth - 1))
      return (one.text + other.text, one.mayBeEmpty && other.mayBeEmpty)
    case 7:
      let look = ["(?=", "(?!", "(?>"][index(below: 3)]
      return ("\(look)\(expression(depth: depth - 1).text))", true)
    default:
      let body = expression(depth: depth - 1)
      guard !body.mayBeEmpty else { return body }
      let (repetition, empty) = [
        ("*", true), ("+", false), ("?", true), ("*?", true), ("+?", false), ("{1,2}", false),
        ("{2,}?", false), ("*+", true), ("++", false), ("??", true),
      ][index(below: 10)]
      return ("(?:\(body.text))\(repetition)", empty)
    }
  }
}
