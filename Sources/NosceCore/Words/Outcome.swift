/// What became of one answer. An answer without a score is never counted as zero.
package enum Outcome: Sendable, Hashable {
  case scored(Double)
  case refused
  case unparseable
  case incoherent
  case missing
  /// Kept to be read; nothing was to be scored.
  case collected

  /// An outcome without its score, as it is stored, counted and exported.
  package enum Kind: String, Codable, Sendable, CaseIterable {
    case scored, refused, unparseable, incoherent, missing, collected
  }

  package var kind: Kind {
    switch self {
    case .scored: .scored
    case .refused: .refused
    case .unparseable: .unparseable
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

  package init(_ outcome: Outcome, _ detail: String? = nil) {
    self.outcome = outcome
    self.detail = detail
  }
}
