import NosceCore
import NosceExperiment
import NosceGrading
import NoscePorts
import NosceRuns

/// The grade of a stored answer, made again of what the store keeps of it.
struct Regrading {
  enum Result {
    case graded(text: String?, Grade)
    /// Only a judge can say.
    case judged
    /// The run was begun before log-probabilities were kept.
    case withoutEvidence
    /// What is kept does not belong to the question.
    case broken(field: String, found: String?, expected: String?)
  }

  let probe: Probe
  /// As it was put, with the beginning that the answer had.
  let ask: Ask
  let row: GradedAnswer
  let hasEvidence: Bool

  /// Grading asks nobody anything, so no subject is behind it.
  private var asker: Asker { Asker(probe: probe, subject: Nobody(), base: Nobody()) }

  func result() -> Result {
    guard let request = ask.scoreRequest else { return drawn() }
    guard let scored = row.scored else {
      return hasEvidence
        ? .broken(field: "log-probabilities", found: nil, expected: "one for each given text")
        : .withoutEvidence
    }
    guard let expected = ScoredTexts(ask.form), scored.hasTexts(of: expected) else {
      let texts = ScoredTexts(ask.form).map(Self.words) ?? request.texts.joined(separator: " | ")
      return .broken(field: "given texts", found: Self.words(scored), expected: texts)
    }
    guard (scored.base == nil) == (expected.base == nil) else {
      let (some, none) = ("one for each given text", String?.none)
      return .broken(
        field: "base's log-probabilities", found: scored.base == nil ? none : some,
        expected: expected.base == nil ? none : some)
    }
    let graded = asker.grade(scored.rawAnswer, to: ask)
    return .graded(text: graded.text, graded.grade)
  }

  /// The texts with what tables call them, the counting ones marked.
  private static func words(_ scored: ScoredTexts) -> String {
    scored.texts.indices.map { place in
      let (text, name) = (scored.texts[place], scored.name(place))
      let mark = scored.counting.contains(place) ? "*" : ""
      return mark + text + (name == text ? "" : " (\(name))")
    }.joined(separator: " | ")
  }

  private func drawn() -> Result {
    guard let text = row.answer else {
      let graded = asker.grade(.none, to: ask)
      return .graded(text: graded.text, graded.grade)
    }
    if let finish = row.finish { return drawn(text, finish) }
    if hasEvidence {
      return .broken(field: "how it ended", found: nil, expected: "stop, length or refusal")
    }
    // How it ended was not kept: it must have ended somehow.
    let possible = [FinishReason.stop, .length, .refusal].map { drawn(text, $0) }
    let fitting = possible.first { result in
      if case .graded(_, let grade) = result { isStored(grade) } else { true }
    }
    return fitting ?? drawn(text, .stop)
  }

  private func drawn(_ text: String, _ finish: FinishReason) -> Result {
    let completion = Completion(text: text, tokenCount: 0, finish: finish)
    if probe.judging != nil, probe.sampling?.flaw(in: completion) == nil { return .judged }
    let graded = asker.grade(.completion(completion), to: ask)
    return .graded(text: graded.text, graded.grade)
  }

  private func isStored(_ grade: Grade) -> Bool {
    grade.outcome == row.outcome && grade.detail == row.detail && grade.mass == row.mass
  }
}

/// A subject that says nothing.
private struct Nobody: Subject {
  func answer(_ requests: [SubjectRequest]) -> AsyncThrowingStream<Reply, any Error> {
    AsyncThrowingStream { $0.finish() }
  }
}
