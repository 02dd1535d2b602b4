/// What became of one answer. An answer without a score is never counted as zero.
package enum Outcome: Sendable, Hashable {
  case scored(Double)
  case refused
  case unparseable
  case incoherent
  case missing
  /// Kept to be read; nothing was to be scored.
  case collected

  package var score: Double? {
    if case .scored(let score) = self { score } else { nil }
  }

  /// The name under which the outcome is stored and exported.
  package var name: String {
    switch self {
    case .scored: "scored"
    case .refused: "refused"
    case .unparseable: "unparseable"
    case .incoherent: "incoherent"
    case .missing: "missing"
    case .collected: "collected"
    }
  }

  package init?(name: String, score: Double?) {
    switch (name, score) {
    case ("scored", let score?): self = .scored(score)
    case ("refused", nil): self = .refused
    case ("unparseable", nil): self = .unparseable
    case ("incoherent", nil): self = .incoherent
    case ("missing", nil): self = .missing
    case ("collected", nil): self = .collected
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
