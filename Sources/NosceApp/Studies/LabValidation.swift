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

/// Measures the lab's own error rates against known truth, in a folder that can be gone on with.
package struct LabValidation: Sendable {
  package enum Part: String, Sendable, CaseIterable {
    /// An arm against itself.
    case aa
    /// Simulated seeds.
    case simulated
    /// Planted effects.
    case planted
    /// The catalog on the model in which there is nothing to find.
    case null
  }

  package var experiment: String
  package var subject: String
  package var nullSubject: String
  package var parts: [Part]
  package var size: ValidationStudy.Size
  package var seed: UInt64
  package var folder: URL

  package init(
    experiment: String, subject: String, nullSubject: String, parts: [Part],
    size: ValidationStudy.Size, seed: UInt64, folder: URL
  ) {
    self.experiment = experiment
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
      ValidationReport.markdown(result), to: folder.appending(path: "VALIDATION.md"))
    try Storage.write(try ValidationReport.page(result), to: page)
    return result
  }

  private func measure(_ events: @escaping AppEvents) async throws -> ValidationResult {
    let loaded = try ExperimentRequest(experiment: experiment, subject: subject).load()
    let source = loaded.experiment
    let study = ValidationStudy(
      try ValidationExperiments(source: source, words: loaded.materials.words, seed: seed),
      size: size, folder: folder
    ) { part, done, total in
      events(.progress(label: part, done: done, total: total, note: ""))
    }
    let model = try ModelLocator.model(subject)
    let runs = try ValidationRuns(
      in: folder.appending(path: "experiments"), model: model, materials: loaded.materials,
      version: Version.text, precision: model.precision)
    var result = ValidationResult(
      version: Version.text, experiment: source.name, subject: model.identity.name, seed: seed)
    if parts.contains(.aa) { result.againstItself = try await study.againstItself(runs) }
    if parts.contains(.simulated) {
      result.simulated = try await study.simulated(
        threads: ProcessInfo.processInfo.activeProcessorCount)
    }
    if parts.contains(.planted) { result.planted = try await study.planted(runs) }
    events(.ended)
    if parts.contains(.null) {
      let null = try ModelLocator.model(nullSubject)
      let suite = try await SuiteRun(
        ExperimentRequest(experiment: "", subject: nullSubject), on: null,
        in: folder.appending(path: "null")
      ).run(events).suite
      result.null = suite.entries.flatMap { entry in
        entry.contrasts.map { ValidationResult.Null($0, of: entry.experiment) }
      }
      result.failed = suite.failed.map { "\($0.experiment): \($0.error ?? "")" }
    }
    return result
  }
}
