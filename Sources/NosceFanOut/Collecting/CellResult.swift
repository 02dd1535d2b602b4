import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRuns

/// What a worker says a line came to, held against the plan before any of it is taken over.
///
/// The folder may be anybody's: a half-copied one, one of another run, one that was edited. Every entry
/// must belong to the line, every question of the plan must be answered once, and every file of an
/// adapter must lie in the folder with the hash that was written down.
struct CellResult {
  /// The most bytes of one file of an adapter.
  private static let adapterBytes = 64 << 30

  let marker: DoneMarker
  let records: [EntryRecord]
  /// By subject, the files of its adapter and of its snapshots.
  let files: [String: [FileHash]]

  private let file: URL

  init(_ marker: DoneMarker, of cell: CellFolder, _ line: CellLine, cells: [PlannedCell]) throws {
    self.marker = marker
    file = cell.url.appending(path: marker.result)
    try PlainFile.requireNoLinks([marker.result], in: cell.url)
    let size = try PlainFile.open(file).size
    guard size == marker.bytes else {
      throw LabError(
        .storage,
        "\(file.path): found \(size) bytes; allowed: \(marker.bytes), as done.json says")
    }
    var records: [EntryRecord] = []
    let place = file
    try PlainFile.eachLine(of: file, atMost: CellHistory.lineBytes) { data, number in
      do {
        records.append(try CellHistory.record(data))
      } catch {
        throw LabError(
          .version,
          "\(place.path):\(number + 1): found no entry of a run; allowed: lines as Nosce wrote them",
          cause: error)
      }
    }
    guard try PlainFile.hash(of: file) == marker.hash else {
      throw LabError(
        .version,
        "\(file.path): found what has another hash than done.json names; allowed: the file as it was "
          + "written")
    }
    self.records = records
    files = try Self.checked(records, line, cells, file)
    for (subject, files) in files { try Self.check(files, of: subject, in: cell) }
  }

  private struct Item: Hashable {
    var cell: String
    var unit: UnitKey
    var item: Int
  }

  /// - Returns: the files of each subject.
  private static func checked(
    _ records: [EntryRecord], _ line: CellLine, _ cells: [PlannedCell], _ file: URL
  ) throws -> [String: [FileHash]] {
    func failure(_ found: String, _ allowed: String) -> LabError {
      LabError(.version, "\(file.path): found \(found); allowed: \(allowed)")
    }
    var history = CellHistory()
    for record in records { history.add(record) }
    guard history.records.count == records.count else {
      throw failure("\(records.count - history.records.count) entries twice", "each once")
    }
    if let failed = history.failures.first {
      throw failure("'\(failed.cell)' as failed, and not tried again", "a line that is whole")
    }
    let subjects = Set(line.cells)
    var left: [Item: Void] = [:]
    for cell in cells where subjects.contains(cell.id) {
      for unit in cell.units {
        for item in 0..<unit.items {
          left[
            Item(cell: cell.id, unit: UnitKey(probe: unit.probe, step: unit.step), item: item)] = ()
        }
      }
    }
    var files: [String: [FileHash]] = [:]
    var adapters: [String: Int] = [:]
    for record in records {
      if let cell = record.entry.subject, !subjects.contains(cell) {
        throw failure("an entry of '\(cell)'", line.cells.joined(separator: ", "))
      }
      switch record.entry {
      case .answer(let answer):
        let item = Item(
          cell: answer.cell, unit: UnitKey(probe: answer.probe, step: answer.step),
          item: answer.item)
        guard left.removeValue(forKey: item) != nil else {
          throw failure(
            "a second answer to, or one that nobody asked for: \(answer.cell), \(answer.probe), item "
              + "\(answer.item)", "one answer for each question of the plan")
        }
      case .trained(let cell, _, _, _, let own), .derived(let cell, _, _, _, _, let own):
        adapters[cell, default: 0] += 1
        files[cell, default: []] += own
      case .snapshot(let cell, _, _, let own): files[cell, default: []] += own
      case .time, .job, .jobState, .loss, .failed, .retried, .remark: break
      }
    }
    if let missing = left.keys.min(by: {
      ($0.cell, $0.unit.probe, $0.item) < ($1.cell, $1.unit.probe, $1.item)
    }) {
      throw failure(
        "\(left.count) questions without an answer, such as \(missing.cell), \(missing.unit.probe), item "
          + "\(missing.item)", "an answer to each")
    }
    for cell in cells where subjects.contains(cell.id) {
      let wanted = cell.isUntrained ? 0 : 1
      guard adapters[cell.id, default: 0] == wanted else {
        throw failure(
          "\(adapters[cell.id, default: 0]) adapters of \(cell.id)", "\(wanted)")
      }
    }
    return files
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
    }
  }

  /// Copies the adapters of the line's subjects into a run folder, each whole or not at all.
  ///
  /// - Throws: ``LabError`` where a file has another hash than was written down.
  func copyAdapters(from cell: CellFolder, to run: RunFolder) throws {
    for (subject, files) in files.sorted(by: { $0.key < $1.key }) {
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
              throw LabError(
                .version,
                "\(place.path): found what has another hash than when it was written; allowed: the "
                  + "adapter that was asked. Remove done.json and it to have the line done again")
            }
          }
        }
      }
    }
  }
}

extension StoreEntry {
  /// The subject that it is of; nil for what is of none.
  fileprivate var subject: String? {
    switch self {
    case .answer(let answer): answer.cell
    case .time(_, let cell, _, _, _), .job(_, let cell), .loss(let cell, _, _),
      .snapshot(let cell, _, _, _), .trained(let cell, _, _, _, _),
      .derived(let cell, _, _, _, _, _), .retried(let cell):
      cell
    case .failed(let failure): failure.cell
    case .jobState, .remark: nil
    }
  }
}
