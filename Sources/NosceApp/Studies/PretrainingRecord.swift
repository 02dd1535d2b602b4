import Foundation
import NosceCore
import NosceFormats
import NosceOrganism
import NosceReport
import NosceRuns
import NosceStudy
import NosceVerdicts

/// What the catalog found on one pretraining of the organism: a line of a file of such lines.
///
/// The line tells how much of a result is the recipe's and how much one pretraining's.
package struct PretrainingRecord: Codable, Sendable, Equatable {
  /// One experiment's primary contrast.
  package struct Primary: Codable, Sendable, Equatable {
    package var experiment: String
    package var contrast: String
    package var verdict: Verdict
    package var estimate: Double?
    package var interval: OpenInterval?
    package var p: Double?
    package var seeds: Int
  }

  package var world: String
  package var seed: UInt64
  package var recipe: String
  package var worldHash: String
  /// The content hash of the weights and the tokenizer.
  package var model: String
  /// Of the machine that asked; pretraining's products are in bfloat16.
  package var machine: String
  /// In which the catalog was computed.
  package var precision: String
  package var version: String
  package var primaries: [Primary]

  /// - Parameters:
  ///   - model: the folder of the organism.
  ///   - suite: the folder that `nosce run --all` wrote on it.
  /// - Throws: `LabError` where one of them is not what it should be, or a result is missing.
  package init(model: URL, suite: URL) throws {
    guard let card = try OrganismCard(in: model) else {
      throw LabError(
        .backend, "\(model.path): found no card of an organism; allowed: an organism's folder")
    }
    let file = suite.appending(path: "summary.json")
    let summary: SuiteSummary
    do {
      summary = try JSONDecoder().decode(SuiteSummary.self, from: try Storage.read(file))
    } catch let error as DecodingError {
      throw LabError(
        .storage,
        "\(file.path): found no summary of a suite; allowed: \(SuiteSummary.currentSchema)",
        cause: error)
    }
    let done = summary.entries.filter { $0.error == nil && $0.unfinished == nil }
    guard done.count == summary.entries.count, summary.notReached == nil, let first = done.first,
      let run = first.folder,
      let origin = RunFinder.provenance(of: suite.appending(path: run))
    else {
      throw LabError(
        .storage,
        "\(file.path): found \(done.count) of \(summary.entries.count) experiments at their end; "
          + "allowed: all of the catalog")
    }
    world = card.world.rawValue
    seed = card.seed
    recipe = card.recipe
    worldHash = card.worldHash
    self.model = origin.hashes["model"] ?? ""
    machine = origin.machine
    precision = origin.precision
    version = origin.version
    primaries = done.compactMap { entry in
      entry.primary.map {
        Primary(
          experiment: entry.experiment, contrast: $0.name, verdict: $0.verdict,
          estimate: $0.estimate, interval: $0.interval, p: $0.p, seeds: $0.seeds)
      }
    }
  }

  /// Puts the line into a file, in place of one of the same world and seed, and keeps the order.
  package func write(to file: URL) throws {
    var lines = [self]
    if FileManager.default.fileExists(atPath: file.path) {
      for (number, line) in try Storage.read(file).split(separator: 10).enumerated() {
        guard let known = try? JSONDecoder().decode(Self.self, from: Data(line)) else {
          throw LabError(
            .storage,
            "\(file.path): line \(number + 1): found something else; allowed: pretrainings")
        }
        if (known.world, known.seed) != (world, seed) { lines.append(known) }
      }
    }
    lines.sort { ($0.world, $0.seed) < ($1.world, $1.seed) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var text = Data()
    for line in lines { text += try encoder.encode(line) + [10] }
    try Storage.makeFolder(file.deletingLastPathComponent())
    try Storage.write(text, to: file)
  }
}
