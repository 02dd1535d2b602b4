import Foundation
import GRDB
import NosceCore
import Synchronization

/// Every answer that was ever paid for, in one SQLite file: what is in it is not asked again.
///
/// An answer is given on once it is written, so that a process that is killed has lost no more than
/// what was under way. What comes while something is being written is written with the next, in one
/// transaction, which so has the answers of a few milliseconds.
package final class AnswerJournal: Sendable {
  private struct Inbox {
    var answers: [KeptAnswer] = []
    var waiting: [CheckedContinuation<Void, any Error>] = []
    var isWriting = false
  }

  static let version = 1
  let database: any DatabaseWriter
  package let url: URL
  private let inbox = Mutex(Inbox())

  private static let tables = """
    CREATE TABLE answer (
      key TEXT PRIMARY KEY, model TEXT NOT NULL, body BLOB NOT NULL, input INTEGER NOT NULL,
      output INTEGER NOT NULL, fingerprint TEXT, time TEXT NOT NULL);
    CREATE TABLE named (
      generation TEXT NOT NULL, asked TEXT NOT NULL, answered TEXT NOT NULL,
      PRIMARY KEY (generation, asked)) WITHOUT ROWID;
    CREATE TABLE upload (
      hash TEXT PRIMARY KEY, file TEXT NOT NULL, time TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE job (
      hash TEXT PRIMARY KEY, file TEXT NOT NULL, id TEXT, state TEXT NOT NULL, model TEXT,
      time TEXT NOT NULL) WITHOUT ROWID;
    """

  /// Opens the journal of a folder, or begins one.
  package init(in folder: URL) throws {
    try Storage.makeFolder(folder)
    url = folder.appending(path: "answers.sqlite")
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    do {
      // Processes on several machines cannot share the log that lets readers and writers be.
      if LocalDisk.holds(folder) {
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
        database = try DatabasePool(path: url.path, configuration: configuration)
      } else {
        database = try DatabaseQueue(path: url.path, configuration: configuration)
      }
      try Self.prepare(database, url)
    } catch let error as DatabaseError {
      throw Self.failure(error, url)
    }
  }

  private static func prepare(_ database: any DatabaseWriter, _ url: URL) throws {
    try database.write { database in
      let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
      if found == version { return }
      guard found == 0 else {
        throw LabError(
          .version,
          "\(url.path): found answers of version \(found); allowed: version \(version). Move the file "
            + "away, or use the version of Nosce that wrote it")
      }
      try database.execute(sql: tables)
      try database.execute(sql: "PRAGMA user_version = \(version)")
    }
  }

  static func failure(_ error: DatabaseError, _ url: URL) -> LabError {
    let reason =
      switch error.resultCode {
      case .SQLITE_FULL: "the disk is full"
      case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: "it is not writable"
      case .SQLITE_CANTOPEN: "it cannot be opened"
      case .SQLITE_BUSY, .SQLITE_LOCKED: "another process is writing to it"
      case .SQLITE_NOTADB, .SQLITE_CORRUPT: "it is no intact SQLite file"
      default: "SQLite says: \(error.message ?? "\(error.resultCode)")"
      }
    return LabError(.storage, "\(url.path): \(reason)", cause: error)
  }

  func perform<Value: Sendable>(
    _ body: @Sendable @escaping (Database) throws -> Value
  ) async throws -> Value {
    do {
      return try await database.write(body)
    } catch let error as DatabaseError {
      throw Self.failure(error, url)
    }
  }

  // MARK: Answers

  /// The bytes of an answer; nil where it was not given yet.
  package func answer(_ key: AnswerKey) async throws -> Data? {
    do {
      return try await database.read { database in
        try Data.fetchOne(
          database, sql: "SELECT body FROM answer WHERE key = ?", arguments: [key.text])
      }
    } catch let error as DatabaseError {
      throw Self.failure(error, url)
    }
  }

  /// Keeps an answer; it is written when this returns.
  package func keep(_ answer: KeptAnswer) async throws {
    try await withCheckedThrowingContinuation { continuation in
      let isFirst = inbox.withLock { inbox in
        inbox.answers.append(answer)
        inbox.waiting.append(continuation)
        defer { inbox.isWriting = true }
        return !inbox.isWriting
      }
      if isFirst { Task.detached { await self.write() } }
    }
  }

  /// Writes what waits, until nothing does.
  private func write() async {
    while true {
      let (answers, waiting) = inbox.withLock { inbox in
        let now = (inbox.answers, inbox.waiting)
        inbox.answers = []
        inbox.waiting = []
        // Whoever comes next begins to write again.
        if now.1.isEmpty { inbox.isWriting = false }
        return now
      }
      if waiting.isEmpty { return }
      let time = Date().ISO8601Format()
      let result: Result<Void, any Error>
      do {
        try await perform { database in
          for answer in answers {
            try database.execute(
              sql: "INSERT OR IGNORE INTO answer VALUES (?, ?, ?, ?, ?, ?, ?)",
              arguments: [
                answer.key.text, answer.model, answer.body, answer.usage.input,
                answer.usage.output, answer.fingerprint, time,
              ])
          }
        }
        result = .success(())
      } catch {
        result = .failure(error)
      }
      for continuation in waiting { continuation.resume(with: result) }
    }
  }

  /// How many answers there are.
  package func count() async throws -> Int {
    try await perform { try Int.fetchOne($0, sql: "SELECT count(*) FROM answer") ?? 0 }
  }

  // MARK: Names

  /// The name that a server answers with where a model is asked for: the first that it gave, however
  /// long ago.
  package func name(
    of asked: String, generation: String, orNow answered: String
  ) async throws -> String {
    try await perform { database in
      try database.execute(
        sql: "INSERT OR IGNORE INTO named VALUES (?, ?, ?)",
        arguments: [generation, asked, answered])
      return try String.fetchOne(
        database, sql: "SELECT answered FROM named WHERE generation = ? AND asked = ?",
        arguments: [generation, asked]) ?? answered
    }
  }

  /// The configurations that answered when a model was asked, by how often.
  package func fingerprints(of model: String) async throws -> [String: Int] {
    try await perform { database in
      let rows = try Row.fetchAll(
        database,
        sql: "SELECT fingerprint, count(*) FROM answer WHERE model = ? "
          + "AND fingerprint IS NOT NULL GROUP BY fingerprint",
        arguments: [model])
      return Dictionary(
        rows.map { ($0[0] as String, $0[1] as Int) }, uniquingKeysWith: { first, _ in first })
    }
  }
}
