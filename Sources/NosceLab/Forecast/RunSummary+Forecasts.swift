import NosceStatistics

extension RunSummary {
  /// A sealed forecast beside what came out.
  package struct Forecast: Codable, Sendable, Equatable {
    package struct Item: Codable, Sendable, Equatable {
      package var contrast: String
      package var probability: Double
      package var verdict: VerdictKind
      /// Whether the contrast ended as supported; nil where it is void.
      package var happened: Bool?
      package var brier: Double?
      /// How surprising the result was, in bits; infinite where it had been called impossible.
      package var surprise: Double?
    }

    package var forecaster: String
    package var isSubject: Bool
    package var sealed: String
    package var seal: String
    /// Made once there was a run of the experiment: shown, never scored.
    package var afterTheFact: Bool
    /// Why it is not scored, where its file cannot be believed.
    package var problem: String?
    package var items: [Item]
    /// How many items have a score.
    package var scored: Int
    /// The mean over the items that have a score.
    package var brier: Double?
    /// The mean surprise in bits: the logarithmic score.
    package var logScore: Double?
  }
}

/// Scores the forecasts of a run once its verdicts are there.
package enum ForecastScoring {
  /// - Parameter started: when the run began; what was sealed later is after the fact.
  package static func results(
    _ readings: [ForecastFolder.Reading], contrasts: [RunSummary.Contrast], plan: Plan,
    started: String
  ) throws -> [RunSummary.Forecast] {
    let hash = try ContentHash.of(json: plan.experiment)
    return try readings.map { reading in
      guard let forecast = reading.forecast else {
        return RunSummary.Forecast(
          forecaster: reading.file, isSubject: false, sealed: "", seal: "", afterTheFact: false,
          problem: reading.problem ?? "it cannot be read", items: [], scored: 0)
      }
      var result = RunSummary.Forecast(
        forecaster: forecast.forecaster, isSubject: forecast.isSubject, sealed: forecast.sealed,
        seal: forecast.seal,
        afterTheFact: forecast.afterTheFact || forecast.sealed > started, items: [], scored: 0)
      if forecast.experiment.contentHash != hash
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
  package static func happened(_ verdict: VerdictKind) -> Bool? {
    switch verdict {
    case .supported: true
    case .notSupported, .inconclusive, .contrary: false
    case .notTestable, .exploratory: nil
    }
  }

  private static func item(
    _ probability: Double, _ contrast: RunSummary.Contrast, isScored: Bool
  ) throws -> RunSummary.Forecast.Item {
    var item = RunSummary.Forecast.Item(
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
