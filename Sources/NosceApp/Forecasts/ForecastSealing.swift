import Foundation
import NosceCore
import NosceExperiment
import NosceFiles
import NosceLocal
import NoscePorts
import NosceRuns
import NosceStudy
import NosceVerdicts

/// Seals what somebody, or the subject itself, expects of an experiment before it is run.
package struct ForecastSealing: Sendable {
  package let experiment: Experiment
  private let text: String
  private let model: any ModelProvider

  /// Loads an experiment and checks it.
  package init(_ request: ExperimentRequest) throws {
    let loaded = try request.load()
    model = try request.model()
    // As it will be run: how many seeds there are follows from the model, and so does what is done without.
    let settled = loaded.experiment.settled(for: model.identity.name)
    try ExperimentCheck.check(settled)
    (experiment, text) = (settled.possible(on: model).experiment, loaded.text)
  }

  /// Writes a forecast by whoever states the probabilities.
  ///
  /// - Parameters:
  ///   - forecasts: where sealed forecasts go.
  ///   - runs: where runs are; a forecast made after one of this experiment is marked as such.
  /// - Returns: the forecast, and the file that it is in.
  package func seal(
    _ probabilities: [String: Double], by forecaster: String, in forecasts: URL, runs: URL
  ) throws -> (forecast: SealedForecast, file: URL) {
    try seal(probabilities, nil, forecaster, forecasts, runs)
  }

  /// Asks the subject, before it is trained, and writes its own forecast.
  package func sealOfSubject(
    in forecasts: URL, runs: URL
  ) async throws -> (forecast: SealedForecast, file: URL) {
    let questions = try await SubjectForecaster(
      experiment: experiment, model: model
    ).questions()
    return try seal(
      SubjectForecaster.probabilities(questions), questions, model.identity.name, forecasts, runs)
  }

  private func seal(
    _ probabilities: [String: Double], _ questions: [SealedForecast.Question]?,
    _ forecaster: String, _ forecasts: URL, _ runs: URL
  ) throws -> (forecast: SealedForecast, file: URL) {
    let forecast = try SealedForecast(
      forecaster: forecaster, of: experiment, text: text,
      subject: SealedForecast.Model(
        name: model.identity.name, contentHash: model.identity.contentHash),
      probabilities: probabilities, questions: questions, afterTheFact: try hasRun(under: runs))
    return (forecast, try ForecastFolder(forecasts).write(forecast))
  }

  /// Whether there is a run of this very experiment on this very model, finished or not.
  ///
  /// Hashes are made anew from the plans. What an earlier version planned was measured by other
  /// rules and has another hash: there the same name, claims and values of variables are enough. A
  /// folder that cannot be read has no report either in which the forecast could be scored.
  private func hasRun(under runs: URL) throws -> Bool {
    guard FileManager.default.fileExists(atPath: runs.path) else { return false }
    let hash = experiment.forecastHash
    return try RunFinder.runs(under: runs).contains { run in
      guard RunFinder.provenance(of: run)?.hashes["model"] == model.identity.contentHash else {
        return false
      }
      guard let plan = try? RunFolder.read(run).plan else { return false }
      if plan.schema != Plan.currentSchema, isAlike(plan.experiment) { return true }
      return plan.experiment.forecastHash == hash
    }
  }

  private func isAlike(_ other: Experiment) -> Bool {
    other.name == experiment.name && other.variables == experiment.variables
      && other.contrasts.map(\.name) == experiment.contrasts.map(\.name)
  }
}
