import Foundation
import NosceCore
import NosceStatistics
import NosceVerdicts

/// What came out of every experiment of a catalog on one subject.
package struct SuiteSummary: Codable, Sendable, Equatable {
  package static let currentSchema = "nosce-suite-summary-3"

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
    /// The primary contrast's p, Holm-adjusted among the primary ones of the suite; nil without a p.
    package var primaryAdjustedP: Double?
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

    /// An experiment of which nothing was trained: the model cannot be read, or learns it by no recipe.
    package init(stopped experiment: String, title: String, why: String) {
      self.experiment = experiment
      self.title = title
      verdict = .init(kind: .notTestable, sentence: why)
      contrasts = []
      failedGates = 0
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
  package private(set) var entries: [Entry]
  /// The experiments that were not come to, where the suite was stopped.
  package var notReached: [String]?

  package init(subject: RunSummary.Model, version: String) {
    schema = Self.currentSchema
    self.subject = subject
    self.version = version
    entries = []
  }

  /// What so many primary contrasts would come to by chance alone.
  package struct Primaries: Codable, Sendable, Equatable {
    /// Those that were tested.
    package var tested: Int
    package var supported: Int
    /// At most so many would be supported if nothing were there, on average: the sum of the levels.
    package var byChance: Double
    /// Those whose adjusted p is within their level.
    package var afterAdjustment: Int
  }

  /// Counted anew as entries come; nil where no primary contrast was tested.
  package private(set) var primaries: Primaries?

  /// Adds a result, and adjusts the primary contrasts among each other.
  package mutating func append(_ entry: Entry) throws {
    entries.append(entry)
    let tested = entries.indices.filter { index in
      let primary = entries[index].primary
      return primary?.p != nil && primary.map { Self.isTested($0.verdict) } ?? false
    }
    let claims = tested.compactMap { entries[$0].primary }
    let adjusted = try HolmAdjustment.adjusted(claims.compactMap(\.p))
    for index in entries.indices { entries[index].primaryAdjustedP = nil }
    for (index, p) in zip(tested, adjusted) { entries[index].primaryAdjustedP = p }
    primaries =
      claims.isEmpty
      ? nil
      : Primaries(
        tested: claims.count, supported: claims.count { $0.verdict.isSupported },
        byChance: claims.reduce(0) { $0 + $1.level },
        afterAdjustment: zip(claims, adjusted).count {
          $0.verdict.isSupported && $1 <= $0.level * (1 + 1e-9)
        })
  }

  private static func isTested(_ verdict: Verdict) -> Bool {
    switch verdict {
    case .stronglySupported, .supported, .notSupported, .inconclusive, .contrary: true
    case .notTestable, .incomplete, .unfinished, .exploratory: false
    }
  }

  package var failed: [Entry] { entries.filter { $0.error != nil } }

  /// Pretty-printed, keys sorted, ending in a line break.
  package func json() throws -> String { try SummaryJSON.text(self) }
}
