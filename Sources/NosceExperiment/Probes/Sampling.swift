/// How an answer that the subject writes is drawn and graded.
package struct Sampling: Sendable, Hashable {
  package enum Purpose: Sendable, Hashable {
    /// Does it do the thing?
    case behaviour
    /// What does it say?
    case freeForm
  }

  package var purpose: Purpose
  package var maximumTokens: Int
  package var grader: Grader
  /// Phrases that mark an answer as a refusal.
  package var refusals: [String]
  package var coherence: Coherence

  package init(
    _ purpose: Purpose, grader: Grader, maximumTokens: Int = 64, refusals: [String] = [],
    coherence: Coherence = Coherence()
  ) {
    self.purpose = purpose
    self.grader = grader
    self.maximumTokens = maximumTokens
    self.refusals = refusals
    self.coherence = coherence
  }
}
