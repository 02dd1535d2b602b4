import Foundation
import GRDB
import NosceCore

/// The fine-tunings that were ordered, by what was ordered, so that none is paid for twice.
extension AnswerJournal {
  /// An order as it stands.
  package struct Order: Sendable, Hashable {
    /// The server's name for the file of rows.
    package var file: String
    /// The server's name for the job; nil where it is not known whether the order got there.
    package var job: String?

    package init(file: String, job: String?) {
      self.file = file
      self.job = job
    }
  }

  /// The server's name for a file with these bytes; nil where there is none.
  package func upload(_ hash: String) async throws -> String? {
    try await perform {
      try String.fetchOne($0, sql: "SELECT file FROM upload WHERE hash = ?", arguments: [hash])
    }
  }

  /// Keeps the server's name for a file; nil forgets it.
  package func keep(upload file: String?, of hash: String) async throws {
    let time = Date().ISO8601Format()
    try await perform { database in
      guard let file else {
        return try database.execute(
          sql: "DELETE FROM upload WHERE hash = ?", arguments: [hash])
      }
      try database.execute(
        sql: "INSERT OR REPLACE INTO upload VALUES (?, ?, ?)", arguments: [hash, file, time])
    }
  }

  package func order(_ hash: String) async throws -> Order? {
    try await perform { database in
      try Row.fetchOne(database, sql: "SELECT file, id FROM job WHERE hash = ?", arguments: [hash])
        .map { Order(file: $0[0], job: $0[1]) }
    }
  }

  /// Keeps an order, before it is sent without its job.
  package func keep(_ order: Order, of hash: String) async throws {
    let time = Date().ISO8601Format()
    try await perform { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO job VALUES (?, ?, ?, ?, NULL, ?)",
        arguments: [hash, order.file, order.job, order.job == nil ? "ordered" : "there", time])
    }
  }

  /// Forgets an order that came to nothing, so that it can be given again.
  package func forget(order hash: String) async throws {
    try await perform {
      try $0.execute(sql: "DELETE FROM job WHERE hash = ?", arguments: [hash])
    }
  }
}
