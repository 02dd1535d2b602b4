import NosceCore
import NosceExperiment
import NoscePorts

/// One answer with its grade, as it is stored.
package struct GradedAnswer: Sendable, Hashable {
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
  package var outcome: Outcome
  /// Why it was graded so; for a forced choice the foremost candidates with log-probabilities.
  package var detail: String?
  /// What it rests on; nil where nothing was asked, and in runs of earlier versions.
  package var evidence: Evidence?
  /// The probability of all given texts together; nil where none were scored, and in runs of earlier
  /// versions.
  package var mass: Double?
  /// The log-probability of every given text; nil where none were scored, and in runs of earlier
  /// versions.
  package var scored: ScoredTexts?
  /// Why a drawn answer ended; nil where none was drawn, and in runs of earlier versions.
  package var finish: FinishReason?

  package var score: Double? { outcome.score }

  package init(
    cell: String, probe: String, step: Int = 0, item: Int = 0, paraphrase: Int = 0,
    sample: Int = 0, messages: Chat = [], prefill: String? = nil, answer: String?,
    outcome: Outcome, detail: String? = nil, evidence: Evidence? = nil,
    mass: Double? = nil, scored: ScoredTexts? = nil, finish: FinishReason? = nil
  ) {
    self.cell = cell
    self.probe = probe
    self.step = step
    self.item = item
    self.paraphrase = paraphrase
    self.sample = sample
    self.messages = messages
    self.prefill = prefill
    self.answer = answer
    self.outcome = outcome
    self.detail = detail
    self.evidence = evidence
    self.mass = mass
    self.scored = scored
    self.finish = finish
  }

  package init(
    cell: String, probe: String, step: Int, ask: Ask, answer: String?, grade: Grade,
    evidence: Evidence?, scored: ScoredTexts? = nil, finish: FinishReason? = nil
  ) {
    self.init(
      cell: cell, probe: probe, step: step, item: ask.item, paraphrase: ask.paraphrase,
      sample: ask.sample, messages: ask.chat, prefill: ask.prefill, answer: answer,
      outcome: grade.outcome, detail: grade.detail, evidence: evidence,
      mass: grade.mass, scored: scored, finish: finish)
  }
}
