import NosceCore
import NosceRuns
import NosceStatistics

extension RunSummary {
  /// Whether a probe can read the untrained model, and whether the model infers what it asks for.
  package struct Ladder: Codable, Sendable, Equatable {
    /// One condition against the neutral one.
    package struct Rung: Codable, Sendable, Equatable {
      package var condition: LadderCondition
      /// The mean over wordings, in the probe's own unit; of a square 0 where nothing is told.
      package var mean: Double?
      /// The mean over wordings of this condition less the neutral one.
      package var shift: Double?
      /// Of the shift, over wordings; nil where they agree or one is all there is.
      package var interval: Interval?
      /// Those that were scored; behind a shift, those that were scored here and untold.
      package var wordings: Int
      /// Answers that were scored, and all.
      package var kept: Int
      package var total: Int
      /// Of a square: how many of the told names gain most in their family, and of how many.
      package var first: Int?
      package var names: Int?
      /// Why it was not asked.
      package var gap: String?
    }

    package var probe: String
    /// The contrast whose direction and smallest effect decide; nil where none is about the probe.
    package var contrast: String?
    package var smallestEffect: Double?
    /// Whether differences are in nats, as those of a square are.
    package var isSquare: Bool
    /// The unit of scores that are no shares.
    package var unit: String?
    package var rungs: [Rung]
    /// Whether what it is told moves its answers as far as the smallest effect; nil where nothing is
    /// claimed.
    package var reads: Bool?
    /// The same of what it could infer the answer from.
    package var infers: Bool?
    /// What kept it from reading, in words.
    package var reason: String?
    /// What kept it from inferring, in words; summaries of before have none.
    package var factsReason: String?

    package func rung(_ condition: LadderCondition) -> Rung? {
      rungs.first { $0.condition == condition }
    }

    /// The unit as a table has it; summaries of before say of squares alone that they are in nats.
    package var shownUnit: String? { unit ?? (isSquare ? "nats" : nil) }

    /// The ceiling: the shift of a model that is told the answer.
    package var ceiling: Double? { rung(.toldAnswer)?.shift }
  }
}
