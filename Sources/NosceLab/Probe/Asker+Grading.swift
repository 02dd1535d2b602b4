import Foundation

extension Asker {
  /// What each answer is worth, in the order of the asks. A judge is asked where a rubric says so.
  package func grades(
    of answers: [RawAnswer], to asks: [Ask], judge: Judge?
  ) async throws -> [(text: String?, grade: Grade)] {
    var grades: [(text: String?, grade: Grade)] = []
    for (answer, ask) in zip(answers, asks) {
      guard case .completion(let completion) = answer,
        case .sample(.judge(let judging), _, _, _) = ask.form,
        probe.flaw(in: completion) == nil
      else {
        grades.append(grade(answer, to: ask))
        continue
      }
      guard let judge else { throw LabError.missingJudge([probe.name]) }
      try Task.checkCancellation()
      let question = ask.chat.last { $0.role == .user }?.content ?? ""
      // Of an answer in two parts only the second counts.
      let begun = probe.then == nil ? ask.prefill ?? "" : ""
      let grade = try await judge.grade(begun + completion.text, to: question, by: judging)
      grades.append((completion.text, grade))
    }
    return grades
  }

  /// What one answer is worth, without a judge.
  package func grade(_ answer: RawAnswer, to ask: Ask) -> (text: String?, grade: Grade) {
    switch (answer, ask.form) {
    case (.completion(let completion), .sample(let grader, _, _, _)):
      let grade = probe.grade(completion, prefill: ask.prefill, by: grader)
      return (completion.text, grade)
    case (.scores(let scores), .read(let distribution)):
      return distribution.grade(scores)
    case (.scores(let scores), .choose(let candidates, _, _, _, let scoring)):
      return Self.choice(scores, candidates, scoring)
    default:
      return (nil, Grade(.missing, "there was nothing to continue"))
    }
  }

  private static func choice(
    _ scores: [Double], _ candidates: Candidates, _ scoring: Choices.Scoring
  ) -> (text: String?, grade: Grade) {
    let own = scores[candidates.answer]
    let ranked = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
    guard let first = ranked.first else { return (nil, Grade(.missing, "there was no choice")) }
    let best = scores[first]
    let score: Double
    switch scoring {
    case .top:
      score = own == best ? 1 / Double(scores.count { $0 == best }) : 0
    case .share:
      score = exp(own - best) / scores.reduce(0) { $0 + exp($1 - best) }
    }
    let rank = 1 + scores.count { $0 > own }
    let shown = ranked.prefix(5).map { index in
      "\(candidates.names[index]) \(String(format: "%.3f", scores[index]))"
    }
    let detail = "rank \(rank) of \(scores.count); \(shown.joined(separator: ", "))"
    return (candidates.names[first], Grade(.scored(score), detail))
  }
}
