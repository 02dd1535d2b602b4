import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRuns

/// A folder of sealed forecasts: beside the runs, and inside each run those that it found.
package struct ForecastFolder: Sendable {
  /// One file: a forecast, or what is wrong with it.
  package struct Reading: Sendable, Equatable {
    package var file: String
    package var forecast: SealedForecast?
    package var problem: String?

    package init(file: String, forecast: SealedForecast? = nil, problem: String? = nil) {
      self.file = file
      self.forecast = forecast
      self.problem = problem
    }
  }

  package var url: URL

  package init(_ url: URL) { self.url = url }

  /// The forecasts inside a run folder.
  package init(run: URL) { url = run.appending(path: "forecasts") }

  /// Every file of the folder, in the order of their names; none where there is no folder.
  package func readings() -> [Reading] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    return names.sorted().filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }.map { name in
      do {
        return Reading(
          file: name, forecast: try SealedForecast.read(url.appending(path: name)))
      } catch {
        return Reading(file: name, problem: "\(error)")
      }
    }
  }

  /// The readings that could be of a run of a plan: its forecasts, and whatever cannot be read or
  /// told to be of another one.
  package func readings(for plan: Plan) throws -> [Reading] {
    let hash = plan.experiment.forecastHash
    return readings().compactMap { reading in
      guard let forecast = reading.forecast else { return reading }
      guard forecast.subject.contentHash == plan.model.contentHash else { return nil }
      if forecast.experiment.contentHash == hash { return reading }
      guard forecast.schema != SealedForecast.currentSchema,
        forecast.experiment.name == plan.experiment.name
      else { return nil }
      return Reading(
        file: reading.file,
        problem:
          "\(url.appending(path: reading.file).path): found '\(forecast.schema)', sealed by an "
          + "earlier version, whose hash of the experiment cannot be compared; allowed: "
          + "'\(SealedForecast.currentSchema)'. It is left out; seal it again before the run")
    }
  }

  /// Writes a forecast into a file of its own, and refuses a second one of the same forecaster.
  package func write(_ forecast: SealedForecast) throws -> URL {
    let earlier = readings().compactMap(\.forecast).first {
      $0.forecaster == forecast.forecaster
        && $0.experiment.contentHash == forecast.experiment.contentHash
        && $0.subject.contentHash == forecast.subject.contentHash
    }
    if let earlier {
      throw LabError(
        .refusedDesign,
        "\(url.path): found a forecast of \(earlier.experiment.name) on \(earlier.subject.name) "
          + "by \(earlier.forecaster), sealed \(earlier.sealed); allowed: one for each forecaster")
    }
    try Storage.makeFolder(url)
    let parts = [forecast.experiment.name, forecast.subject.name, forecast.forecaster]
    let name = (parts.map(FileName.plain) + [String(forecast.seal.prefix(8))]).joined(
      separator: "-")
    let file = url.appending(path: "\(name).json")
    try Storage.write(try forecast.document(), to: file)
    return file
  }

  /// Copies the forecasts of a plan, byte for byte, into the run's folder.
  ///
  /// - Returns: what is wrong with the files that could not be read.
  package func copy(for plan: Plan, into run: URL) throws -> [String] {
    let target = ForecastFolder(run: run)
    var problems: [String] = []
    for reading in try readings(for: plan) {
      if let problem = reading.problem {
        problems.append(problem)
        continue
      }
      try Storage.makeFolder(target.url)
      try Storage.write(
        try Storage.read(url.appending(path: reading.file)),
        to: target.url.appending(path: reading.file))
    }
    return problems
  }
}

extension Experiment {
  /// What a forecast of it goes by: all of it but the recipe that a search finds, which nobody knows
  /// before.
  package var forecastHash: String {
    var experiment = self
    experiment.training.calibrated = nil
    return Fingerprint.hash(of: experiment)
  }
}
