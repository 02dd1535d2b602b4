import Foundation
import NosceCore
import NosceFormats
import NoscePorts

/// One recipe of those that a calibration tries: how fast, how long, and on how many rows.
package struct RecipeCandidate: Codable, Sendable, Hashable {
  package var learningRate: Double
  package var steps: Int
  /// How many of an arm's rows; nil for all.
  package var rows: Int?

  package init(learningRate: Double, steps: Int, rows: Int? = nil) {
    self.learningRate = learningRate
    self.steps = steps
    self.rows = rows
  }

  /// Settings with what it changes.
  package func applied(to settings: TrainingOverrides = .init()) -> TrainingOverrides {
    var settings = settings
    settings.learningRate = learningRate
    settings.steps = steps
    return settings
  }

  /// `48 steps at 0.001 on 24 rows`
  package var words: String {
    "\(Counted.text(steps, "step")) at \(learningRate)"
      + (rows.map { " on \(Counted.text($0, "row"))" } ?? "")
  }
}

extension RecipeCandidate: Fingerprinted {
  package var fingerprint: JSON {
    .parts([
      ("learning_rate", .real(learningRate)), ("steps", .integer(steps)),
      ("rows", rows.map { .integer($0) }),
    ])
  }
}

extension TrainingRecipe.Calibrated {
  /// As a plan and a report say it.
  package var words: String {
    trainings == 0
      ? "not looked for yet; planned as the most that will be tried, \(candidate.words)"
      : "\(candidate.words), found in \(Counted.text(trainings, "training")) (\(hash.prefix(12)))"
  }
}

/// Where a recipe is looked for, and on what.
package struct CalibrationSettings: Codable, Sendable, Hashable {
  /// Values of variables that no run uses: what is calibrated on must not be what is then asked.
  package var development: [String: [String]]
  package var learningRates: [Double]
  /// From few to many, each a round of the search.
  package var steps: [Int]
  /// Numbers of rows; none for all that an arm has.
  package var rows: [Int]
  /// The most trainings that a search may take.
  package var budget: Int
  /// By how much a recipe must be above the threshold of each gate that more training can help where it
  /// is tried again, in the gate's unit. On a few values what passes by a hair fails on the many of a run
  /// as often as not.
  package var margin: Double

  package static let usualRates = [2e-4, 5e-4, 1e-3, 2e-3]
  package static let usualBudget = 24
  package static let usualMargin = 0.05

  package init(
    development: [String: [String]] = [:], learningRates: [Double] = usualRates, steps: [Int],
    rows: [Int] = [], budget: Int = usualBudget, margin: Double = usualMargin
  ) {
    self.development = development
    self.learningRates = learningRates
    self.steps = steps
    self.rows = rows
    self.budget = budget
    self.margin = margin
  }

  /// What the first round trains on, each with so many steps.
  package func candidates(steps: Int) -> [RecipeCandidate] {
    let rows: [Int?] = self.rows.isEmpty ? [nil] : self.rows
    return rows.flatMap { rows in
      learningRates.map { RecipeCandidate(learningRate: $0, steps: steps, rows: rows) }
    }
  }
}

/// Plans and searches that were made before there was a margin ask for none and write none, so that the
/// seals of their files hold.
extension CalibrationSettings {
  private enum CodingKeys: String, CodingKey {
    case development, learningRates, steps, rows, budget, margin
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      development: try container.decode([String: [String]].self, forKey: .development),
      learningRates: try container.decode([Double].self, forKey: .learningRates),
      steps: try container.decode([Int].self, forKey: .steps),
      rows: try container.decode([Int].self, forKey: .rows),
      budget: try container.decode(Int.self, forKey: .budget),
      margin: try container.decodeIfPresent(Double.self, forKey: .margin) ?? 0)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(development, forKey: .development)
    try container.encode(learningRates, forKey: .learningRates)
    try container.encode(steps, forKey: .steps)
    try container.encode(rows, forKey: .rows)
    try container.encode(budget, forKey: .budget)
    if margin != 0 { try container.encode(margin, forKey: .margin) }
  }
}
