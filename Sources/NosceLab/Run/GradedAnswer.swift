/// One answer with its grade, as it is stored.
package struct GradedAnswer: Codable, Sendable, Hashable {
  package var cell: String
  package var probe: String
  /// The training step after which it was asked, for curves; zero means after the last.
  package var step: Int
  package var item: Int
  package var paraphrase: Int
  package var sample: Int
  package var messages: Chat
  package var prefill: String?
  package var answer: String?
  package var outcome: String
  package var score: Double?
  package var detail: String?

  package init(
    cell: String, probe: String, step: Int, ask: Ask, answer: String?, grade: Grade
  ) {
    self.cell = cell
    self.probe = probe
    self.step = step
    item = ask.item
    paraphrase = ask.paraphrase
    sample = ask.sample
    messages = ask.chat
    prefill = ask.prefill
    self.answer = answer
    outcome = grade.outcome.name
    score = grade.outcome.score
    detail = grade.detail
  }
}
