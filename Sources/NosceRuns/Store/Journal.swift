import Foundation
import GRDB
import NosceCore

/// How SQLite keeps a store whole while it is written.
///
/// While a run goes on, changes stand in a write-ahead log, where readers and the writer never wait for
/// each other. When it ends or pauses, the log is folded into the file: what is left is one file that
/// can be read from anywhere. A write-ahead log takes memory that processes share, which network file
/// systems do not have.
enum Journal {
  /// How long the log is tried to be folded in while others read.
  private static let patience = Duration.seconds(5)

  /// Begins a write-ahead log.
  ///
  /// - Returns: why there is none, where a rollback journal is kept instead.
  static func begin(_ queue: DatabaseQueue, _ url: URL) throws -> String? {
    guard LocalDisk.holds(url) else { return "\(url.path) is on a network file system" }
    let mode: String?
    do {
      mode = try queue.inDatabase { try String.fetchOne($0, sql: "PRAGMA journal_mode = WAL") }
    } catch let error as DatabaseError {
      return "\(url.path): \(DatabaseReason.words(error))"
    }
    guard mode == "wal" else { return "\(url.path): SQLite keeps its journal as '\(mode ?? "")'" }
    // A commit is in the file system's hands at once, so that no answer is lost with the process; the
    // disk itself is waited for when the log is folded in.
    try queue.inDatabase { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
    return nil
  }

  /// Folds the log in. Readers come and go, and the last one is waited for.
  ///
  /// - Returns: whether the file stands alone now.
  static func end(_ queue: DatabaseQueue) async throws -> Bool {
    let start = ContinuousClock.now
    while true {
      do {
        let mode = try queue.inDatabase { database in
          try database.execute(sql: "PRAGMA synchronous = FULL")
          return try String.fetchOne(database, sql: "PRAGMA journal_mode = DELETE")
        }
        if mode == "delete" { return true }
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {}
      if ContinuousClock.now - start > patience { return false }
      // Not cut short by a cancelled task: this is how a run that is stopped ends.
      await Task.detached { try? await Task.sleep(for: .milliseconds(7)) }.value
    }
  }
}
