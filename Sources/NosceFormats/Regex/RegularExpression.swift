/// A regular expression of the kind that tokenizer and adapter files contain.
///
/// ```swift
/// let words = try RegularExpression(#"\p{L}+|\s+(?!\S)|\s+"#)
/// words.matches(in: "two words  ")   // [0..<3, 3..<4, 4..<9, 9..<11]
/// ```
///
/// Supported: classes with ranges, nesting and intersection, Unicode general categories, groups,
/// alternatives, greedy, lazy and possessive repetition, look-ahead, look-behind over one character,
/// anchors, the flag `i`. Captures are not kept; back-references and scripts are refused. Positions
/// are counted in bytes of UTF-8.
///
/// - Complexity: linear in the text for the expressions of published tokenizers. For hostile ones the
///   time is bounded by the product of the lengths of expression and text.
package struct RegularExpression: Sendable {
  /// Where the same signs mean different things.
  package enum Dialect: Sendable {
    /// The library behind `tokenizer.json`: `^` and `$` match at every line.
    case oniguruma
    /// The library behind PEFT's settings.
    case python
  }

  package let pattern: String
  private let program: RegexProgram

  package init(_ pattern: String, dialect: Dialect = .oniguruma) throws(RegexError) {
    var parser = RegexParser(pattern, dialect: dialect)
    self.pattern = pattern
    program = try RegexProgram(try parser.parse(), pattern: pattern)
  }

  /// One character that the reference library's `Punctuation` takes for punctuation.
  package static func punctuationOfUnicode8() throws(RegexError) -> RegularExpression {
    try RegularExpression(set: .punctuationOfUnicode8, name: "punctuation")
  }

  private init(set: ScalarSet, name: String) throws(RegexError) {
    pattern = name
    program = try RegexProgram(.set(set), pattern: name)
  }

  /// All matches from left to right that do not overlap. The text must be valid UTF-8.
  ///
  /// `patience` is after how many steps the matcher begins to remember what has failed.
  package func forEachMatch(
    in text: UnsafeBufferPointer<UInt8>, patience: Int = RegexMatcher.patience,
    _ body: (Range<Int>) -> Void
  ) {
    RegexMatcher.with(program, text: text, patience: patience) { matcher in
      program.firstBytes.withUnsafeBufferPointer { firstBytes in
        var start = 0
        var lastEnd = -1
        while start <= text.count {
          let first = firstBytes[start < text.count ? Int(text[start]) : 256]
          guard first != 0, let end = matcher.end(from: start, alternatives: first) else {
            start += 1
            continue
          }
          // As in the reference library, nothing does not match where something just has.
          if end > start || end != lastEnd {
            body(start..<end)
            lastEnd = end
          }
          start = end > start ? end : start + 1
        }
      }
    }
  }

  /// The matches in a text, as ranges of its UTF-8.
  package func matches(
    in text: String, patience: Int = RegexMatcher.patience
  ) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var text = text
    text.withUTF8 { bytes in forEachMatch(in: bytes, patience: patience) { result.append($0) } }
    return result
  }

  /// Whether there are places where nothing matches as well as something.
  package var mayMatchNothing: Bool { program.firstBytes[256] != 0 }

  /// Whether the expression matches from the first character to the last.
  package func matchesWhole(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      RegexMatcher.with(program, text: bytes, mustReachEnd: true) { matcher in
        let first = program.firstBytes[bytes.isEmpty ? 256 : Int(bytes[0])]
        return matcher.end(from: 0, alternatives: first) != nil
      }
    }
  }
}
