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
          try await merge(marker, line, own, into: folder)
          let ahead = marker.ended - now.timeIntervalSince1970
          if ahead > Self.clockTolerance { clocks[marker.node] = ahead }
          result.merged.append(line)
          onLine(line)
        } catch let error as LabError {
          // The run folder itself failing is no fault of the line's.
          if error.code == .storage, error.message.hasPrefix(fanOut.run.path) { throw error }
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

  private func merge(
    _ marker: DoneMarker, _ line: CellLine, _ cells: [PlannedCell], into folder: RunFolder
  ) async throws {
    let cell = fanOut.cell(line)
    try PlainFile.requireNoLinks(["cells", line.cell], in: fanOut.url)
    let found = try CellResult(marker, of: cell, line, cells: cells)
    try found.copyAdapters(from: cell, to: folder)
    var records = found.records
    if marker.precision != folder.provenance.precision {
      records.append(
        EntryRecord(
          .remark(
            "Some subjects were computed in \(marker.precision) and others in "
              + "\(folder.provenance.precision): workers of more than one kind carried this out."),
          at: Date(timeIntervalSince1970: marker.ended)))
    }
    try await folder.store.merge(
      records,
      started: Date(timeIntervalSince1970: marker.ended - marker.seconds).ISO8601Format(),
      seconds: marker.seconds)
  }
}

extension LineStanding {
  init(_ line: CellLine, _ state: State, _ reason: String) {
    self.line = line
    self.state = state
    self.reason = reason
  }
}
