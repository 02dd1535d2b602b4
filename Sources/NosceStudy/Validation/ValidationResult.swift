import NosceCore
import NosceVerdicts

/// What the lab concluded where the truth is known.
package struct ValidationResult: Codable, Sendable, Equatable {
  package static let currentSchema = "nosce-validation-1"

  /// One probe of the experiments of an arm against itself.
  package struct AgainstItself: Codable, Sendable, Equatable {
    package var probe: String
    package var rates: ErrorRates

    package init(probe: String, rates: ErrorRates) {
      self.probe = probe
      self.rates = rates
    }
  }

  /// Rows of the pattern among the sham's.
  package struct Planted: Codable, Sendable, Equatable {
    package var rows: Int
    package var seeds: Int
    /// Verdicts `supported`.
    package var power: Rate
    package var meanEstimate: Double?
  }

  /// A contrast of the catalog on the model in which there is nothing to find.
  package struct Null: Codable, Sendable, Equatable {
    package var experiment: String
    package var contrast: String
    package var primary: Bool
    package var probe: String
    package var verdict: Verdict
    package var estimate: Double?
    package var interval: OpenInterval?
    package var p: Double?

    package init(_ contrast: RunSummary.ContrastResult, of experiment: String) {
      self.experiment = experiment
      self.contrast = contrast.name
      primary = contrast.primary
      probe = contrast.probe
      verdict = contrast.verdict
      estimate = contrast.estimate
      interval = contrast.interval
      p = contrast.p
    }
  }

  package var schema: String
  package var version: String
  package var experiment: String
  package var subject: String
  package var seed: UInt64
  package var againstItself: [AgainstItself]
  package var simulated: [SimulatedSeeds.Block]
  package var planted: [Planted]
  package var null: [Null]
  /// Experiments of the catalog that have no result on the null model, with the reason.
  package var failed: [String]

  package init(version: String, experiment: String, subject: String, seed: UInt64) {
    schema = Self.currentSchema
    self.version = version
    self.experiment = experiment
    self.subject = subject
    self.seed = seed
    againstItself = []
    simulated = []
    planted = []
    null = []
    failed = []
  }
}
