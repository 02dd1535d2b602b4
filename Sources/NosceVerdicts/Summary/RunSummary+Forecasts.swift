import NosceCore
import NosceRuns

extension RunSummary {
  /// A sealed forecast beside what came out.
  package struct ForecastResult: Codable, Sendable, Equatable {
    package struct Item: Codable, Sendable, Equatable {
      package var contrast: String
      package var probability: Double
      package var verdict: Verdict
      /// Whether the contrast ended as supported; nil where it is void.
      package var happened: Bool?
      package var brier: Double?
      /// How surprising the result was, in bits; infinite where it had been called impossible.
      package var surprise: Double?
    }

    package var forecaster: String
    package var isSubject: Bool
    package var sealed: String
    package var seal: String
    /// Made once there was a run of the experiment: shown, never scored.
    package var afterTheFact: Bool
    /// Why it is not scored, where its file cannot be believed.
    package var problem: String?
    package var items: [Item]
    /// How many items have a score.
    package var scored: Int
    /// The mean over the items that have a score.
    package var brier: Double?
    /// The mean surprise in bits: the logarithmic score.
    package var logScore: Double?
  }
}
