import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceReport
import NosceRuns
import NosceVerdicts

/// Writes what a run measured and trained in forms that other tools read.
struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Export a run: adapters in PEFT form, measurements as CSV and JSONL.")

  @Argument(help: "A run folder.")
  var folder: String

  @Option(help: "Where to write; by default the folder `export` inside the run.")
  var out: String?

  func run() async throws {
    let run = try RunFolder.read(URL(fileURLWithPath: folder))
    let target = out.map { URL(fileURLWithPath: $0) } ?? run.url.appending(path: "export")
    try Storage.makeFolder(target)
    // Adapters are replaced by name, so a target that is the run would lose its own.
    guard target.resolvingSymlinksInPath().path != run.url.resolvingSymlinksInPath().path else {
      throw LabError(
        .storage, "--out: found the run folder \(run.url.path) itself; allowed: another folder")
    }
    let record = try await RunRecord(run)
    let summary = try ReportWriter.summary(of: run, record)
    let transcripts = record.measurements(mainOnly: true)
    let tables = [
      ("arms", MeasurementExport.arms(summary)), ("seeds", MeasurementExport.seeds(summary)),
      ("tasks", MeasurementExport.tasks(summary)),
      ("forecasts", MeasurementExport.forecasts(summary)),
      ("answers", MeasurementExport.transcripts(transcripts)),
    ]
    for (name, table) in tables {
      try Storage.write(table.csv(), to: target.appending(path: "\(name).csv"))
      try Storage.write(table.jsonl(), to: target.appending(path: "\(name).jsonl"))
    }
    try Storage.write(
      try SummaryJSON.encode(summary), to: target.appending(path: "summary.json"))
    let count = try copyAdapters(of: run, to: target.appending(path: "adapters"))
    try Console.say(
      "\(target.relativePath): \(transcripts.count) answers as CSV and JSONL, \(count) adapters.")
  }

  /// Whole ones only: a run that was killed leaves a hidden draft.
  private func copyAdapters(of run: RunFolder, to target: URL) throws -> Int {
    let source = run.url.appending(path: "adapters")
    try Storage.makeFolder(target)
    let files = FileManager.default
    let names = try files.contentsOfDirectory(atPath: source.path).filter { !$0.hasPrefix(".") }
    for name in names {
      let copy = target.appending(path: name)
      if files.fileExists(atPath: copy.path) { try files.removeItem(at: copy) }
      try files.copyItem(at: source.appending(path: name), to: copy)
    }
    return names.count
  }
}
