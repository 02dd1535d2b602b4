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

  /// Begins the next attempt.
  init(_ cell: CellFolder) throws {
    try Storage.makeFolder(cell.attempts)
    var number = (try CellHistory.numbers(in: cell).last ?? 0) + 1
    while true {
      let url = cell.attempt(number)
      let descriptor = open(url.path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o644)
      if descriptor >= 0 {
        self.url = url
        handle = Mutex(FileHandle(fileDescriptor: descriptor, closeOnDealloc: true))
        return
      }
      guard errno == EEXIST else { throw Storage.failure(url, "written", code: errno) }
      number += 1
    }
  }

  /// Writes entries, all of them or none that counts: a line without its end is none.
  func keep(_ records: [EntryRecord]) throws {
    var text = Data()
    for record in records { text += try record.line() + Data([UInt8(ascii: "\n")]) }
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
}
