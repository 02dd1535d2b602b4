import GRDB
import NosceCore
import NoscePorts

extension RunStore {
  /// What every subject's training came to.
  package func trainingRecords() throws -> [TrainingRecord] {
    try perform { queue in
      try queue.read { database in
        if try isFirstVersion(database) {
          return try Row.fetchAll(database, sql: "SELECT * FROM subject ORDER BY cell").map { row in
            TrainingRecord(
              cell: row["cell"], losses: try StoredText.value(row["losses"]),
              largestLogitChange: row["largest_logit_change"], seconds: row["seconds"])
          }
        }
        let losses = try self.losses(database)
        return try Row.fetchAll(database, sql: "SELECT * FROM training ORDER BY cell").map { row in
          TrainingRecord(
            cell: row["cell"], losses: losses[row["cell"]] ?? [],
            largestLogitChange: row["largest_logit_change"], seconds: row["seconds"],
            served: row["adapter"])
        }
      }
    }
  }

  /// The losses of every training so far, also of those that are not at their end.
  package func losses() throws -> [String: [Double]] {
    try perform { queue in
      try queue.read { try isFirstVersion($0) ? [:] : try losses($0) }
    }
  }

  private nonisolated func losses(_ database: Database) throws -> [String: [Double]] {
    var losses: [String: [Double]] = [:]
    for row in try Row.fetchAll(database, sql: "SELECT cell, loss FROM loss ORDER BY cell, step") {
      losses[row["cell"], default: []].append(row["loss"])
    }
    return losses
  }

  /// The files that were hashed when they were written, in the order of their names; none in stores
  /// that were made before hashes were kept.
  package nonisolated func files() throws -> [FileHash] {
    try perform { queue in
      try queue.read { database in
        guard try database.tableExists("file") else { return [] }
        return try Row.fetchAll(database, sql: "SELECT * FROM file ORDER BY name").map {
          FileHash(name: $0["name"], cell: $0["cell"], hash: $0["hash"])
        }
      }
    }
  }

  /// Whether the store is of this version, so that a run can go on in it.
  package nonisolated var isCurrent: Bool { (try? fileVersion()) == StoreSchema.version }

  /// Whether the store is of a version that keeps what each grade is made of.
  package nonisolated func keepsEvidence() throws -> Bool {
    try fileVersion() >= StoreSchema.firstWithEvidence
  }

  /// Every job that was submitted, in order.
  package func jobs() throws -> [JobRecord] {
    try perform { queue in
      try queue.read { database in
        if try isFirstVersion(database) { return [] }
        return try Row.fetchAll(database, sql: "SELECT * FROM job ORDER BY number").map { row in
          let state: String = row["state"]
          return JobRecord(
            cell: row["cell"], name: row["name"], state: TrainingState(rawValue: state) ?? .failed,
            submitted: row["submitted"], changed: row["changed"], detail: row["detail"])
        }
      }
    }
  }

  /// The copies along the way that are kept, by subject and step, with the names of those that are
  /// served.
  func snapshots() throws -> [String: [Int: String?]] {
    try perform { queue in
      try queue.read { database in
        var steps: [String: [Int: String?]] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT * FROM snapshot") {
          let served: String? = row["adapter"]
          steps[row["cell"], default: [:]].updateValue(served, forKey: row["step"])
        }
        return steps
      }
    }
  }

  /// The subjects that ended before all of them was measured.
  package func failures() throws -> [CellFailure] {
    try perform { queue in
      try queue.read { database in
        if try isFirstVersion(database) { return [] }
        return try Row.fetchAll(database, sql: "SELECT * FROM failure ORDER BY cell").map {
          CellFailure(cell: $0["cell"], error: $0["error"])
        }
      }
    }
  }

  /// What was noted of how the model answered, once each, in the order of its first time.
  package func remarks() throws -> [String] {
    try perform { queue in
      try queue.read { database in
        if try isFirstVersion(database) { return [] }
        return try String.fetchAll(
          database,
          sql: "SELECT detail FROM event WHERE kind = ? GROUP BY detail ORDER BY MIN(number)",
          arguments: [StoreEntry.remarkKind])
      }
    }
  }

  /// The items that are answered, by subject and unit.
  func answeredItems() throws -> [String: [UnitKey: Set<Int>]] {
    try perform { queue in
      try queue.read { database in
        var units: [String: [UnitKey: Set<Int>]] = [:]
        let sql = "SELECT cell, probe, step, item FROM measurement"
        let rows = try Row.fetchCursor(database, sql: sql)
        while let row = try rows.next() {
          let key = UnitKey(probe: row["probe"], step: row["step"])
          units[row["cell"], default: [:]][key, default: []].insert(row["item"])
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
  ///
  /// Subjects that are worked on side by side have a clock each: together they may come to more than
  /// the time that passed.
  package func seconds() throws -> [String: Double] {
    try perform { queue in
      try queue.read { database in
        func sum(_ sql: String) throws -> Double { try Double.fetchOne(database, sql: sql) ?? 0 }
        let trainings = try isFirstVersion(database) ? "subject" : "training"
        return [
          "train": try sum("SELECT SUM(seconds) FROM \(trainings)"),
          "gate": try sum("SELECT SUM(ask_seconds) FROM unit WHERE is_gate"),
          "ask": try sum("SELECT SUM(ask_seconds) FROM unit WHERE NOT is_gate"),
          "grade": try sum("SELECT SUM(grade_seconds) FROM unit"),
          "total": try sum("SELECT SUM(seconds) FROM session"),
        ]
      }
    }
  }

  private nonisolated func isFirstVersion(_ database: Database) throws -> Bool {
    try Int.fetchOne(database, sql: "PRAGMA user_version") == 1
  }
}
