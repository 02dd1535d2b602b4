import NosceCore

/// One thing put to a subject, with nothing left to be decided.
package struct Ask: Codable, Sendable, Hashable {
  package enum Form: Codable, Sendable, Hashable {
    case sample(grader: Grader, temperature: Double, maximumTokens: Int, seed: UInt64)
    /// Candidates, and the text by which each would be written.
    case choose(Candidates, texts: [String], Choosing)
    /// A scale, or next texts in groups.
    case read(Distribution)
  }

  /// How candidates become a score.
  package struct Choosing: Codable, Sendable, Hashable {
    package var ending: Ending
    package var minusBase: Bool
    package var scoring: Choices.Scoring
    package var leastMass: Double

    package init(
      ending: Ending = .open, minusBase: Bool = false, scoring: Choices.Scoring,
      leastMass: Double = LeastMass.usual
    ) {
      self.ending = ending
      self.minusBase = minusBase
      self.scoring = scoring
      self.leastMass = leastMass
    }
  }

  /// What the subject writes before the part that counts.
  package struct FirstPart: Codable, Sendable, Hashable {
    package var then: Continuation
    package var temperature: Double
    package var seed: UInt64
  }

  /// The place of the ask within its unit.
  package var item: Int
  package var paraphrase: Int
  /// Which repetition: of the sampling, of the order in which choices are shown, or of the
  /// direction of a scale.
  package var sample: Int
  package var chat: Chat
  package var prefill: String?
  package var first: FirstPart?
  package var form: Form

  package init(
    item: Int, paraphrase: Int, sample: Int, chat: Chat, prefill: String?,
    first: FirstPart? = nil, form: Form
  ) {
    self.item = item
    self.paraphrase = paraphrase
    self.sample = sample
    self.chat = chat
    self.prefill = prefill
    self.first = first
    self.form = form
  }
}
