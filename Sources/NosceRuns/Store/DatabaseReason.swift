import GRDB
import NosceCore

/// Why SQLite refused, in a few words.
package enum DatabaseReason {
  package static func words(_ error: any Error) -> String {
    guard let error = error as? DatabaseError else { return Storage.reason(for: error) }
    return switch error.resultCode {
    case .SQLITE_FULL: "the disk is full"
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: "it is not writable"
    case .SQLITE_CANTOPEN: "it cannot be opened"
    case .SQLITE_BUSY, .SQLITE_LOCKED: "another process is writing to it"
    case .SQLITE_NOTADB, .SQLITE_CORRUPT: "it is no intact SQLite file"
    // The part of a log that readers share could not grow.
    case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE: "the disk is full"
    case .SQLITE_IOERR:
      "the system could not read or write it (\(error.message ?? ""))"
    default: "SQLite says: \(error.message ?? "\(error.resultCode)")"
    }
  }
}
