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
    "\(candidate.words), found in \(Counted.text(trainings, "training")) (\(hash.prefix(12)))"
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

  package static let usualRates = [2e-4, 5e-4, 1e-3, 2e-3]
  package static let usualBudget = 24

  package init(
    development: [String: [String]] = [:], learningRates: [Double] = usualRates, steps: [Int],
    rows: [Int] = [], budget: Int = usualBudget
  ) {
    self.development = development
    self.learningRates = learningRates
    self.steps = steps
    self.rows = rows
    self.budget = budget
  }

  /// What the first round trains on, each with so many steps.
  package func candidates(steps: Int) -> [RecipeCandidate] {
    let rows: [Int?] = self.rows.isEmpty ? [nil] : self.rows
    return rows.flatMap { rows in
      learningRates.map { RecipeCandidate(learningRate: $0, steps: steps, rows: rows) }
    }
  }
}
