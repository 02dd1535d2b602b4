import Foundation
import GRDB
import NosceCore
import Synchronization

/// The rows of a run, in one SQLite file.
///
/// Every answer is written as it comes and only once, and so are losses and events. What comes while
/// an earlier entry is being written is written with the next, in one transaction. So a run that was
/// killed has lost nothing but the last moment, and finds out what is left by asking.
package actor RunStore {
  /// What waits to be written.
  private struct Inbox {
    var entries: [StoreEntry] = []
    var isScheduled = false
  }

  let queue: DatabaseQueue
  let url: URL
  private let copy: StoreCopy?
  /// Whether it is a file; one in memory is kept by whoever made it.
  private let isFile: Bool
  private let keep: @Sendable ([EntryRecord]) throws -> Void
  private let beforeCommit: @Sendable (Int) throws -> Void
  private let inbox = Mutex(Inbox())
  private var writes = 0
  private var session: (id: Int64, started: ContinuousClock.Instant)?
  /// The first write that failed. What comes later is not tried: it could hide what is missing.
  private var failure: (any Error)?

  /// Makes a store in a new file, which has its tables from the moment that it is there.
  ///
  /// - Parameter files: the frozen files of the run with their hashes.
  /// - Parameter beforeCommit: called with the number of the write at the end of each transaction;
  ///   throwing rolls the transaction back. Tests kill a run with it at any write.
  package static func create(
    _ url: URL, files: [String: String] = [:],
    beforeCommit: @escaping @Sendable (Int) throws -> Void = { _ in }
  ) throws -> RunStore {
    let draft = url.deletingLastPathComponent()
      .appending(path: ".\(url.lastPathComponent).draft")
    let empty = try RunStore(draft, isReadOnly: false)
    try empty.perform { queue in
      try queue.write { database in
        try StoreSchema.make(in: database)
        for (name, hash) in files { try FileHash(name: name, hash: hash).insert(into: database) }
      }
      try queue.close()
    }
    try Storage.move(draft, to: url)
    return try RunStore(url, isReadOnly: false, beforeCommit: beforeCommit)
  }

  /// A store in memory, which is kept as lines by whoever makes it: for workers on many machines that
  /// share a file system, on which SQLite cannot be written by several.
  ///
  /// - Parameters:
  ///   - url: what errors name.
  ///   - earlier: what was kept before.
  ///   - keep: called with what is written, in order; throwing refuses it.
  package static func inMemory(
    _ url: URL, earlier: [EntryRecord], keep: @escaping @Sendable ([EntryRecord]) throws -> Void
  ) throws -> RunStore {
    let store = try RunStore(url, isReadOnly: false, isFile: false, keep: keep)
    try store.perform { queue in
      try queue.write { database in
        try StoreSchema.make(in: database)
        for record in earlier { try record.entry.write(to: database, at: record.time) }
      }
    }
    return store
  }

  /// Opens the store of an earlier run, and refuses one of another version.
  package static func open(
    _ url: URL, isReadOnly: Bool = false,
    beforeCommit: @escaping @Sendable (Int) throws -> Void = { _ in }
  ) throws -> RunStore {
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw LabError(.storage, "\(url.path): there is no such file")
    }
    let store =
      try isReadOnly
      ? reading(url) : RunStore(url, isReadOnly: false, beforeCommit: beforeCommit)
    let found = try store.fileVersion()
    let allowed = isReadOnly ? StoreSchema.readableVersions : [StoreSchema.version]
    guard allowed.contains(found) else {
      throw LabError(
        .version,
        "\(url.path): found a store of version \(found); allowed: version "
          + "\(allowed.map { "\($0)" }.joined(separator: " or ")). Use the "
          + "version of Nosce that wrote it, or start a new run")
    }
    return store
  }

  /// A store that is only read: where it lies, or where that cannot be done, such as a run that was
  /// killed and then moved to read-only media, in a copy.
  private static func reading(_ url: URL) throws -> RunStore {
    func opened(
      _ store: @autoclosure () throws -> RunStore
    ) throws -> RunStore {
      let store = try store()
      _ = try store.fileVersion()
      return store
    }
    do {
      return try opened(RunStore(url, isReadOnly: true))
    } catch {
      // A run that was killed while writing leaves a transaction to be undone or a log to be folded
      // in, which takes a connection that may write.
      if let store = try? opened(RunStore(url, isReadOnly: false)) { return store }
      guard let copy = try? StoreCopy(of: url),
        let store = try? opened(RunStore(copy.store, isReadOnly: false, copy: copy))
      else { throw error }
      return store
    }
  }

  nonisolated func fileVersion() throws -> Int {
    try perform { queue in
      try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
    }
  }

  private init(
    _ url: URL, isReadOnly: Bool, copy: StoreCopy? = nil, isFile: Bool = true,
    keep: @escaping @Sendable ([EntryRecord]) throws -> Void = { _ in },
    beforeCommit: @escaping @Sendable (Int) throws -> Void = { _ in }
  ) throws {
    self.url = url
    self.copy = copy
    self.isFile = isFile
    self.keep = keep
    self.beforeCommit = beforeCommit
    var configuration = Configuration()
    configuration.readonly = isReadOnly
    configuration.busyMode = .timeout(10)
    do {
      queue =
        try isFile
        ? DatabaseQueue(path: url.path, configuration: configuration)
        : DatabaseQueue(configuration: configuration)
    } catch {
      throw LabError(.storage, "\(url.path): \(DatabaseReason.words(error))", cause: error)
    }
  }

  // MARK: Sessions

  /// Begins a stretch of work; its duration is kept up to date with every write.
  ///
  /// - Returns: what a person should know, such as why readers may have to wait.
  package func beginSession(date: Date = Date()) throws -> String? {
    let refusal = isFile ? try perform { queue in try Journal.begin(queue, url) } : nil
    let id = try write { database in
      try database.execute(
        sql: "INSERT INTO session (started, seconds) VALUES (?, 0)",
        arguments: [date.ISO8601Format()])
      return database.lastInsertedRowID
    }
    session = (id, .now)
    return refusal.map {
      "\($0): no write-ahead log is kept, and whoever reads the run while it goes on may wait"
    }
  }

  /// Ends a stretch of work: writes what waits, and leaves one file.
  ///
  /// - Returns: what a person should know, where others kept the file from being one.
  package func endSession() async throws -> String? {
    defer { session = nil }
    let written = Result { try drain() }
    let isAlone = isFile ? try await Journal.end(queue) : true
    try written.get()
    if isAlone { return nil }
    return
      "\(url.path): another process reads it, so its log stays beside it until it is next opened"
  }

  // MARK: Writing

  /// Hands over something to be written, soon and in the order in which it came. Whether it could be is
  /// known after ``drain()``.
  package nonisolated func submit(_ entry: StoreEntry) {
    let isFirst = inbox.withLock { inbox in
      inbox.entries.append(entry)
      defer { inbox.isScheduled = true }
      return !inbox.isScheduled
    }
    // An error is kept for whoever asks whether all was written.
    if isFirst { Task { try? await drain() } }
  }

  /// Writes everything that was handed over, and fails where any of it could not be written.
  package func drain() throws {
    let entries = inbox.withLock { inbox in
      defer { inbox = Inbox() }
      return inbox.entries
    }
    if let failure { throw failure }
    if entries.isEmpty { return }
    let date = Date()
    let records = entries.map { EntryRecord($0, at: date) }
    do {
      try write { [keep] database in
        for record in records { try record.entry.write(to: database, at: record.time) }
        try keep(records)
      }
    } catch {
      failure = error
      throw error
    }
  }

  /// Takes in what a worker has written, in one transaction, as a stretch of work of its own.
  ///
  /// - Parameters:
  ///   - started: ISO 8601.
  ///   - seconds: what the worker took.
  package func merge(_ records: [EntryRecord], started: String, seconds: Double) throws {
    if let failure { throw failure }
    try write { database in
      try database.execute(
        sql: "INSERT INTO session (started, seconds) VALUES (?, ?)",
        arguments: [started, seconds])
      for record in records { try record.entry.write(to: database, at: record.time) }
    }
  }

  private func write<Value: Sendable>(
    _ body: @Sendable (Database) throws -> Value
  ) throws -> Value {
    writes += 1
    let (number, check) = (writes, beforeCommit)
    let time = session.map { ($0.id, ($0.started.duration(to: .now)) / .seconds(1)) }
    return try perform { queue in
      try queue.write { database in
        let value = try body(database)
        if let (id, seconds) = time {
          try database.execute(
            sql: "UPDATE session SET seconds = ? WHERE id = ?", arguments: [seconds, id])
        }
        try check(number)
        return value
      }
    }
  }

  nonisolated func perform<Value>(_ body: (DatabaseQueue) throws -> Value) throws -> Value {
    do {
      return try body(queue)
    } catch let error as DatabaseError {
      throw LabError(.storage, "\(url.path): \(DatabaseReason.words(error))", cause: error)
    }
  }
}
