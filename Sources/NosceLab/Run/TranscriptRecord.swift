/// One answer with everything that a reader needs to judge it.
package struct TranscriptRecord: Codable, Sendable, Equatable {
  /// The name of the subject in the run folder.
  package var cell: String
  package var arm: String
  package var seed: Int
  package var task: String
  package var probe: String
  package var paraphrase: Int
  package var sample: Int
  package var messages: [ChatMessage]
  package var prefill: String?
  package var answer: String?
  package var score: Double?
  /// scored, refused, unparseable, incoherent or missing.
  package var outcome: String
  /// Why it was graded so; for a forced choice the foremost candidates with log-probabilities.
  package var detail: String?

  package init(
    cell: String, arm: String, seed: Int, task: String, probe: String, paraphrase: Int,
    sample: Int, messages: [ChatMessage], prefill: String? = nil, answer: String? = nil,
    score: Double? = nil, outcome: String, detail: String? = nil
  ) {
    self.cell = cell
    self.arm = arm
    self.seed = seed
    self.task = task
    self.probe = probe
    self.paraphrase = paraphrase
    self.sample = sample
    self.messages = messages
    self.prefill = prefill
    self.answer = answer
    self.score = score
    self.outcome = outcome
    self.detail = detail
  }
}
