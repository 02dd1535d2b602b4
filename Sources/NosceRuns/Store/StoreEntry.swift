import Foundation
import GRDB
import NoscePorts

/// One thing that a run writes down.
package enum StoreEntry: Sendable {
  case answer(GradedAnswer)
  /// Time that was spent on a unit, added to what it took before.
  case time(PlannedUnit, cell: String, isGate: Bool, ask: Double, grade: Double)
  /// A job that begins; the losses and copies of an earlier one are taken away.
  case job(JobID, cell: String)
  case jobState(JobID, TrainingState, detail: String?)
  case loss(cell: String, step: Int, Double)
  /// A copy of the subject after a step; `served` where it does not lie in the run folder.
  case snapshot(cell: String, step: Int, served: String?, files: [FileHash])
  /// The end of a training; its losses are written as they come. The files are the adapter's.
  case trained(
    cell: String, largestLogitChange: Double?, seconds: Double, served: String?, files: [FileHash])
  /// An adapter that was made of another subject's, in place of an earlier one. The files are its own.
  case derived(
    cell: String, of: String, largestLogitChange: Double?, seconds: Double, served: String?,
    files: [FileHash])
  case failed(CellFailure)
  /// A subject that is tried again.
  case retried(cell: String)
  /// What a reader should know of how the model answered.
  case remark(String)

  static let remarkKind = "remark"

  func write(to database: Database, at date: Date) throws {
    let time = date.ISO8601Format()
    switch self {
    case .answer(let row): try row.insert(into: database)
    case .time(let unit, let cell, let isGate, let ask, let grade):
      try database.execute(
        sql: """
          INSERT INTO unit VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
            ask_seconds = ask_seconds + excluded.ask_seconds,
            grade_seconds = grade_seconds + excluded.grade_seconds
          """,
        arguments: [cell, unit.probe, unit.step, unit.items, isGate, ask, grade])
    case .job(let id, let cell):
      for table in ["loss", "snapshot", "training", "file"] {
        try database.execute(sql: "DELETE FROM \(table) WHERE cell = ?", arguments: [cell])
      }
      try database.execute(
        sql: "INSERT INTO job (cell, name, state, submitted, changed) VALUES (?, ?, ?, ?, ?)",
        arguments: [cell, id.text, TrainingState.queued.rawValue, time, time])
      try event(cell, "train", id.text, database, time)
    case .jobState(let id, let state, let detail):
      try database.execute(
        sql: """
          UPDATE job SET state = ?, changed = ?, detail = ?
          WHERE number = (SELECT MAX(number) FROM job WHERE name = ?)
          """,
        arguments: [state.rawValue, time, detail, id.text])
    case .loss(let cell, let step, let loss):
      try database.execute(
        sql: "INSERT INTO loss VALUES (?, ?, ?)", arguments: [cell, step, loss])
    case .snapshot(let cell, let step, let served, let files):
      for file in files { try file.insert(into: database) }
      try database.execute(
        sql: "INSERT INTO snapshot VALUES (?, ?, ?)", arguments: [cell, step, served])
    case .trained(let cell, let change, let seconds, let served, let files):
      try database.execute(
        sql: "INSERT INTO training VALUES (?, ?, ?, ?)",
        arguments: [cell, served, change, seconds])
      for file in files { try file.insert(into: database) }
      try event(cell, "trained", nil, database, time)
    case .derived(let cell, let source, let change, let seconds, let served, let files):
      for table in ["training", "file"] {
        try database.execute(sql: "DELETE FROM \(table) WHERE cell = ?", arguments: [cell])
      }
      try database.execute(
        sql: "INSERT INTO training VALUES (?, ?, ?, ?)",
        arguments: [cell, served, change, seconds])
      for file in files { try file.insert(into: database) }
      try event(cell, "derived", source, database, time)
    case .failed(let failure):
      try database.execute(
        sql: "INSERT OR REPLACE INTO failure VALUES (?, ?, ?)",
        arguments: [failure.cell, failure.error, time])
      try event(failure.cell, "failed", failure.error, database, time)
    case .retried(let cell):
      try database.execute(sql: "DELETE FROM failure WHERE cell = ?", arguments: [cell])
      try event(cell, "retried", nil, database, time)
    case .remark(let text): try event("", Self.remarkKind, text, database, time)
    }
  }

  private func event(
    _ cell: String, _ kind: String, _ detail: String?, _ database: Database, _ time: String
  ) throws {
    try database.execute(
      sql: "INSERT INTO event (time, cell, kind, detail) VALUES (?, ?, ?, ?)",
      arguments: [time, cell, kind, detail])
  }
}
