import Foundation
import NosceVerdicts

/// What came out of every experiment of a catalog on one subject.
package struct SuiteSummary: Codable, Sendable, Equatable {
  package static let currentSchema = "nosce-suite-summary-2"

  /// One experiment: its result, or why there is none.
  package struct Entry: Codable, Sendable, Equatable {
    package var experiment: String
    package var title: String?
    /// The run folder, relative to the folder of the suite.
    package var folder: String?
    package var verdict: RunSummary.Headline?
    /// How far the run has come, where it is not at its end.
    package var unfinished: RunSummary.Unfinished?
    package var contrasts: [RunSummary.ContrastResult]
    /// Gates that failed in an arm that is not exempt.
    package var failedGates: Int
    package var seconds: Double?
    /// Why the experiment has no result.
    package var error: String?

    package init(_ summary: RunSummary, folder: String) {
      experiment = summary.experiment.name
      title = summary.experiment.title
      self.folder = folder
      verdict = summary.verdict
      unfinished = summary.unfinished
      contrasts = summary.contrasts
      failedGates = summary.gates.count { $0.state == .failed }
      seconds = summary.seconds["total"]
    }

    package init(failed experiment: String, error: String) {
      self.experiment = experiment
      self.error = error
      contrasts = []
      failedGates = 0
    }

    /// The contrast that carries the verdict.
    package var primary: RunSummary.ContrastResult? { contrasts.first(where: \.primary) }
  }

  package var schema: String
  package var subject: RunSummary.Model
  package var version: String
  package var entries: [Entry]
  /// The experiments that were not come to, where the suite was stopped.
  package var notReached: [String]?

  package init(subject: RunSummary.Model, version: String, entries: [Entry] = []) {
    schema = Self.currentSchema
    self.subject = subject
    self.version = version
    self.entries = entries
  }

  package var failed: [Entry] { entries.filter { $0.error != nil } }

  /// Pretty-printed, keys sorted, ending in a line break.
  package func json() throws -> String { try SummaryJSON.text(self) }
}
