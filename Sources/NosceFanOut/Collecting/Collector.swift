import Foundation
import NosceCore
import NosceRuns

/// Merges what workers have done into the run folder, a line at a time.
///
/// A line that is merged already is left alone, so that it can be called whenever more is done. A line
/// that cannot be taken is named, and the others are merged.
package struct Collector: Sendable {
  package struct Result: Sendable {
    /// Lines that were merged now, and before.
    package var merged: [CellLine] = []
    package var earlier: [CellLine] = []
    /// Lines that are not merged, and why.
    package var missing: [LineStanding] = []
    /// What a reader should know, such as clocks that do not agree.
    package var notes: [String] = []
  }

  /// A clock of a worker that is so far ahead is told of.
  private static let clockTolerance = 120.0

  package let fanOut: FanOutFolder

  package init(_ fanOut: FanOutFolder) { self.fanOut = fanOut }

  package func collect(
    now: Date = Date(), onLine: (CellLine) -> Void = { _ in }
  ) async throws -> Result {
    let folder = try RunFolder.collecting(fanOut.run)
    guard folder.plan.contentHash == fanOut.header.plan else {
      throw LabError(
        .version,
        "\(fanOut.run.path): found a run of the plan \(folder.plan.contentHash.prefix(12)); allowed: "
          + "\(fanOut.header.plan.prefix(12)), which was handed out")
    }
    let lines = try fanOut.lines()
    let cells = Dictionary(
      folder.plan.cells.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    guard lines.map(\.cells) == (try CellLine.lines(of: folder.plan)).map(\.cells) else {
      throw LabError(
        .version,
        "\(fanOut.url.path)/cells.jsonl: found other subjects than the plan has; allowed: the file as "
          + "Nosce wrote it")
    }
    let standing = try await folder.store.standing()
    var result = Result()
    var clocks: [String: Double] = [:]
    for line in lines {
      let own = line.cells.compactMap { cells[$0] }
      switch standing.of(own) {
      case .whole: result.earlier.append(line)
      case .partly:
        result.missing.append(
          LineStanding(
            line, .refused,
            "the run folder has some of its answers already, from `nosce run --resume`; that goes on "
              + "with it"))
      case .nothing:
        do {
          guard let marker = try DoneMarker.read(fanOut.cell(line), line, fanOut.header) else {
            result.missing.append(LineStanding(of: line, in: fanOut))
            continue
          }
          try PlainFile.requireNoLinks(["cells", line.cell], in: fanOut.url)
          let found = try CellResult(marker, of: fanOut.cell(line), line, cells: own)
          try await merge(found, marker, fanOut.cell(line), into: folder)
          let ahead = marker.ended - now.timeIntervalSince1970
          if ahead > Self.clockTolerance { clocks[marker.node] = ahead }
          result.merged.append(line)
          onLine(line)
        } catch let error as RunFolderFailure {
          throw error.cause
        } catch let error as LabError {
          result.missing.append(LineStanding(line, .refused, error.message))
        }
      }
    }
    for (node, seconds) in clocks.sorted(by: { $0.key < $1.key }) {
      result.notes.append(
        "The clock of \(node) is \(Int(seconds)) s ahead of this machine's: the times in the run are "
          + "its own, and nothing else depends on them.")
    }
    return result
  }

  /// That the run folder cannot be written, which is no fault of a line's.
  private struct RunFolderFailure: Error {
    var cause: any Error
  }

  private func merge(
    _ found: CellResult, _ marker: DoneMarker, _ cell: CellFolder, into folder: RunFolder
  ) async throws {
    let ended = Date(timeIntervalSince1970: marker.ended)
    var records = found.entries.records
    if marker.precision != folder.provenance.precision {
      records.append(
        EntryRecord(
          .remark(
            "Some subjects were computed in \(marker.precision.prefix(40)) and others in "
              + "\(folder.provenance.precision): workers of more than one kind carried this out."),
          at: ended))
    }
    do {
      try found.copyAdapters(from: cell, to: folder)
      try await folder.store.merge(
        records, started: ended.addingTimeInterval(-found.entries.seconds).ISO8601Format(),
        seconds: found.entries.seconds)
    } catch let error as LabError where error.code == .version {
      throw error
    } catch {
      throw RunFolderFailure(cause: error)
    }
  }
}

extension LineStanding {
  init(_ line: CellLine, _ state: State, _ reason: String) {
    self.line = line
    self.state = state
    self.reason = reason
  }
}
