import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows
import NosceRuns

/// A search for a recipe as it is kept: what was tried on which model, and what came of it.
package struct RecipeRecord: Codable, Sendable, Hashable {
  package static let currentSchema = "nosce-recipe-1"

  package var schema: String
  package var version: String
  package var experiment: String
  package var model: ModelIdentity
  package var materials: Materials.Mark
  /// Of everything that the search could have tried and asked.
  package var searchHash: String
  package var settings: CalibrationSettings
  package var started: String
  package var seconds: Double
  package var trainings: Int
  package var trials: [RecipeTrial]
  /// Nil where nothing that was tried is learnt honestly.
  package var chosen: RecipeCandidate?
  package var isOutOfBudget: Bool
  /// Of all that stands above, so that a file that was edited is known.
  package var seal: String

  package init(
    version: String, plan: CalibrationPlan, started: String, seconds: Double,
    outcome: RecipeSearch.Findings
  ) throws {
    schema = Self.currentSchema
    self.version = version
    experiment = plan.experiment.name
    // Where its file lay is of no use to whoever finds the recipe elsewhere.
    model = ModelIdentity(
      name: plan.model.name, summary: plan.model.name, note: plan.model.note,
      contentHash: plan.model.contentHash, template: plan.model.template)
    materials = plan.materials
    searchHash = plan.hash
    settings = plan.settings
    self.started = started
    self.seconds = seconds
    trainings = outcome.trainings
    trials = outcome.trials
    chosen = outcome.chosen
    isOutOfBudget = outcome.isOutOfBudget
    seal = ""
    seal = try sealing()
  }

  /// What the seal must be.
  private func sealing() throws -> String {
    var open = self
    open.seal = ""
    return ContentHash.of(try Self.encoder.encode(open))
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    return encoder
  }

  package func data() throws -> Data { try Self.encoder.encode(self) }

  /// As a plan takes it; nil where nothing was found.
  package var calibrated: TrainingRecipe.Calibrated? {
    chosen.map { .init(candidate: $0, hash: seal, trainings: trainings) }
  }

  /// Reads a search, and refuses one that was changed since it ended.
  package static func read(_ url: URL) throws(LabError) -> RecipeRecord {
    let data = try Storage.read(url)
    let record: RecipeRecord
    do {
      record = try JSONDecoder().decode(RecipeRecord.self, from: data)
    } catch {
      throw LabError(
        .version, "\(url.path): found no recipe of this version; allowed: \(currentSchema)",
        cause: error)
    }
    guard record.schema == currentSchema, (try? record.sealing()) == record.seal else {
      throw LabError(
        .version,
        "\(url.path): found a recipe that was changed since it was found; allowed: the file as Nosce "
          + "wrote it. Remove it, and it is looked for again; --recipe gives one by hand")
    }
    return record
  }
}
