import Foundation
import NosceCore
import NosceExperiment
import NosceGrading
import NoscePorts

extension Asker {
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
