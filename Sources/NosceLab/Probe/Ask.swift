/// One thing put to a subject, with nothing left to be decided.
package struct Ask: Codable, Sendable, Hashable {
  package enum Form: Codable, Sendable, Hashable {
    case sample(grader: Grader, temperature: Double, maximumTokens: Int, seed: UInt64)
    /// Candidates, and the text by which each would be written.
    case choose(Candidates, texts: [String], closed: Bool, minusBase: Bool, Choices.Scoring)
  }

  /// The place of the ask within its unit.
  package var item: Int
  package var paraphrase: Int
  /// Which repetition: of the sampling, or of the order in which choices are shown.
  package var sample: Int
  package var chat: Chat
  package var prefill: String?
  package var form: Form

  package init(
    item: Int, paraphrase: Int, sample: Int, chat: Chat, prefill: String?, form: Form
  ) {
    self.item = item
    self.paraphrase = paraphrase
    self.sample = sample
    self.chat = chat
    self.prefill = prefill
    self.form = form
  }
}
