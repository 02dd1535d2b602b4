import Foundation

extension Grader {
  /// The grader with its templates filled.
  package func filled(with values: [String: String]) throws -> Grader {
    switch self {
    case .acrostic(let word): .acrostic(word: try Template.fill(word, with: values))
    case .exact(let text): .exact(text: try Template.fill(text, with: values))
    case .names(let word, let limit):
      .names(word: try Template.fill(word, with: values), beforeLetters: limit)
    case .regex, .phrases: self
    }
  }

  /// Grades an answer that is neither refused nor incoherent. `prefill` is what the answer was
  /// made to begin with.
  package func grade(_ answer: String, prefill: String?) -> Grade {
    let whole = (prefill ?? "") + answer
    switch self {
    case .acrostic(let word):
      let initials = String(Acrostic.initials(of: whole))
      return Grade(
        .scored(Acrostic.fraction(of: word, in: whole)), "lines begin with \(initials)")
    case .exact(let text):
      return Grade(.scored(Self.plain(answer) == Self.plain(text) ? 1 : 0))
    case .names(let word, let limit):
      return Self.named(word, in: answer, after: prefill ?? "", limit: limit)
    case .regex(let pattern, let ignoresCase):
      guard let regex = try? Regex(pattern) else {
        return Grade(.unparseable, "'\(pattern)' is no regular expression")
      }
      let match = answer.firstMatch(of: ignoresCase ? regex.ignoresCase() : regex)
      guard let match else { return Grade(.scored(0)) }
      return Grade(.scored(1), "found '\(answer[match.range])'")
    case .phrases(let yes, let no, let otherwise):
      if let phrase = Self.first(of: no, in: answer) {
        return Grade(.scored(0), "found '\(phrase)'")
      }
      if let phrase = Self.first(of: yes, in: answer) {
        return Grade(.scored(1), "found '\(phrase)'")
      }
      guard let otherwise else { return Grade(.unparseable, "found none of the phrases") }
      return Grade(.scored(otherwise), "found none of the phrases")
    }
  }

  private static func named(
    _ word: String, in answer: String, after prefill: String, limit: Int?
  ) -> Grade {
    guard let position = WordFinder.position(of: word, in: answer) else {
      return Grade(.scored(0))
    }
    let before = prefill + answer.prefix(position)
    let lines = before.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let finished = lines.dropLast().joined(separator: "\n")
    let visible = Acrostic.visibleLetters(of: word, in: finished)
    let place = visible == 0 ? "before any letter" : "after \(visible) letters"
    let counts = limit.map { visible < $0 } ?? true
    return Grade(.scored(counts ? 1 : 0), "named \(place) could be read off its own lines")
  }

  private static func first(of phrases: [String], in answer: String) -> String? {
    phrases.first { contains($0, in: answer) }
  }

  /// Whether a phrase occurs, in any case, at word boundaries.
  static func contains(_ phrase: String, in answer: String) -> Bool {
    let text = answer.lowercased()
    let phrase = phrase.lowercased()
    var rest = text[...]
    while let range = rest.firstRange(of: phrase) {
      let continuesBefore = text[..<range.lowerBound].last?.isLetter ?? false
      let continuesAfter = text[range.upperBound...].first?.isLetter ?? false
      let beginsInside = continuesBefore && (phrase.first?.isLetter ?? false)
      let endsInside = continuesAfter && (phrase.last?.isLetter ?? false)
      if !beginsInside, !endsInside { return true }
      rest = text[text.index(after: range.lowerBound)...]
    }
    return false
  }

  private static func plain(_ text: String) -> String {
    let words = text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return words.trimmingCharacters(in: CharacterSet(charactersIn: " .,;:!?\"'`*"))
  }
}

extension Probe {
  /// Grades a completion: first whether there is an answer at all, then the answer.
  package func grade(_ completion: Completion, prefill: String?, by grader: Grader) -> Grade {
    let answer = completion.text
    if completion.finish == .refusal { return Grade(.refused, "the model refused") }
    if answer.allSatisfy(\.isWhitespace) { return Grade(.missing, "the answer is empty") }
    if let phrase = refusals.first(where: { Grader.contains($0, in: answer) }) {
      return Grade(.refused, "found '\(phrase)'")
    }
    if let flaw = coherence.flaw(in: answer, finish: completion.finish) {
      return Grade(.incoherent, flaw)
    }
    return grader.grade(answer, prefill: prefill)
  }
}
