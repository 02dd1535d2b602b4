import Foundation
import NosceCore
import NosceExperiment
import NosceRuns
import NosceStatistics
import NosceVerdicts

/// Measures the lab's own error rates on a model. Every experiment is stored as it ends, and a second
/// call with the same settings goes on where the first one was stopped.
package struct ValidationStudy: Sendable {
  package struct Size: Sendable, Hashable {
    /// Simulated contrasts of each row.
    package var simulated: Int
    /// Experiments in which an arm is compared with itself, of each that is asked for.
    package var againstItself: Int
    /// Experiments for each number of planted rows.
    package var replicates: Int
    package var plantedRows: [Int]
    /// Experiments on each model in which doing and saying are told apart.
    package var toldApart: Int

    package init(
      simulated: Int = 10_000, againstItself: Int = 40, replicates: Int = 8,
      plantedRows: [Int] = [1, 2, 3, 5], toldApart: Int = 8
    ) {
      self.simulated = simulated
      self.againstItself = againstItself
      self.replicates = replicates
      self.plantedRows = plantedRows
      self.toldApart = toldApart
    }

    package static let quick = Size(
      simulated: 400, againstItself: 4, replicates: 3, plantedRows: [2, 5], toldApart: 2)
  }

  /// Numbers of seeds for which power is measured, all on the same subjects.
  package static let plantedSeeds = [6, 8, 12]
  package static let seeds = 8

  package var size: Size
  private let progress: @Sendable (_ part: String, _ done: Int, _ total: Int) async -> Void

  package init(
    size: Size, progress: @escaping @Sendable (String, Int, Int) async -> Void = { _, _, _ in }
  ) {
    self.size = size
    self.progress = progress
  }

  /// All arms trained alike, again and again: the contrasts of the experiment in its own order.
  package func againstItself(
    _ experiments: ValidationExperiments, _ runs: ValidationRuns
  ) async throws -> [ValidationResult.AgainstItself] {
    var contrasts: [String: [RunSummary.ContrastResult]] = [:]
    var order: [RunSummary.ContrastResult] = []
    for number in 1...max(1, size.againstItself) {
      try Task.checkCancellation()
      let experiment = try experiments.againstItself(number)
      let record = try await runs.record(of: experiment)
      order = try Summariser(record, command: "").contrasts()
      for contrast in order { contrasts[contrast.name, default: []].append(contrast) }
      await progress("\(experiments.source.name) against itself", number, size.againstItself)
    }
    return try order.map { contrast in
      ValidationResult.AgainstItself(
        experiment: experiments.source.name, contrast: contrast.name, primary: contrast.primary,
        rates: try ErrorRates(
          contrasts[contrast.name] ?? [], seeds: Self.seeds, level: contrast.level,
          trained: Set(experiments.source.arms.filter(\.isTrained).map(\.name))))
    }
  }

  /// Effects of known kinds: the more rows of the pattern, the larger.
  package func planted(
    _ experiments: ValidationExperiments, _ runs: ValidationRuns
  ) async throws -> [ValidationResult.Planted] {
    var results: [ValidationResult.Planted] = []
    let most = Self.plantedSeeds.max() ?? Self.seeds
    let available = try experiments.patternRows
    let planted = size.plantedRows.filter { $0 <= available }
    let total = planted.count * size.replicates
    for (place, rows) in planted.enumerated() {
      var records: [RunRecord] = []
      for replicate in 1...max(1, size.replicates) {
        try Task.checkCancellation()
        let experiment = try experiments.planted(rows, replicate: replicate, seeds: most)
        records.append(try await runs.record(of: experiment))
        await progress("planted", place * size.replicates + replicate, total)
      }
      for seeds in Self.plantedSeeds {
        let claims = try records.compactMap { record in
          try Summariser(record.limited(toSeeds: seeds), command: "").contrasts().first
        }
        results.append(
          ValidationResult.Planted(
            rows: rows, seeds: seeds,
            power: try Rate(claims.count { $0.verdict.isSupported }, of: claims.count),
            meanEstimate: Self.mean(claims.compactMap(\.estimate))))
      }
    }
    return results
  }

  /// What is done and what is said, each planted without the other and both together.
  package func toldApart(
    _ experiment: ToldApartExperiment, _ variation: CatalogVariation, _ runs: ValidationRuns,
    subject: String
  ) async throws -> [ValidationResult.ToldApart] {
    var contrasts: [String: [RunSummary.ContrastResult]] = [:]
    for number in 1...max(1, size.toldApart) {
      try Task.checkCancellation()
      let record = try await runs.record(
        of: try experiment.experiment(number, variation: variation))
      for contrast in try Summariser(record, command: "").contrasts() {
        contrasts[contrast.name, default: []].append(contrast)
      }
      await progress("told apart on \(subject)", number, size.toldApart)
    }
    return try ToldApartExperiment.Planting.allCases.flatMap { arm in
      try ToldApartExperiment.Measure.allCases.map { measure in
        let own = contrasts[ToldApartExperiment.name(arm, measure)] ?? []
        return ValidationResult.ToldApart(
          subject: subject, arm: arm, measure: measure,
          found: try Rate(own.count { $0.verdict.isSupported }, of: own.count),
          meanEstimate: Self.mean(own.compactMap(\.estimate)))
      }
    }
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
