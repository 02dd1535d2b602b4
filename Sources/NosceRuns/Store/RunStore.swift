import Foundation
import GRDB
import NosceCore

/// The rows of a run, in one SQLite file.
///
/// A unit, which is one probe put to one subject, is written with all its measurements in one
/// transaction or not at all, and only once. So a run that was killed has lost nothing but the
/// units it was at, and finds out which by asking.
package actor RunStore {
  /// Changes whenever a file of another version could not be read.
  package static let version = 1

  /// The time that one unit took.
  package struct UnitTime: Sendable, Hashable {
    /// Whether the unit belongs to a gate.
    package var isGate: Bool
    package var ask: Double
    package var grade: Double

    package init(isGate: Bool, ask: Double, grade: Double) {
      self.isGate = isGate
      self.ask = ask
      self.grade = grade
    }
  }

  private let queue: DatabaseQueue
  private let path: String
  private let beforeCommit: @Sendable (Int) throws -> Void
  private var writes = 0
  private var session: (id: Int64, started: ContinuousClock.Instant)?

  /// Makes a store in a new file.
  ///
  /// - Parameter beforeCommit: called with the number of the write at the end of each transaction;
  ///   throwing rolls the transaction back. Tests kill a run with it at any write.
  package static func create(
    _ url: URL, beforeCommit: @escaping @Sendable (Int) throws -> Void = { _ in }
  ) throws -> RunStore {
    let store = try RunStore(url, isReadOnly: false, beforeCommit: beforeCommit)
    try store.perform { queue in
      try queue.write { database in
        try database.execute(sql: RunStore.tables)
        try database.execute(sql: "PRAGMA user_version = \(RunStore.version)")
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
    func opened(isReadOnly: Bool) throws -> (RunStore, Int) {
      let store = try RunStore(url, isReadOnly: isReadOnly, beforeCommit: beforeCommit)
      return (store, try store.fileVersion())
    }
    let (store, found): (RunStore, Int)
    do {
      (store, found) = try opened(isReadOnly: isReadOnly)
    } catch  where isReadOnly {
      // A run that was killed while writing leaves a transaction to be undone, which takes
      // a connection that may write.
      (store, found) = try opened(isReadOnly: false)
    }
    guard found == version else {
      throw LabError(
        .version,
        "\(url.path): found a store of version \(found); allowed: version \(version). Use the "
          + "version of Nosce that wrote it, or start a new run")
    }
    return store
  }

  private nonisolated func fileVersion() throws -> Int {
    try perform { queue in
      try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
    }
  }

  private init(
    _ url: URL, isReadOnly: Bool, beforeCommit: @escaping @Sendable (Int) throws -> Void
  ) throws {
    path = url.path
    self.beforeCommit = beforeCommit
    var configuration = Configuration()
    configuration.readonly = isReadOnly
    configuration.busyMode = .timeout(5)
    do {
      queue = try DatabaseQueue(path: url.path, configuration: configuration)
    } catch {
      throw LabError(.storage, "\(url.path): \(DatabaseReason.words(error))", cause: error)
    }
  }

  private static let tables = """
    CREATE TABLE subject (
      cell TEXT PRIMARY KEY, losses TEXT NOT NULL, largest_logit_change REAL NOT NULL,
      seconds REAL NOT NULL) WITHOUT ROWID;
    CREATE TABLE unit (
      cell TEXT NOT NULL, probe TEXT NOT NULL, step INTEGER NOT NULL, items INTEGER NOT NULL,
      is_gate INTEGER NOT NULL, ask_seconds REAL NOT NULL, grade_seconds REAL NOT NULL,
      PRIMARY KEY (cell, probe, step)) WITHOUT ROWID;
    CREATE TABLE measurement (
      cell TEXT NOT NULL, probe TEXT NOT NULL, step INTEGER NOT NULL, item INTEGER NOT NULL,
      paraphrase INTEGER NOT NULL, sample INTEGER NOT NULL, messages TEXT NOT NULL, prefill TEXT,
      answer TEXT, outcome TEXT NOT NULL, score REAL, detail TEXT,
      PRIMARY KEY (cell, probe, step, item),
      FOREIGN KEY (cell, probe, step) REFERENCES unit (cell, probe, step)) WITHOUT ROWID;
    CREATE TABLE session (
      id INTEGER PRIMARY KEY, started TEXT NOT NULL, seconds REAL NOT NULL);
    """

  // MARK: Writing

  /// Begins a stretch of work; its duration is kept up to date with every write.
  package func beginSession(date: Date = Date()) throws {
    let id = try write { database in
      try database.execute(
        sql: "INSERT INTO session (started, seconds) VALUES (?, 0)",
        arguments: [date.ISO8601Format()])
      return database.lastInsertedRowID
    }
    session = (id, .now)
  }

  package func record(_ record: TrainingRecord) throws {
    let losses = try Self.json(record.losses)
    try write { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO subject VALUES (?, ?, ?, ?)",
        arguments: [record.cell, losses, record.largestLogitChange, record.seconds])
    }
  }

  /// Writes a unit as a whole. A unit that is already there is an error.
  package func record(
    _ unit: PlannedUnit, of cell: String, measurements: [GradedAnswer], time: UnitTime
  ) throws {
    guard measurements.count == unit.items else {
      throw LabError(
        .backend,
        "\(cell), \(unit.probe): found \(measurements.count) answers; allowed: \(unit.items), as "
          + "planned")
    }
    let messages = try measurements.map { try Self.json($0.messages) }
    try write { database in
      try database.execute(
        sql: "INSERT INTO unit VALUES (?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          cell, unit.probe, unit.step, unit.items, time.isGate, time.ask, time.grade,
        ])
      for (row, messages) in zip(measurements, messages) {
        try database.execute(
          sql: "INSERT INTO measurement VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          arguments: [
            row.cell, row.probe, row.step, row.item, row.paraphrase, row.sample, messages,
            row.prefill, row.answer, row.outcome.kind.rawValue, row.score, row.detail,
          ])
      }
    }
  }

  private func write<Value: Sendable>(
    _ body: @Sendable (Database) throws -> Value
  ) throws -> Value {
    writes += 1
    let (number, check) = (writes, beforeCommit)
    let time = session.map { ($0.id, Self.seconds(since: $0.started)) }
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

  // MARK: Reading

  package func trainingRecords() throws -> [TrainingRecord] {
    try perform { queue in
      try queue.read { database in
        try Row.fetchAll(database, sql: "SELECT * FROM subject ORDER BY cell").map { row in
          TrainingRecord(
            cell: row["cell"], losses: try Self.value(row["losses"]),
            largestLogitChange: row["largest_logit_change"], seconds: row["seconds"])
        }
      }
    }
  }

  /// The units that are there, as pairs of probe and step for each subject.
  package func finishedUnits() throws -> [String: Set<UnitKey>] {
    try perform { queue in
      try queue.read { database in
        var units: [String: Set<UnitKey>] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT cell, probe, step FROM unit") {
          units[row["cell"], default: []].insert(UnitKey(probe: row["probe"], step: row["step"]))
        }
        return units
      }
    }
  }

  /// The measurements of one unit or of the whole run, in a fixed order.
  package func measurements(
    cell: String? = nil, probe: String? = nil, step: Int? = nil
  ) throws -> [GradedAnswer] {
    try perform { queue in
      try queue.read { database in
        let sql = """
          SELECT * FROM measurement
          WHERE (?1 IS NULL OR cell = ?1) AND (?2 IS NULL OR probe = ?2)
            AND (?3 IS NULL OR step = ?3)
          ORDER BY cell, probe, step, item
          """
        return try Row.fetchAll(database, sql: sql, arguments: [cell, probe, step])
          .map(GradedAnswer.init(row:))
      }
    }
  }

  /// Seconds by stage: train, gate, ask, grade and, over all sessions, total.
  package func seconds() throws -> [String: Double] {
    try perform { queue in
      try queue.read { database in
        func sum(_ sql: String) throws -> Double { try Double.fetchOne(database, sql: sql) ?? 0 }
        return [
          "train": try sum("SELECT SUM(seconds) FROM subject"),
          "gate": try sum("SELECT SUM(ask_seconds) FROM unit WHERE is_gate"),
          "ask": try sum("SELECT SUM(ask_seconds) FROM unit WHERE NOT is_gate"),
          "grade": try sum("SELECT SUM(grade_seconds) FROM unit"),
          "total": try sum("SELECT SUM(seconds) FROM session"),
        ]
      }
    }
  }

  // MARK: Helpers

  private nonisolated func perform<Value>(_ body: (DatabaseQueue) throws -> Value) throws -> Value {
    do {
      return try body(queue)
    } catch let error as DatabaseError {
      throw LabError(.storage, "\(path): \(DatabaseReason.words(error))", cause: error)
    }
  }

  private static func seconds(since start: ContinuousClock.Instant) -> Double {
    (ContinuousClock.now - start) / .seconds(1)
  }

  private static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  fileprivate static func value<Value: Decodable>(_ json: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(json.utf8))
  }
}

extension GradedAnswer {
  fileprivate init(row: Row) throws {
    let name: String = row["outcome"]
    let score: Double? = row["score"]
    guard let outcome = Outcome.Kind(rawValue: name).flatMap({ Outcome($0, score: score) }) else {
      throw LabError(
        .version,
        "run.sqlite: found the outcome '\(name)' \(score == nil ? "without" : "with") a score; "
          + "allowed: \(Outcome.Kind.allCases.map(\.rawValue).joined(separator: ", ")), and a score "
          + "with scored alone")
    }
    self.init(
      cell: row["cell"], probe: row["probe"], step: row["step"], item: row["item"],
      paraphrase: row["paraphrase"], sample: row["sample"],
      messages: try RunStore.value(row["messages"]), prefill: row["prefill"],
      answer: row["answer"], outcome: outcome, detail: row["detail"])
  }
}
