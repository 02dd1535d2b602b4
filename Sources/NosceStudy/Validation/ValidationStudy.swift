import Foundation
import NosceCore
import NosceRuns
import NosceStatistics
import NosceVerdicts

/// Measures the lab's own error rates. Every part is stored as it goes, and a second call with the
/// same settings goes on where the first one was stopped.
package struct ValidationStudy: Sendable {
  package struct Size: Sendable, Hashable {
    /// Experiments of an arm against itself.
    package var contrasts: Int
    /// Simulated contrasts of two arms; a quarter as many of each other design.
    package var simulated: Int
    /// Experiments for each number of planted rows.
    package var replicates: Int
    package var plantedRows: [Int]

    package init(
      contrasts: Int = 240, simulated: Int = 12_000, replicates: Int = 12,
      plantedRows: [Int] = [1, 2, 3, 5]
    ) {
      self.contrasts = contrasts
      self.simulated = simulated
      self.replicates = replicates
      self.plantedRows = plantedRows
    }

    package static let quick = Size(
      contrasts: 24, simulated: 1_600, replicates: 4, plantedRows: [2, 5])
  }

  /// Numbers of seeds for which power is measured, all on the same subjects.
  package static let plantedSeeds = [5, 8, 12]
  package static let seeds = 8

  package var experiments: ValidationExperiments
  package var size: Size
  package var folder: URL
  private let progress: @Sendable (_ part: String, _ done: Int, _ total: Int) async -> Void

  package init(
    _ experiments: ValidationExperiments, size: Size, folder: URL,
    progress: @escaping @Sendable (String, Int, Int) async -> Void = { _, _, _ in }
  ) {
    self.experiments = experiments
    self.size = size
    self.folder = folder
    self.progress = progress
  }

  /// (a) Two arms trained alike, again and again.
  package func againstItself(
    _ runs: ValidationRuns
  ) async throws -> [ValidationResult.AgainstItself] {
    var contrasts: [String: [RunSummary.ContrastResult]] = [:]
    var order: [String] = []
    for number in 1...max(1, size.contrasts) {
      try Task.checkCancellation()
      let experiment = try experiments.againstItself(number, seeds: Self.seeds)
      let record = try await runs.record(of: experiment)
      let summary = try Summariser(record, command: "").summary()
      order = summary.contrasts.map(\.probe)
      for contrast in summary.contrasts { contrasts[contrast.probe, default: []].append(contrast) }
      await progress("against itself", number, size.contrasts)
    }
    return try order.map { probe in
      ValidationResult.AgainstItself(
        probe: probe,
        rates: try ErrorRates(
          contrasts[probe] ?? [], seeds: Self.seeds, level: ValidationExperiments.level,
          intervalLevel: ValidationExperiments.intervalLevel,
          attainable: nil))
    }
  }

  /// (d) Effects of known kinds: the more rows of the pattern, the larger.
  package func planted(_ runs: ValidationRuns) async throws -> [ValidationResult.Planted] {
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
          try Summariser(record.limited(toSeeds: seeds), command: "").summary().contrasts.first
        }
        let estimates = claims.compactMap(\.estimate)
        results.append(
          ValidationResult.Planted(
            rows: rows, seeds: seeds,
            power: try Rate(claims.count { $0.verdict == .supported }, of: claims.count),
            meanEstimate: estimates.isEmpty
              ? nil : estimates.reduce(0, +) / Double(estimates.count)))
      }
    }
    return results
  }

  /// (e) Simulated seeds, through the same judgement.
  package func simulated(threads: Int) async throws -> [SimulatedSeeds.Block] {
    let blocks = SimulatedSeeds.Design.allCases.flatMap { design in
      SeedDistribution.allCases.map { distribution in
        SimulatedSeeds(
          design: design, distribution: distribution, seeds: Self.seeds, seed: experiments.seed)
      }
    }
    var results: [SimulatedSeeds.Block] = []
    for (place, block) in blocks.enumerated() {
      let share = max(1, size.simulated / SeedDistribution.allCases.count)
      let count = block.design == .oneFloor ? share : max(1, share / 4)
      results.append(try await stored(block, count, threads: threads))
      await progress("simulated", place + 1, blocks.count)
    }
    return results
  }

  /// A block from its file, or computed and then written there.
  private func stored(
    _ block: SimulatedSeeds, _ count: Int, threads: Int
  ) async throws -> SimulatedSeeds.Block {
    let parts = ["\(block.design.rawValue)", "\(block.distribution.rawValue)"]
    let name = parts.joined(separator: "-").replacingOccurrences(of: " ", with: "_")
    let places = folder.appending(path: "simulated")
    let file = places.appending(path: "\(name)-\(block.seeds)x\(count)-\(block.seed).json")
    if let data = try? Data(contentsOf: file),
      let known = try? JSONDecoder().decode(SimulatedSeeds.Block.self, from: data)
    {
      return known
    }
    let result = try await block.block(count, threads: threads)
    try Storage.makeFolder(places)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    try Storage.write(try encoder.encode(result), to: file)
    return result
  }
}
