import Foundation
import NosceCore
import NosceExperiment
import NosceGrading
import NoscePorts

extension Asker {
  /// An answer with what it is worth.
  package struct Rated: Sendable {
    package var answered: Answered
    package var graded: (text: String?, grade: Grade)
  }

  /// Puts the asks, which are ``prepared(_:)``, has each answer graded, and hands over both.
  ///
  /// A judge that bears it is asked about several answers at a time, while others are still written; what
  /// was graded before a failure has been handed over.
  ///
  /// - Parameter each: gets what is graded as it comes, with the seconds that grading kept it waiting.
  package func rate(
    _ asks: [Ask], judge: Judge?, each: (Rated, Double) async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Rated.self) { group in
      var underWay = 0
      func waitForOne() async throws {
        let began = ContinuousClock.now
        underWay -= 1
        guard let rated = try await group.next() else { return }
        try await each(rated, began.duration(to: .now) / .seconds(1))
      }
      var failure: (any Error)?
      do {
        try await ask(asks) { answered in
          let ask = asks[answered.place]
          guard let judge, probe.judging != nil else {
            let began = ContinuousClock.now
            let graded = try await grade(answered.answer, to: ask, judge: judge)
            return try await each(
              Rated(answered: answered, graded: graded), began.duration(to: .now) / .seconds(1))
          }
          while underWay >= judge.together { try await waitForOne() }
          group.addTask {
            Rated(
              answered: answered, graded: try await grade(answered.answer, to: ask, judge: judge))
          }
          underWay += 1
        }
      } catch {
        failure = error
      }
      // What was written and is being rated is kept, whatever became of the others.
      while !group.isEmpty {
        do { try await waitForOne() } catch { failure = failure ?? error }
      }
      if let failure { throw failure }
    }
  }

  /// What one answer is worth. A judge is asked where a rubric says so.
  package func grade(
    _ answer: RawAnswer, to ask: Ask, judge: Judge?
  ) async throws -> (text: String?, grade: Grade) {
    guard case .completion(let completion) = answer,
      case .sample(.judge(let judging), _, _, _) = ask.form,
      probe.sampling?.flaw(in: completion) == nil
    else { return grade(answer, to: ask) }
    guard let judge else { throw LabError.missingJudge([probe.name]) }
    try Task.checkCancellation()
    let question = ask.chat.last { $0.role == .user }?.content ?? ""
    // Of an answer in two parts only the second counts.
    let begun = probe.prompt?.then == nil ? ask.prefill ?? "" : ""
    let grade = try await judge.grade(begun + completion.text, to: question, by: judging)
    return (completion.text, grade)
  }

  /// What one answer is worth, without a judge.
  package func grade(_ answer: RawAnswer, to ask: Ask) -> (text: String?, grade: Grade) {
    switch (answer, ask.form) {
    case (.completion(let completion), .sample(let grader, _, _, _)):
      let grade = probe.grade(completion, prefill: ask.prefill, by: grader)
      return (completion.text, grade)
    case (.scores(let scores, let less), .read(let distribution)):
      return distribution.grade(scores, less: less)
    case (.scores(let scores, let less), .choose(let candidates, _, let choosing)):
      return candidates.grade(scores, less: less, choosing)
    case (.unknown(let count), _):
      return (nil, Grade(.missing, "\(count) of the texts are not among the likeliest"))
    default:
      return (nil, Grade(.missing, "there was nothing to continue"))
    }
  }
}
