import NosceCore
import NosceRuns
import NosceStatistics
import NosceVerdicts

/// Every scored forecast of many runs.
package struct ForecastBook: Codable, Sendable, Equatable {
  package static let currentSchema = "nosce-forecasts-1"

  package struct Entry: Codable, Sendable, Equatable {
    package var forecaster: String
    package var isSubject: Bool
    package var experiment: String
    package var subject: String
    package var contrast: String
    package var probability: Double
    package var verdict: Verdict
    package var happened: Bool
    package var brier: Double
    package var surprise: Double
    package var sealed: String
    package var seal: String
  }

  package struct Forecaster: Codable, Sendable, Equatable {
    package var name: String
    package var calibration: Calibration
  }

  package var schema: String
  /// Finished runs that have a forecast.
  package var runs: Int
  /// By the time of the seal.
  package var entries: [Entry]
  package var forecasters: [Forecaster]
  /// All forecasters together; nil where nothing is scored.
  package var everybody: Calibration?
  /// Forecasts of single contrasts that are not scored.
  package var afterTheFact: Int
  package var void: Int
  /// Files that could not be believed, each with the reason.
  package var problems: [String]

  /// - Parameter summaries: of finished runs. A forecast that was copied into several of them, which
  ///   repeat one another, counts in the first.
  package init(_ summaries: [RunSummary]) throws {
    schema = Self.currentSchema
    let ordered = summaries.filter { !($0.forecasts ?? []).isEmpty }
      .sorted { $0.provenance.started < $1.provenance.started }
    runs = ordered.count
    var seen: Set<String> = []
    var entries: [Entry] = []
    (afterTheFact, void) = (0, 0)
    problems = []
    for summary in ordered {
      for forecast in summary.forecasts ?? [] {
        if let problem = forecast.problem {
          problems.append(problem)
          continue
        }
        guard seen.insert(forecast.seal).inserted else { continue }
        for item in forecast.items {
          if forecast.afterTheFact {
            afterTheFact += 1
          } else if let happened = item.happened, let brier = item.brier,
            let surprise = item.surprise
          {
            entries.append(
              Entry(
                forecaster: forecast.forecaster, isSubject: forecast.isSubject,
                experiment: summary.experiment.name, subject: summary.subject.name,
                contrast: item.contrast, probability: item.probability, verdict: item.verdict,
                happened: happened, brier: brier, surprise: surprise, sealed: forecast.sealed,
                seal: forecast.seal))
          } else {
            void += 1
          }
        }
      }
    }
    self.entries = entries.sorted {
      ($0.sealed, $0.forecaster, $0.experiment) < ($1.sealed, $1.forecaster, $1.experiment)
    }
    let names = Set(entries.map(\.forecaster)).sorted()
    forecasters = try names.map { name in
      let own = entries.filter { $0.forecaster == name }
      return Forecaster(
        name: name,
        calibration: try Calibration(own.map(\.probability), happened: own.map(\.happened)))
    }
    everybody =
      entries.isEmpty
      ? nil : try Calibration(entries.map(\.probability), happened: entries.map(\.happened))
  }
}
