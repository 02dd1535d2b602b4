import Foundation
import NosceCatalog
import NosceCore
import NosceEngine
import NosceExperiment
import NosceFiles
import NosceLocal
import NoscePorts
import NosceReport
import NosceRows
import NosceStudy
import NosceVerdicts

/// Measures the lab's own error rates against known truth, in a folder that can be gone on with.
package struct LabValidation: Sendable {
  package enum Part: String, Sendable, CaseIterable {
    /// Simulated blocks: errors and intervals.
    case simulated
    /// Simulated blocks: what is found where there is something.
    case power
    /// Simulated squares.
    case squares
    /// All arms trained alike.
    case aa
    /// Planted effects.
    case planted
    /// Doing without saying, and saying without doing.
    case toldApart = "told-apart"
    /// The catalog on the model in which there is nothing to find.
    case null
  }

  package var experiments: [String]
  package var subject: String
  package var nullSubject: String
  package var parts: [Part]
  package var size: ValidationStudy.Size
  package var seed: UInt64
  package var folder: URL

  /// - Parameter experiments: whose arms are trained alike; the first one is also what effects are
  ///   planted in.
  package init(
    experiments: [String], subject: String, nullSubject: String, parts: [Part],
    size: ValidationStudy.Size, seed: UInt64, folder: URL
  ) {
    self.experiments = experiments
    self.subject = subject
    self.nullSubject = nullSubject
    self.parts = parts
    self.size = size
    self.seed = seed
    self.folder = folder
  }

  /// The page with the results.
  package var page: URL { folder.appending(path: "index.html") }

  /// Measures what is left to measure, and writes `validation.json`, `VALIDATION.md` and the page.
  package func run(_ events: @escaping AppEvents) async throws -> ValidationResult {
    try Storage.checkFolder(folder)
    try Storage.makeFolder(folder)
    let result = try await measure(events)
    try Storage.write(
      try SummaryJSON.text(result), to: folder.appending(path: "validation.json"))
    try Storage.write(
      try ValidationReport.markdown(result), to: folder.appending(path: "VALIDATION.md"))
    try Storage.write(try ValidationReport.page(result), to: page)
    return result
  }

  private func measure(_ events: @escaping AppEvents) async throws -> ValidationResult {
    var result = ValidationResult(version: Version.text, subject: subject, seed: seed)
    try await simulate(&result, events)
    try await train(&result, events)
    events(.ended)
    if parts.contains(.null) { try await runCatalog(&result, events) }
    return result
  }

  /// What needs no model.
  private func simulate(
    _ result: inout ValidationResult, _ events: @escaping AppEvents
  ) async throws {
    let study = SimulationStudy(
      in: folder, seed: seed, threads: ProcessInfo.processInfo.activeProcessorCount
    ) { part, done, total in
      events(.progress(label: part, done: done, total: total, note: ""))
    }
    if parts.contains(.simulated) {
      result.simulated = try await study.rows(
        SimulationStudy.errorContrasts, size.simulated, part: "simulated")
    }
    if parts.contains(.power) {
      result.power = try await study.rows(
        SimulationStudy.powerContrasts, size.simulated, part: "power")
    }
    if parts.contains(.squares) { result.squares = try await study.squares(size.simulated) }
  }

  /// What trains subjects.
  private func train(
    _ result: inout ValidationResult, _ events: @escaping AppEvents
  ) async throws {
    let study = ValidationStudy(size: size) { part, done, total in
      events(.progress(label: part, done: done, total: total, note: ""))
    }
    func runs(_ subject: String, _ loaded: ExperimentFile.Loaded) throws -> ValidationRuns {
      let model = try ModelLocator.model(subject)
      return try ValidationRuns(
        in: folder.appending(path: "experiments"), model: model, materials: loaded.materials,
        version: Version.text, precision: model.precision)
    }
    for (place, name) in experiments.enumerated() {
      let loaded = try ExperimentRequest(experiment: name, subject: subject).load()
      let made = try ValidationExperiments(
        source: loaded.experiment, words: loaded.materials.words, seeds: ValidationStudy.seeds,
        seed: seed)
      if parts.contains(.aa) {
        result.againstItself += try await study.againstItself(made, try runs(subject, loaded))
      }
      if parts.contains(.planted), place == 0 {
        result.planted = try await study.planted(made, try runs(subject, loaded))
      }
      if parts.contains(.toldApart), place == 0 {
        let variation = CatalogVariation(
          loaded.experiment, words: loaded.materials.words, seed: seed,
          seeds: ValidationStudy.seeds)
        for subject in [nullSubject, subject] {
          result.toldApart += try await study.toldApart(
            try ToldApartExperiment(loaded.experiment), variation, try runs(subject, loaded),
            subject: subject)
        }
      }
    }
  }

  private func runCatalog(
    _ result: inout ValidationResult, _ events: @escaping AppEvents
  ) async throws {
    let suite = try await SuiteRun(
      ExperimentRequest(experiment: "", subject: nullSubject),
      on: try ModelLocator.model(nullSubject), in: folder.appending(path: "null")
    ).run(events).suite
    for entry in suite.entries where entry.error == nil {
      let experiment = try ExperimentRequest(experiment: entry.experiment, subject: nullSubject)
        .load().experiment
      result.null += entry.contrasts.map { contrast in
        ValidationResult.Null(
          contrast, of: entry.experiment,
          isReport: experiment.probe(contrast.probe).map(experiment.isReport) ?? true)
      }
    }
    result.failed = suite.failed.map { "\($0.experiment): \($0.error ?? "")" }
  }
}
