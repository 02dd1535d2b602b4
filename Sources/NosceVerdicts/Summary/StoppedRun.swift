import Foundation
import NosceCore
import NosceRuns

/// A run that came to no run: the model cannot be read, or learns nothing honestly. That is a result.
package struct StoppedRun: Codable, Sendable, Equatable {
  package static let currentSchema = "nosce-stopped-run-1"
  /// How the names of such files end.
  package static let suffix = "-not-testable.json"
  /// How the names of their pages end.
  package static let pageSuffix = "-not-testable.html"

  /// What a run must come through before anything is trained.
  package enum Stage: String, Codable, Sendable, CaseIterable {
    /// The primary probe does not read the untrained model.
    case ladder
    /// No recipe that was tried is learnt honestly.
    case recipe
  }

  package var schema: String
  package var version: String
  /// When what stopped it was measured, as in a run's provenance.
  package var started: String
  package var experiment: String
  package var title: String
  package var question: String
  package var subject: RunSummary.Model
  /// The hash of the model's files.
  package var modelHash: String
  package var precision: String
  package var stage: Stage
  /// One sentence, with the numbers and what was needed.
  package var reason: String
  /// What the terminal showed: every rung, or every recipe that was tried.
  package var details: String
  /// What the untrained model says under each condition; nil where it was not asked.
  package var ladder: [RunSummary.Ladder]?

  package init(
    version: String, started: String, experiment: String, title: String, question: String,
    subject: RunSummary.Model, modelHash: String, precision: String, stage: Stage, reason: String,
    details: String, ladder: [RunSummary.Ladder]? = nil
  ) {
    schema = Self.currentSchema
    self.version = version
    self.started = started
    self.experiment = experiment
    self.title = title
    self.question = question
    self.subject = subject
    self.modelHash = modelHash
    self.precision = precision
    self.stage = stage
    self.reason = reason
    self.details = details
    self.ladder = ladder
  }

  /// The name of its file: one for each experiment and model.
  package var fileName: String { name + Self.suffix }
  /// The name of its page, beside the file.
  package var pageName: String { name + Self.pageSuffix }

  private var name: String {
    "\(FileName.plain(experiment))-\(FileName.plain(subject.name))-\(modelHash.prefix(12))"
  }

  package func data() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    return try encoder.encode(self)
  }

  package static func read(_ url: URL) throws(LabError) -> StoppedRun {
    let data = try Storage.read(url)
    do {
      let found = try JSONDecoder().decode(StoppedRun.self, from: data)
      if found.schema == currentSchema { return found }
      throw LabError(
        .version, "\(url.path): found the schema \(found.schema); allowed: \(currentSchema)")
    } catch let error as LabError {
      throw error
    } catch {
      throw LabError(
        .version,
        "\(url.path): found no stopped run; allowed: a file of the schema \(currentSchema)",
        cause: error)
    }
  }
}
