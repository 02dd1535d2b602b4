import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows
import NosceRuns

/// What a worker says a line came to, held against the plan before any of it is taken over.
///
/// The folder may be anybody's: a half-copied one, one of another run, one that was edited. Its data must
/// have the hash that its marker names, its entries are ``CheckedEntries``, and every file of an adapter
/// must lie in the folder with the hash that was written down.
struct CellResult {
  /// The most bytes of what a line came to, and of one file of an adapter.
  private static let resultBytes = 4 << 30
  private static let adapterBytes = 16 << 30

  let entries: CheckedEntries

  /// - Throws: ``LabError`` naming the file, what was found and what is allowed.
  init(_ marker: DoneMarker, of cell: CellFolder, _ line: CellLine, cells: [PlannedCell]) throws {
    let file = cell.url.appending(path: marker.result)
    try PlainFile.requireNoLinks([marker.result], in: cell.url)
    let size = try PlainFile.open(file).size
    guard size == marker.bytes, size <= Self.resultBytes else {
      throw LabError(
        .storage,
        "\(file.path): found \(size) bytes; allowed: \(marker.bytes), as done.json says, and at most "
          + "\(Self.resultBytes)")
    }
    let entries = try CheckedEntries(file, line, cells)
    guard entries.hash == marker.hash else {
      throw LabError(
        .version,
        "\(file.path): found what has another hash than done.json names; allowed: the file as it was "
          + "written")
    }
    self.entries = entries
    for (subject, files) in entries.files { try Self.check(files, of: subject, in: cell) }
  }

  /// Refuses files that are not those which were written down, or not in the folder.
  private static func check(_ files: [FileHash], of subject: String, in cell: CellFolder) throws {
    for file in files {
      let parts = file.name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard file.cell == subject, parts.count > 2, parts[1] == subject,
        ["adapters", "snapshots"].contains(parts[0]), parts.allSatisfy(CellLine.isName)
      else {
        throw LabError(
          .version,
          "\(cell.url.path): found the file '\(file.name)' of \(subject); allowed: below "
            + "adapters/\(subject) or snapshots/\(subject)")
      }
      try PlainFile.requireNoLinks(parts, in: cell.url)
      let place = cell.url.appending(path: file.name)
      let size = try PlainFile.open(place).size
      guard size <= adapterBytes else {
        throw LabError(
          .storage, "\(place.path): found \(size) bytes; allowed: at most \(adapterBytes)")
      }
      // Before a copy is made, which may be larger than what is read.
      guard try PlainFile.hash(of: place) == file.hash else { throw changed(place) }
    }
  }

  private static func changed(_ place: URL) -> LabError {
    LabError(
      .version,
      "\(place.path): found what has another hash than when it was written; allowed: the adapter that "
        + "was asked. Remove done.json to have its subject trained and asked anew")
  }

  /// Copies the adapters of the line's subjects into a run folder, each whole or not at all.
  ///
  /// - Throws: ``LabError`` with the code `version` where a file was changed in the meantime.
  func copyAdapters(from cell: CellFolder, to run: RunFolder) throws {
    for (subject, files) in entries.files.sorted(by: { $0.key < $1.key }) {
      for (kind, target) in [
        ("adapters", run.adapter(of: subject)), ("snapshots", run.snapshots(of: subject)),
      ] {
        let start = "\(kind)/\(subject)/"
        let own = files.filter { $0.name.hasPrefix(start) }
        if own.isEmpty { continue }
        try AtomicFolder.write(target) { draft in
          for file in own {
            let copy = draft.appending(path: String(file.name.dropFirst(start.count)))
            try Storage.makeFolder(copy.deletingLastPathComponent())
            let place = cell.url.appending(path: file.name)
            guard try PlainFile.copy(place, to: copy) == file.hash else {
              throw Self.changed(place)
            }
          }
        }
      }
    }
  }
}
