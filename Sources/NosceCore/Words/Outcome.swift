/// What became of one answer. An answer without a score is never counted as zero.
package enum Outcome: Sendable, Hashable {
  case scored(Double)
  case refused
  /// The answer is there, and says nothing that can be graded.
  case unparseable
  /// Hardly any probability was on what could be answered.
  case noAnswer
  case incoherent
  case missing
  /// Kept to be read; nothing was to be scored.
  case collected

  /// An outcome without its score, as it is stored, counted and exported.
  package enum Kind: String, Codable, Sendable, CaseIterable {
    case scored, refused, unparseable
    case noAnswer = "no answer"
    case incoherent, missing, collected
  }

  package var kind: Kind {
    switch self {
    case .scored: .scored
    case .refused: .refused
    case .unparseable: .unparseable
    case .noAnswer: .noAnswer
    case .incoherent: .incoherent
    case .missing: .missing
    case .collected: .collected
    }
  }

  package var score: Double? {
    if case .scored(let score) = self { score } else { nil }
  }

  /// Nil where a score and the kind do not go together.
  package init?(_ kind: Kind, score: Double?) {
    switch (kind, score) {
    case (.scored, let score?): self = .scored(score)
    case (.refused, nil): self = .refused
    case (.unparseable, nil): self = .unparseable
    case (.noAnswer, nil): self = .noAnswer
    case (.incoherent, nil): self = .incoherent
    case (.missing, nil): self = .missing
    case (.collected, nil): self = .collected
    default: return nil
    }
  }
}

/// An outcome with the words that explain it.
package struct Grade: Sendable, Hashable {
  package var outcome: Outcome
  package var detail: String?
  /// The probability of all texts that could be answered together, where given texts were scored.
  package var mass: Double?

  package init(_ outcome: Outcome, _ detail: String? = nil, mass: Double? = nil) {
    self.outcome = outcome
    self.detail = detail
    self.mass = mass
  }
}
