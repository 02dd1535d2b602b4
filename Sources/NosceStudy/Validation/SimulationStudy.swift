import Foundation
import NosceCore
import NosceRuns

/// Simulated contrasts of every design, each row stored as it ends.
package struct SimulationStudy: Sendable {
  /// How many blocks the designs have: as experiments on real models, as on organisms, and more.
  package static let blocks = [6, 8, 12]
  static let logOddsShift = SeedDistribution.Shift.logOdds(1.5)
  static let ownShift = SeedDistribution.Shift.own(0.08)
  /// The standard deviation of a difference of two arms of a block, where a score is normal: each
  /// has 0.1 and shares half of its variance.
  package static let pairedDeviation = 0.1

  package var folder: URL
  package var seed: UInt64
  package var threads: Int
  private let progress: @Sendable (_ part: String, _ done: Int, _ total: Int) async -> Void

  package init(
    in folder: URL, seed: UInt64, threads: Int,
    progress: @escaping @Sendable (String, Int, Int) async -> Void = { _, _, _ in }
  ) {
    self.folder = folder
    self.seed = seed
    self.threads = threads
    self.progress = progress
  }

  /// Designs without an effect, and with effects of two kinds.
  package static var errorContrasts: [SimulatedContrast] {
    blocks.flatMap { blocks in
      SimulatedDesign.allCases.flatMap { design in
        design.distributions.flatMap { distribution -> [SimulatedContrast] in
          func shifted(_ shift: SeedDistribution.Shift?) -> SimulatedContrast {
            SimulatedContrast(
              design, distribution, shift: shift, smallestEffect: nil, blocks: blocks)
          }
          if design == .zeroFloor { return [shifted(nil)] }
          let nulls = design.gaps.map {
            SimulatedContrast(design, distribution, gap: $0, blocks: blocks)
          }
          let isShifted = design == .oneFloorInBlocks || design == .fourFloors
          return nulls + (isShifted ? [shifted(logOddsShift), shifted(ownShift)] : [])
        }
      }
    }
  }

  /// Effects of known size in standard deviations of a difference, and none where one would matter.
  package static var powerContrasts: [SimulatedContrast] {
    blocks.flatMap { blocks in
      [SimulatedDesign.oneFloorInBlocks, .fourFloors].flatMap { design in
        [1, 1.5, 2].flatMap { size in
          let effect = size * pairedDeviation
          return [
            SimulatedContrast(design, .normal, shift: .own(effect), blocks: blocks),
            SimulatedContrast(
              design, .normal, shift: .own(effect), smallestEffect: effect / 2, blocks: blocks),
            SimulatedContrast(design, .normal, smallestEffect: effect, blocks: blocks),
          ]
        }
      }
    }
  }

  /// So many of each.
  package func rows(
    _ contrasts: [SimulatedContrast], _ count: Int, part: String
  ) async throws -> [SimulatedContrast.Row] {
    var rows: [SimulatedContrast.Row] = []
    for contrast in contrasts {
      try Task.checkCancellation()
      rows.append(
        try await stored(name(of: contrast, count)) {
          try await contrast.row(count, seed: seed, threads: threads)
        })
      await progress(part, rows.count, contrasts.count)
    }
    return rows
  }

  /// So many squares of each setting.
  package func squares(_ count: Int) async throws -> [SquareValidation.Row] {
    var rows: [SquareValidation.Row] = []
    for (place, setting) in SquareValidation.settings.enumerated() {
      try Task.checkCancellation()
      rows.append(
        try await stored("square \(setting.name) x\(count) \(seed)") {
          try await SquareValidation.row(
            setting, repetitions: count, seed: seed, threads: threads)
        })
      await progress("squares", place + 1, SquareValidation.settings.count)
    }
    return rows
  }

  private func name(of contrast: SimulatedContrast, _ count: Int) -> String {
    "\(contrast.design.rawValue) \(contrast.distribution.rawValue) gap \(contrast.gap) "
      + "\(contrast.shift?.name ?? "null") least \(contrast.smallestEffect.map { "\($0)" } ?? "true")"
      + " \(contrast.blocks) x\(count) \(seed)"
  }

  /// A row from its file, or computed and then written there.
  private func stored<Row: Codable & Sendable>(
    _ name: String, _ compute: () async throws -> Row
  ) async throws -> Row {
    let places = folder.appending(path: "simulated")
    let plain = String(
      name.map { $0.isASCII && ($0.isLetter || $0.isNumber || ".-+".contains($0)) ? $0 : "_" })
    let file = places.appending(path: "\(plain).json")
    if let data = try? Data(contentsOf: file),
      let known = try? JSONDecoder().decode(Row.self, from: data)
    {
      return known
    }
    let row = try await compute()
    try Storage.makeFolder(places)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    try Storage.write(try encoder.encode(row), to: file)
    return row
  }
}
