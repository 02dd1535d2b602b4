import ArgumentParser
import Foundation
import NosceCatalog
import NosceEngine
import NosceLab
import NosceLocal
import NosceReport

/// Measures the lab's own error rates against known truth.
struct ValidateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Measure the lab's own error rates against known truth.",
    discussion: """
      Four parts: an arm against itself (aa), simulated seeds (simulated), planted effects \
      (planted), and the catalog on the null organism (null). Everything is stored as it goes; \
      the same command goes on where it was stopped.
      """)

  enum Part: String, ExpressibleByArgument, CaseIterable {
    case aa, simulated, planted, null
  }

  @Flag(help: "Fewer of everything: a few minutes instead of about an hour.")
  var quick = false

  @Option(help: "Only these parts; may be given again.")
  var only: [Part] = []

  @Option(help: "The experiment whose arms are compared with themselves.")
  var experiment = "hello"

  @Option(help: "The model that is trained.")
  var subject = "organism"

  @Option(help: "The model on which the catalog must find nothing.")
  var nullSubject = "organism-null"

  @Option(help: "Contrasts of an arm against itself.")
  var contrasts: Int?

  @Option(help: "Simulated contrasts of two arms; a quarter as many of each other design.")
  var simulated: Int?

  @Option(help: "Experiments for each number of planted rows.")
  var replicates: Int?

  @Option(help: "The master seed.")
  var seed: UInt64 = 1

  @Option(name: .customLong("out"), help: "Where runs and results go.")
  var folder = "validation"

  @Flag(help: "Print one JSON document instead of the summary.")
  var json = false

  func validate() throws {
    for (name, value) in [
      ("--contrasts", contrasts), ("--simulated", simulated), ("--replicates", replicates),
    ] {
      if let value, value < 1 { throw ValidationError("\(name) must be at least 1.") }
    }
  }

  func run() async throws {
    let folder = URL(fileURLWithPath: self.folder)
    try Storage.makeFolder(folder)
    let progress = Console.progress()
    let result: ValidationResult
    do {
      result = try await stoppable { try await measure(in: folder, progress) }
    } catch is CancellationError {
      await progress.finish()
      Console.complain("Stopped. Everything measured is kept; the same command goes on.")
      throw CancellationError()
    }
    await progress.finish()
    try Storage.write(
      Data(try SummaryJSON.text(result).utf8), to: folder.appending(path: "validation.json"))
    try Storage.write(
      Data(ValidationReport.markdown(result).utf8), to: folder.appending(path: "VALIDATION.md"))
    let page = folder.appending(path: "index.html")
    try Storage.write(Data(ValidationReport.page(result).utf8), to: page)
    if json {
      try Console.write(try SummaryJSON.text(result))
    } else {
      let style = Console.style(terminal: Console.outputIsTerminal)
      try Console.say(ValidationReport.text(result, style: style))
      try Console.say("\npage    \(page.relativePath)")
    }
  }

  private func measure(
    in folder: URL, _ progress: ProgressWriter
  ) async throws -> ValidationResult {
    let source = try ExperimentFile.load(try Catalog.url(of: experiment)).experiment
    var size = quick ? ValidationStudy.Size.quick : ValidationStudy.Size()
    size.contrasts = contrasts ?? size.contrasts
    size.simulated = simulated ?? size.simulated
    size.replicates = replicates ?? size.replicates
    let study = ValidationStudy(
      try ValidationExperiments(source: source, seed: seed), size: size, folder: folder
    ) { part, done, total in await progress.update(part, done: done, total: total) }
    let backend = try Subjects.backend(subject)
    let runs = try ValidationRuns(
      in: folder.appending(path: "experiments"), backend: backend, version: Version.text,
      precision: backend.precision.rawValue)
    let parts = only.isEmpty ? Part.allCases : only
    var result = ValidationResult(
      version: Version.text, experiment: source.name, subject: backend.name, seed: seed)
    if parts.contains(.aa) { result.againstItself = try await study.againstItself(runs) }
    if parts.contains(.simulated) {
      result.simulated = try await study.simulated(
        threads: ProcessInfo.processInfo.activeProcessorCount)
    }
    if parts.contains(.planted) { result.planted = try await study.planted(runs) }
    if parts.contains(.null) {
      await progress.finish()
      let suite = try await catalog(in: folder.appending(path: "null"))
      result.null = suite.entries.flatMap { entry in
        entry.contrasts.map { ValidationResult.Null($0, of: entry.experiment) }
      }
      result.failed = suite.failed.map { "\($0.experiment): \($0.error ?? "")" }
    }
    return result
  }

  /// The catalog on the null model, as `nosce run --all` runs it.
  private func catalog(in folder: URL) async throws -> SuiteSummary {
    try Storage.makeFolder(folder)
    let command = try RunCommand.parse([
      "--all", "--subject", nullSubject, "--out", folder.path,
    ])
    return try await command.every(on: try Subjects.backend(nullSubject), nil, in: folder).0
  }
}
