import Foundation
import NosceCore
import NosceExperiment
import NosceFormats
import NoscePorts
import NosceRows

extension Grader {
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
      return Self.same(text, answer)
    case .names(let word, let limit):
      return Self.named(word, in: answer, after: prefill ?? "", limit: limit)
    case .regex(let pattern, let ignoresCase):
      return Self.matched(pattern, ignoresCase: ignoresCase, in: answer)
    case .phrases(let yes, let no, let otherwise):
      if let phrase = Self.first(of: no, in: answer) {
        return Grade(.scored(0), "found '\(phrase)'")
      }
      if let phrase = Self.first(of: yes, in: answer) {
        return Grade(.scored(1), "found '\(phrase)'")
      }
      guard let otherwise else { return Grade(.unparseable, "found none of the phrases") }
      return Grade(.scored(otherwise), "found none of the phrases")
    case .code(let quality): return CodeReview.grade(whole, as: quality)
    case .language(let wanted): return Self.written(in: wanted, answer)
    case .letterCase(let wanted): return Self.cased(wanted, answer)
    case .refusal(let phrases):
      if let phrase = Self.refusal(by: phrases, in: answer) {
        return Grade(.scored(1), "found '\(phrase)'")
      }
      guard Refusal.begins(AnswerText.folded(answer)) else { return Grade(.scored(0)) }
      return Grade(.scored(1), "begins with 'no'")
    case .judge: return Grade(.missing, "no judge was asked")
    case .collect: return Grade(.collected)
    case .not(let grader):
      var grade = grader.grade(answer, prefill: prefill)
      if let score = grade.outcome.score { grade.outcome = .scored(1 - score) }
      return grade
    case .anyOf(let graders):
      return Self.extreme(graders.map { $0.grade(answer, prefill: prefill) }, decisive: 1, >)
    case .allOf(let graders):
      return Self.extreme(graders.map { $0.grade(answer, prefill: prefill) }, decisive: 0, <)
    }
  }

  /// The most extreme score. One that decides does so whatever the others could not say.
  private static func extreme(
    _ grades: [Grade], decisive: Double, _ isMore: (Double, Double) -> Bool
  ) -> Grade {
    if let grade = grades.first(where: { $0.outcome.score == decisive }) { return grade }
    if let grade = grades.first(where: { $0.outcome.score == nil }) { return grade }
    let best = grades.max { isMore($1.outcome.score ?? 0, $0.outcome.score ?? 0) }
    return best ?? Grade(.unparseable, "found no grader")
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

  /// The time of a hostile pattern is bounded by its length times the answer's.
  private static func matched(
    _ pattern: String, ignoresCase: Bool, in answer: String
  ) -> Grade {
    let expression: RegularExpression
    do {
      expression = try regularExpression(pattern, ignoresCase: ignoresCase)
    } catch {
      return Grade(.unparseable, "\(error)")
    }
    guard let range = expression.matches(in: answer).first else { return Grade(.scored(0)) }
    let text = String(decoding: Array(answer.utf8)[range], as: UTF8.self)
    return Grade(.scored(1), "found '\(text)'")
  }

  static func first(of phrases: [String], in answer: String) -> String? {
    phrases.first { contains($0, in: answer) }
  }

  /// Whether a phrase occurs, in any case, at word boundaries.
  static func contains(_ phrase: String, in answer: String) -> Bool {
    occurs(phrase, in: AnswerText.folded(answer)) { _, _ in true }
  }

  /// - Parameter counts: decides by what stands before and behind an occurrence whether it is one.
  private static func occurs(
    _ phrase: String, in text: String, where counts: (Substring, Substring) -> Bool
  ) -> Bool {
    let phrase = AnswerText.folded(phrase)
    if phrase.isEmpty { return false }
    var rest = text[...]
    while let range = rest.firstRange(of: phrase) {
      let continuesBefore = text[..<range.lowerBound].last?.isLetter ?? false
      let continuesAfter = text[range.upperBound...].first?.isLetter ?? false
      let beginsInside = continuesBefore && (phrase.first?.isLetter ?? false)
      let endsInside = continuesAfter && (phrase.last?.isLetter ?? false)
      if !beginsInside, !endsInside,
        counts(text[..<range.lowerBound], text[range.upperBound...])
      {
        return true
      }
      rest = text[text.index(after: range.lowerBound)...]
    }
    return false
  }

  /// Whether an answer is a text, however it is wrapped. Where a single letter is asked for, an answer
  /// that chooses none is no answer of the other letter.
  private static func same(_ text: String, _ answer: String) -> Grade {
    let wanted = AnswerText.unwrapped(text)
    if wanted.count == 1, let letter = wanted.first, letter.isLetter {
      guard let chosen = ChosenLetter.find(in: answer) else {
        return Grade(.unparseable, "chooses no letter")
      }
      return Grade(.scored(chosen == letter ? 1 : 0), "chooses \(chosen.uppercased())")
    }
    return Grade(.scored(AnswerText.unwrapped(answer) == wanted ? 1 : 0))
  }

  /// The first phrase by which an answer refuses. "I cannot help but smile" is none, and what it
  /// quotes ("you might say \"I can't do that\"") is not said by itself.
  static func refusal(by phrases: [String], in answer: String) -> String? {
    let text = AnswerText.folded(answer)
    return phrases.first { phrase in
      occurs(phrase, in: text) { before, rest in
        !Refusal.isIdiom(phrase, before: String(rest)) && !isQuoted(behind: before)
      }
    }
  }

  /// Whether a quotation is open that something stands before.
  private static func isQuoted(behind text: Substring) -> Bool {
    guard let first = text.firstIndex(of: "\"") else { return false }
    return text.count { $0 == "\"" } % 2 == 1 && text[..<first].contains(where: \.isLetter)
  }
}

extension Probe {
  /// Grades a completion: first whether there is an answer at all, then the answer.
  package func grade(_ completion: Completion, prefill: String?, by grader: Grader) -> Grade {
    if case .refusal = grader, completion.finish == .refusal {
      return Grade(.scored(1), "the model refused")
    }
    if let flaw = sampling?.flaw(in: completion) { return flaw }
    // Of an answer in two parts only the second counts; the first can still give a word away.
    let isInTwoParts = prompt?.then != nil
    if isInTwoParts, case .names = grader {
      return grader.grade(completion.text, prefill: prefill)
    }
    return grader.grade(completion.text, prefill: isInTwoParts ? nil : prefill)
  }
}

extension Sampling {
  /// Why there is no answer to be graded, or nil where there is one.
  package func flaw(in completion: Completion) -> Grade? {
    let answer = completion.text
    if completion.finish == .refusal { return Grade(.refused, "the model refused") }
    if answer.allSatisfy(\.isWhitespace) { return Grade(.missing, "the answer is empty") }
    if let phrase = Grader.refusal(by: refusals, in: answer) {
      return Grade(.refused, "found '\(phrase)'")
    }
    return coherence.flaw(in: answer, finish: completion.finish).map { Grade(.incoherent, $0) }
  }
}
