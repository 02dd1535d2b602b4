import Foundation
import NosceLab
import NosceReport

/// Makes the report of a run from its folder, and from nothing else.
enum RunReport {
  /// Writes `report.html` and `summary.json` and returns the summary.
  static func write(for folder: RunFolder) async throws -> RunSummary {
    let record = try await RunRecord(folder)
    let summary = try Summariser(record, command: try RunRequest.read(in: folder).command).summary()
    let page = HTMLReport.render(
      summary, transcripts: record.transcripts(), trainingRows: trainingRows(of: record.plan))
    try Storage.write(Data(page.utf8), to: folder.report)
    try Storage.write(
      Data(try SummaryJSON.encode(summary).utf8), to: folder.url.appending(path: "summary.json"))
    return summary
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
