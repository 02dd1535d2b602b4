import Foundation
import NosceReport
import NosceRuns
import NosceStudy
import NosceVerdicts

/// Reads the summaries of finished runs out of folders.
package enum FinishedRuns {
  /// - Parameters:
  ///   - folders: run folders, or folders that hold some.
  ///   - isWanted: decides by the folder whether a run is read at all.
  ///   - events: hears of runs that are left out.
  package static func summaries(
    in folders: [String], where isWanted: (URL) -> Bool = { _ in true }, events: AppEvents
  ) async throws -> [RunSummary] {
    var summaries: [RunSummary] = []
    for url in try folders.flatMap({ try RunFinder.runs(under: URL(fileURLWithPath: $0)) })
    where isWanted(url) {
      let folder = try RunFolder.read(url)
      let record = try await RunRecord(folder)
      let standing = record.standing
      guard record.isFinished else {
        let state = standing.isUnfinished ? "unfinished" : "incomplete"
        let way = ReportWriter.resume(folder).map { "; go on with `\($0)`" } ?? ""
        events(.message("\(url.relativePath): left out: \(state), \(standing.words)\(way)"))
        continue
      }
      for change in try folder.changes() {
        events(.message("\(url.relativePath)/\(change.words)"))
      }
      summaries.append(try ReportWriter.summary(of: folder, record))
    }
    return summaries
  }
}
