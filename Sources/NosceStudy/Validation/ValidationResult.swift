import NosceCore
import NosceVerdicts

/// What the lab concluded where the truth is known.
package struct ValidationResult: Codable, Sendable, Equatable {
  package static let currentSchema = "nosce-validation-2"

  /// One contrast of the experiments in which all trained arms are trained alike.
  package struct AgainstItself: Codable, Sendable, Equatable {
    package var experiment: String
    package var contrast: String
    package var primary: Bool
    package var rates: ErrorRates

    package init(experiment: String, contrast: String, primary: Bool, rates: ErrorRates) {
      self.experiment = experiment
      self.contrast = contrast
      self.primary = primary
      self.rates = rates
    }
  }

  /// Rows of the pattern among the sham's.
  package struct Planted: Codable, Sendable, Equatable {
    package var rows: Int
    package var seeds: Int
    /// Verdicts `supported` and `strongly supported`.
    package var power: Rate
    package var meanEstimate: Double?
  }

  /// What was planted in an arm, and whether a measure found it.
  package struct ToldApart: Codable, Sendable, Equatable {
    package var subject: String
    package var arm: ToldApartExperiment.Planting
    package var measure: ToldApartExperiment.Measure
    package var found: Rate
    package var meanEstimate: Double?
  }

  /// A contrast of the catalog on the model in which there is nothing to find.
  package struct Null: Codable, Sendable, Equatable {
    package var experiment: String
    package var contrast: String
    package var primary: Bool
    package var probe: String
    /// Whether the probe asks for words about the subject, and not for what it does.
    package var isReport: Bool
    package var verdict: Verdict
    package var estimate: Double?
    package var interval: OpenInterval?
    package var p: Double?

    package init(
      _ contrast: RunSummary.ContrastResult, of experiment: String, isReport: Bool
    ) {
      self.experiment = experiment
      self.contrast = contrast.name
      primary = contrast.primary
      probe = contrast.probe
      self.isReport = isReport
      verdict = contrast.verdict
      estimate = contrast.estimate
      interval = contrast.interval
      p = contrast.p
    }
  }

  package var schema: String
  package var version: String
  package var subject: String
  package var seed: UInt64
  package var simulated: [SimulatedContrast.Row]
  package var power: [SimulatedContrast.Row]
  package var squares: [SquareValidation.Row]
  package var againstItself: [AgainstItself]
  package var planted: [Planted]
  package var toldApart: [ToldApart]
  package var null: [Null]
  /// Experiments of the catalog that have no result on the null model, with the reason.
  package var failed: [String]

  package init(version: String, subject: String, seed: UInt64) {
    schema = Self.currentSchema
    self.version = version
    self.subject = subject
    self.seed = seed
    simulated = []
    power = []
    squares = []
    againstItself = []
    planted = []
    toldApart = []
    null = []
    failed = []
  }

  /// Self-reports that were judged on the model in which there is nothing to report, and those that
  /// ended as supported; nil where none was judged.
  package var supportedReports: Rate? {
    get throws {
      let judged = null.filter { $0.isReport && ![.notTestable, .incomplete].contains($0.verdict) }
      return judged.isEmpty
        ? nil : try Rate(judged.count { $0.verdict.isSupported }, of: judged.count)
    }
  }
}
