/// A regular expression of the kind that tokenizer and adapter files contain.
///
/// ```swift
/// let words = try RegularExpression(#"\p{L}+|\s+(?!\S)|\s+"#)
/// words.matches(in: Array("two words".unicodeScalars))   // [0..<3, 3..<4, 4..<9]
/// ```
///
/// Supported: classes with ranges, nesting and intersection, Unicode general categories, groups,
/// alternatives, greedy, lazy and possessive repetition, look-ahead, look-behind over one character,
/// anchors, the flag `i`. Captures are not kept; back-references and scripts are refused. Positions
/// are counted in Unicode scalars. Not meant for searching large texts with hostile expressions: time
/// is bounded, but only by the product of the lengths.
package struct RegularExpression: Sendable {
  /// Where the same signs mean different things.
  package enum Dialect: Sendable {
    /// The library behind `tokenizer.json`: `^` and `$` match at every line.
    case oniguruma
    /// The library behind PEFT's settings.
    case python
  }

  package let pattern: String
  /// No match has fewer scalars.
  package let shortestMatch: Int
  private let program: RegexProgram

  package init(_ pattern: String, dialect: Dialect = .oniguruma) throws(RegexError) {
    var parser = RegexParser(pattern, dialect: dialect)
    self.pattern = pattern
    let node = try parser.parse()
    program = try RegexProgram(node, pattern: pattern)
    // Behind the program, whose limits keep this small.
    shortestMatch = node.shortestMatch
  }

  /// All matches from left to right that do not overlap.
  package func matches(in scalars: [Unicode.Scalar]) -> [Range<Int>] {
    var matcher = RegexMatcher(program, text: scalars.map(\.value))
    var result: [Range<Int>] = []
    var start = 0
    while start <= scalars.count {
      guard let end = matcher.end(from: start) else {
        start += 1
        continue
      }
      result.append(start..<end)
      start = end > start ? end : start + 1
    }
    return result
  }

  /// Whether the expression matches from the first character to the last.
  package func matchesWhole(_ text: String) -> Bool {
    var matcher = RegexMatcher(
      program, text: text.unicodeScalars.map(\.value), mustReachEnd: true)
    return matcher.end(from: 0) != nil
  }
}
