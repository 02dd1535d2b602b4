import Foundation
import NosceCore
import NosceFormats
import NosceReport
import NosceRuns
import NosceVerdicts

/// The summary and the report that lie in a run folder against those that its store makes now.
struct DocumentVerification {
  let run: RunFolder
  let record: RunRecord
  let summary: RunSummary

  func verify(into result: inout Verification) throws {
    guard FileManager.default.fileExists(atPath: run.summary.path) else {
      result.leave(.summary, "there is no summary.json; `nosce report` writes one")
      return try verifyReport(into: &result)
    }
    let found = try Storage.read(run.summary)
    if let schema = Self.schema(of: found), schema != RunSummary.currentSchema {
      let why =
        "written by another version, as \(schema); this one writes \(RunSummary.currentSchema)"
      result.leave(.summary, "summary.json is \(why)")
      result.leave(.report, "report.html lies beside a summary.json that is \(why)")
      return
    }
    for difference in try Self.compare(.summary, "summary.json", found, with: summary) {
      result.differ(difference)
    }
    result.check(.summary, "summary.json, made anew of the store")
    try verifyReport(into: &result)
  }

  private func verifyReport(into result: inout Verification) throws {
    guard FileManager.default.fileExists(atPath: run.report.path) else {
      return result.leave(.report, "there is no report.html; `nosce report` writes one")
    }
    let differences = DocumentComparison.lines(
      .report, "report.html", found: try Storage.read(run.report),
      expected: try ReportWriter.page(of: summary, record))
    for difference in differences { result.differ(difference) }
    result.check(.report, "report.html, made anew of the store")
  }

  /// The schema that a summary names; nil where it names none.
  static func schema(of data: Data) -> String? {
    (try? JSON(parsing: data))?.object?["schema"]?.string
  }

  /// A summary as it is stored against what it should be: its values, and where those are the same, its
  /// bytes.
  static func compare(
    _ part: Verification.Part, _ file: String, _ found: Data, with summary: RunSummary
  ) throws -> [Verification.Difference] {
    let text = try SummaryJSON.encode(summary)
    if found == Data(text.utf8) { return [] }
    let stored: JSON
    do {
      stored = try JSON(parsing: found)
    } catch {
      return [
        .init(part, file, found: "a file that is no JSON: \(error)", expected: "a summary")
      ]
    }
    let differences = DocumentComparison.values(
      part, file, found: stored, expected: try JSON(parsing: text))
    guard differences.isEmpty else { return differences }
    return [
      .init(
        part, file, found: "the same values in \(found.count) bytes",
        expected: "\(text.utf8.count) bytes, as Nosce writes them")
    ]
  }
}
