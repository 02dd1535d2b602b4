import Foundation
import NosceCore
import NosceRuns
import Synchronization

/// The file in which one attempt at a line writes down what comes, as it comes.
///
/// Nobody else writes it: its number was free when it was made. What is handed over is on its way to the
/// disk when the call returns.
final class CellJournal: Sendable {
  let url: URL
  private let handle: Mutex<FileHandle>

  /// Begins the next attempt, which holds what it goes on from when it is first seen.
  init(_ cell: CellFolder, goingOnFrom earlier: CellHistory) throws {
    try Storage.makeFolder(cell.attempts)
    let draft = cell.attempts.appending(path: ".\(UUID().uuidString).partial")
    try Storage.write(try Self.text(earlier.records), to: draft)
    defer { try? Storage.remove(draft) }
    var number = (try CellHistory.numbers(in: cell).last ?? 0) + 1
    // A second name, and not another one: that would take the place of a file that is there already.
    while link(draft.path, cell.attempt(number).path) != 0 {
      guard errno == EEXIST else {
        throw Storage.failure(cell.attempt(number), "written", code: errno)
      }
      number += 1
    }
    url = cell.attempt(number)
    let descriptor = open(url.path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { throw Storage.failure(url, "written", code: errno) }
    handle = Mutex(FileHandle(fileDescriptor: descriptor, closeOnDealloc: true))
  }

  static func text(_ records: [EntryRecord]) throws -> Data {
    var text = Data()
    for record in records { text += try record.line() + Data([UInt8(ascii: "\n")]) }
    return text
  }

  /// Writes entries, all of them or none that counts: a line without its end is none.
  func keep(_ records: [EntryRecord]) throws {
    let text = try Self.text(records)
    try handle.withLock { handle in
      do {
        try handle.write(contentsOf: text)
        try handle.synchronize()
      } catch {
        throw LabError(
          .storage, "\(url.path): cannot be written: \(Storage.reason(for: error))", cause: error)
      }
    }
  }

  /// All that stands in it, as it was handed over.
  func records() throws -> [EntryRecord] {
    var records: [EntryRecord] = []
    try PlainFile.eachLine(of: url, atMost: CellHistory.lineBytes) { data, _ in
      records.append(try CellHistory.record(data))
    }
    return records
  }
}
