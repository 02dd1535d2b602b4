import Foundation
import NosceCore
import NosceReport
import NosceRows
import NosceRuns
import NosceText
import NosceVerdicts

/// Makes the summary and the report of a run from its folder, and from nothing else.
package enum ReportWriter {
  /// What a run has come to so far.
  package static func summary(
    of folder: RunFolder, _ record: RunRecord
  ) throws -> RunSummary {
    try Summariser(
      record, command: try RunRequest.read(in: folder).command,
      forecasts: ForecastFolder(run: folder.url).readings(), resume: resume(folder),
      changes: try folder.changes()
    ).summary()
  }

  /// The command that goes on with a run; nil where it takes the version that began it.
  package static func resume(_ folder: RunFolder) -> String? {
    folder.plan.schema == Plan.currentSchema && folder.store.isCurrent
      ? ShellQuoting.command(["nosce", "run", "--resume", folder.url.relativePath]) : nil
  }

  /// Writes `report.html` and `summary.json` and returns the summary.
  package static func write(for folder: RunFolder) async throws -> RunSummary {
    let record = try await RunRecord(folder)
    let summary = try summary(of: folder, record)
    try Storage.write(try page(of: summary, record), to: folder.report)
    try Storage.write(try SummaryJSON.encode(summary), to: folder.summary)
    return summary
  }

  /// The text of `report.html`.
  static func page(of summary: RunSummary, _ record: RunRecord) throws -> String {
    try HTMLReport.render(
      summary, transcripts: record.measurements(mainOnly: true),
      trainingRows: trainingRows(of: record.plan))
  }

  /// The rows of each arm's first subject.
  private static func trainingRows(of plan: Plan) -> [String: [String]] {
    var rows: [String: [String]] = [:]
    for cell in plan.cells where cell.isMain && rows[cell.arm] == nil {
      if let training = cell.training { rows[cell.arm] = training.rows.map(\.text) }
    }
    return rows
  }
}
