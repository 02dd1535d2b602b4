import Foundation
import NosceCore
import NosceFormats
import NosceReport
import NosceRuns
import NosceVerdicts

/// Compares everything that a run folder holds with what can be made of its store, and the store with
/// itself: plan, grades, summary, report, exported tables, and the hashes of files and model.
package enum RunVerification {
  /// Nothing is written. A run that is not at its end is refused.
  ///
  /// - Parameter export: a folder with an export of the run; nil for the folder `export` in it, where
  ///   there is one.
  package static func verify(_ run: RunFolder, export: URL? = nil) async throws -> Verification {
    let record = try await RunRecord(run)
    try requireEnd(of: run, record)
    let contents = try await ExportContents(run, record)
    var result = Verification(
      run: run.url.relativePath, begunBy: run.provenance.version, verifiedBy: Version.text)
    let asks = PlannedAsks(run)
    PlanVerification(run: run, asks: asks).verify(into: &result)
    try AnswerVerification(
      record: record, asks: asks, hasEvidence: try run.store.keepsEvidence()
    ).verify(into: &result)
    try DocumentVerification(run: run, record: record, summary: contents.summary)
      .verify(into: &result)
    let place = run.url.appending(path: "export")
    if let folder = export ?? (FileManager.default.fileExists(atPath: place.path) ? place : nil) {
      try ExportVerification(run: run, contents: contents, folder: folder).verify(into: &result)
    } else {
      result.check(.export, "none lies in the run folder")
    }
    try FileVerification(run: run, record: record).verify(into: &result)
    return result
  }

  /// A run is at its end where every planned subject was run, and also where it once said so: then an
  /// answer that is missing was taken away.
  private static func requireEnd(of run: RunFolder, _ record: RunRecord) throws {
    let standing = record.standing
    guard standing.isUnfinished, !(try saysEnd(run.summary)) else { return }
    let way = ReportWriter.resume(run).map { "; go on with `\($0)`" } ?? ""
    throw LabError(
      .version,
      "\(run.url.relativePath): found an unfinished run, \(standing.words); allowed: a run at its "
        + "end\(way)")
  }

  private static func saysEnd(_ summary: URL) throws -> Bool {
    guard FileManager.default.fileExists(atPath: summary.path),
      let object = try? JSON(parsing: Storage.read(summary)).object
    else { return false }
    return object["schema"] != nil && object["unfinished"] == nil
  }
}
