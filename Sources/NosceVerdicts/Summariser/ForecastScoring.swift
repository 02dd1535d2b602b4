import NosceCore
import NoscePorts
import NosceRuns
import NosceStatistics

/// Scores the forecasts of a run once its verdicts are there.
package enum ForecastScoring {
  /// - Parameter origin: of the run. What was sealed after it began is after the fact.
  package static func results(
    _ readings: [ForecastFolder.Reading], contrasts: [RunSummary.ContrastResult], plan: Plan,
    origin: Provenance
  ) throws -> [RunSummary.ForecastResult] {
    // As it was hashed when the run began, which may have been by another version; or without the recipe
    // that was found for it.
    let hashes = [origin.hashes["experiment"], plan.experiment.forecastHash]
    return try readings.map { reading in
      guard let forecast = reading.forecast else {
        return RunSummary.ForecastResult(
          forecaster: reading.file, isSubject: false, sealed: "", seal: "", afterTheFact: false,
          problem: reading.problem ?? "it cannot be read", items: [], scored: 0)
      }
      var result = RunSummary.ForecastResult(
        forecaster: forecast.forecaster, isSubject: forecast.isSubject, sealed: forecast.sealed,
        seal: forecast.seal,
        afterTheFact: forecast.afterTheFact || forecast.sealed > origin.started, items: [],
        scored: 0)
      if !hashes.contains(forecast.experiment.contentHash)
        || forecast.subject.contentHash != plan.model.contentHash
      {
        result.problem = "it was made for another experiment or another model"
        return result
      }
      result.items = try forecast.probabilities.compactMap { stated in
        guard let contrast = contrasts.first(where: { $0.name == stated.contrast }) else {
          return nil
        }
        return try item(stated.probability, contrast, isScored: !result.afterTheFact)
      }
      let scored = result.items.filter { $0.brier != nil }
      result.scored = scored.count
      result.brier = mean(scored.compactMap(\.brier))
      result.logScore = mean(scored.compactMap(\.surprise))
      return result
    }
  }

  /// Whether the event happened; nil where the verdict says nothing about it.
  package static func happened(_ verdict: Verdict) -> Bool? {
    switch verdict {
    case .supported, .stronglySupported: true
    case .notSupported, .inconclusive, .contrary: false
    case .notTestable, .incomplete, .unfinished, .exploratory: nil
    }
  }

  private static func item(
    _ probability: Double, _ contrast: RunSummary.ContrastResult, isScored: Bool
  ) throws -> RunSummary.ForecastResult.Item {
    var item = RunSummary.ForecastResult.Item(
      contrast: contrast.name, probability: probability, verdict: contrast.verdict,
      happened: happened(contrast.verdict))
    if isScored, let happened = item.happened {
      item.brier = try ForecastScore.brier(probability, happened: happened)
      item.surprise = try ForecastScore.bits(probability, happened: happened)
    }
    return item
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
