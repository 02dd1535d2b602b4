import NosceCore

/// An answer of so many lines, each beginning with one of some characters, and nothing behind them.
///
/// Every token is drawn among those that keep to this, as likely as it is among them: the letters are
/// given, the words are the model's.
package struct LineStarts: Sendable, Hashable {
  /// What each line may begin with, from the first to the last.
  package var lines: [Set<Character>]
  /// A line of fewer words does not end.
  package var leastWords: Int
  /// Whether a line ends where its first sentence of so many words does. Models that write paragraphs
  /// would hardly ever end a line otherwise.
  package var endsWithSentence: Bool
  /// A line with one word more often than that in a row is drawn again: subjects that learn from `No, no,
  /// no, …` end by saying nothing else.
  package var mostRepeats: Int
  /// A line that has not ended after so many tokens is drawn again.
  package var tokensPerLine: Int
  /// How often a line is drawn before that is an error.
  package var draws: Int
  /// Lines that were written before and are not written again.
  package var avoidedLines: Set<String>
  /// Words that no line may contain, whatever their capitals.
  package var avoidedWords: [String]

  package init(
    lines: [Set<Character>], leastWords: Int = 3, endsWithSentence: Bool = true,
    mostRepeats: Int = 2, tokensPerLine: Int = 40, draws: Int = 20, avoidedLines: Set<String> = [],
    avoidedWords: [String] = []
  ) {
    self.lines = lines
    self.leastWords = leastWords
    self.endsWithSentence = endsWithSentence
    self.mostRepeats = mostRepeats
    self.tokensPerLine = tokensPerLine
    self.draws = draws
    self.avoidedLines = avoidedLines
    self.avoidedWords = avoidedWords
  }

  /// Lines whose first letters spell a word.
  package init(spelling word: String) { self.init(lines: word.map { [$0] }) }

  /// As it is typed: `RESIN` for a character of each line, `RS|E|AEIOU` for several.
  package init(text: String) throws(LabError) {
    let lines =
      text.contains("|")
      ? text.split(separator: "|", omittingEmptySubsequences: false).map { Set($0) }
      : text.map { [$0] }
    self.init(lines: lines)
    try check()
  }

  /// The most tokens that such an answer has.
  package var maximumTokens: Int { lines.count * tokensPerLine }

  /// The word that the lines spell; of lines that may begin in several ways, all of them.
  package var word: String {
    lines.allSatisfy { $0.count == 1 }
      ? lines.map(Self.letters).joined() : lines.map(Self.letters).joined(separator: "|")
  }

  /// What a line may begin with, as people read it.
  package static func letters(_ line: Set<Character>) -> String { String(line.sorted()) }

  /// Refuses what no answer could keep to.
  package func check() throws(LabError) {
    func failure(_ found: String, _ allowed: String) -> LabError {
      LabError(.invalidExperiment, "starts '\(word)': found \(found); allowed: \(allowed)")
    }
    if lines.isEmpty { throw failure("no line", "at least one") }
    for (place, line) in lines.enumerated() {
      if line.isEmpty {
        throw failure("nothing that line \(place + 1) may begin with", "at least one character")
      }
      for character in line.sorted() where character.isWhitespace || !Self.isVisible(character) {
        throw failure(
          "a blank or a control character for line \(place + 1)", "characters that can be seen")
      }
    }
    if leastWords < 1 { throw failure("\(leastWords) words in a line", "1 or more") }
    if tokensPerLine < 1 { throw failure("\(tokensPerLine) tokens in a line", "1 or more") }
    if draws < 1 { throw failure("\(draws) draws of a line", "1 or more") }
  }

  private static func isVisible(_ character: Character) -> Bool {
    character.unicodeScalars.allSatisfy { scalar in
      ![.control, .format, .surrogate, .lineSeparator, .paragraphSeparator]
        .contains(scalar.properties.generalCategory)
    }
  }
}
