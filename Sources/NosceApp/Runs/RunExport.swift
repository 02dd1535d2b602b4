import Foundation
import NosceCore
import NosceReport
import NosceRuns
import NosceVerdicts

/// What a run measured and trained, in forms that other tools read.
package struct RunExport: Sendable {
  package let answers: Int
  package let adapters: Int

  /// Writes tables as CSV and JSON lines, the summary, and the adapters in PEFT form.
  ///
  /// - Parameter target: any folder but the run's own; files of these names are replaced.
  package static func write(_ run: RunFolder, to target: URL) async throws -> RunExport {
    try Storage.checkFolder(target)
    // Adapters are replaced by name, so a target that is the run would lose its own.
    guard target.resolvingSymlinksInPath().path != run.url.resolvingSymlinksInPath().path else {
      throw LabError(
        .storage, "--out: found the run folder \(run.url.path) itself; allowed: another folder")
    }
    try Storage.makeFolder(target)
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
    let adapters = try copyAdapters(of: run, to: target.appending(path: "adapters"))
    return RunExport(answers: transcripts.count, adapters: adapters)
  }

  /// Whole ones only: a run that was killed leaves a hidden draft.
  private static func copyAdapters(of run: RunFolder, to target: URL) throws -> Int {
    let source = run.url.appending(path: "adapters")
    try Storage.makeFolder(target)
    let names = try Storage.names(in: source)
    for name in names {
      try AtomicFolder.write(target.appending(path: name)) { draft in
        for file in try Storage.names(in: source.appending(path: name)) {
          try Storage.copy(
            source.appending(path: name).appending(path: file), to: draft.appending(path: file))
        }
      }
    }
    return names.count
  }
}
