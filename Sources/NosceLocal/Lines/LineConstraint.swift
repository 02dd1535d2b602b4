import NosceCore
import NosceEngine
import NoscePorts
import NosceRows

/// Holds one answer to the beginnings that its lines must have.
///
/// What can be seen from one token is kept to by what may be drawn. What is seen when a line is
/// complete, such as that it stood there before, makes it be drawn again.
package struct LineConstraint: TokenConstraint {
  private let starts: LineStarts
  private let form: LineForm
  private let vocabulary: LineVocabulary
  /// What the answer is to, as errors name it.
  private let question: String

  private var place = LineForm.Place()
  private var text: [UInt8] = []
  private var lines: [String] = []
  private var tokens = 0
  /// Where the line began that is being written, behind the token that ended the one before.
  private var start: Start
  private var draws = 1
  private let followsBlank: Bool

  private struct Start {
    var place: LineForm.Place
    var text: [UInt8]
    var tokens: Int
  }

  package init(
    _ starts: LineStarts, _ vocabulary: LineVocabulary, followsBlank: Bool, question: String
  ) throws {
    try starts.check()
    self.starts = starts
    self.vocabulary = vocabulary
    self.question = question
    self.followsBlank = followsBlank
    form = LineForm(
      lines: starts.lines, leastWords: starts.leastWords,
      endsWithSentence: starts.endsWithSentence, followsBlank: followsBlank)
    start = Start(place: place, text: [], tokens: 0)
    for (number, line) in starts.lines.enumerated() {
      for letter in line.sorted() {
        let one = LineForm(
          lines: [[letter]], leastWords: 1, followsBlank: number == 0 && followsBlank)
        if vocabulary.allowed(one, at: .init()).isEmpty { throw noToken(letter) }
      }
    }
  }

  private func noToken(_ letters: some StringProtocol) -> LabError {
    let blank = followsBlank ? ", or with a blank and it, as the chat template wants," : ""
    return LabError(
      .backend,
      "\(vocabulary.name): found no token that begins with '\(letters)'\(blank) of "
        + "'\(starts.word)'; allowed: letters that a token of this tokenizer begins with")
  }

  private func noToken(_ letter: Character) -> LabError { noToken(String(letter)) }

  package func allowed() throws -> TokenSet {
    let set = vocabulary.allowed(form, at: place)
    // Only a beginning of several tokens can come to nothing; others were looked for.
    if set.isEmpty { throw noToken(LineStarts.letters(starts.lines[place.line])) }
    return set
  }

  package mutating func take(_ token: Int32) throws -> ConstraintStep {
    if vocabulary.isStop(token), form.isLast(place) {
      return complete(line: text[...]) ? .ends : again()
    }
    let bytes = vocabulary.bytes(of: token)
    guard let next = form.place(after: bytes, from: place) else {
      throw LabError(
        .backend,
        "\(vocabulary.name): found the token \(token) where lines of '\(starts.word)' do not have "
          + "it; allowed: a token of those that were offered")
    }
    tokens += 1
    guard next.line > place.line else {
      place = next
      text += bytes
      return tokens - start.tokens < starts.tokensPerLine ? .goesOn : again()
    }
    // Several breaks in a row are one; behind the last stands what begins the next line.
    let whole = text + bytes
    let parts =
      whole.split(separator: 0x0A) + (whole.last == 0x0A ? [[UInt8]()[...]] : [])
    let before = lines
    for part in parts.prefix(next.line - place.line) where !complete(line: part) {
      lines = before
      return again()
    }
    if next.line == form.lineCount { return .ends }
    place = next
    text = Array(parts.last ?? [])
    start = Start(place: place, text: text, tokens: tokens)
    draws = 1
    return .goesOn
  }

  /// Takes a line that has ended; false for one that must not stand there.
  private mutating func complete(line bytes: ArraySlice<UInt8>) -> Bool {
    let bytes = lines.isEmpty && followsBlank ? bytes.dropFirst() : bytes
    guard let whole = String(validating: bytes, as: UTF8.self) else { return false }
    let line = Self.trimmed(whole)
    guard let first = line.first, starts.lines[lines.count].contains(first),
      !lines.contains(line), !starts.avoidedLines.contains(line),
      !starts.avoidedWords.contains(where: { WordFinder.finds($0, in: line) }),
      RepeatedWords.word(in: line, moreThan: starts.mostRepeats) == nil
    else { return false }
    lines.append(line)
    return true
  }

  private mutating func again() -> ConstraintStep {
    guard draws < starts.draws else {
      let number = lines.count
      let letters = LineStarts.letters(starts.lines[min(number, starts.lines.count - 1)])
      return .givesUp(
        reason:
          "'\(starts.word)', line \(number + 1) (\(letters)), in answer to '\(question)': found "
          + "none in \(Counted.text(starts.draws, "draw")); allowed: a line of at least "
          + "\(Counted.text(starts.leastWords, "word")) that ends within "
          + "\(Counted.text(starts.tokensPerLine, "token")), was not written before, has no word "
          + "that is ruled out and none more than \(Counted.text(starts.mostRepeats, "time")) in a row. "
          + "Another temperature or another question may help")
    }
    draws += 1
    place = start.place
    text = start.text
    tokens = start.tokens
    return .goesBack(to: tokens)
  }

  /// A line without blanks at its end, as two lines are compared.
  static func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }
}
