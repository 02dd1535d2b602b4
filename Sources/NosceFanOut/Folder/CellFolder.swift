import Foundation
import NosceCore
import NosceRows
import NosceRuns

/// The folder of one line: what it is given, and what its worker leaves.
///
///     plan.json        the line's subjects, with rows and settings
///     rows.jsonl       the rows of the first as conversations, for whoever reads along
///     attempts/N.jsonl what the worker wrote down, a file for each time that it was started
///     adapters/        of the subjects that are trained; snapshots/ along the way
///     result-HASH.jsonl all of it, once it is whole
///     done.json        says so, and names it
///     claim.json       who works on it now
package struct CellFolder: Sendable {
  package let url: URL

  init(_ url: URL) { self.url = url }

  var plan: URL { url.appending(path: "plan.json") }
  var rows: URL { url.appending(path: "rows.jsonl") }
  var attempts: URL { url.appending(path: "attempts") }
  private var adapters: URL { url.appending(path: "adapters") }
  private var snapshots: URL { url.appending(path: "snapshots") }
  var marker: URL { url.appending(path: "done.json") }
  var claim: URL { url.appending(path: "claim.json") }
  var lock: URL { url.appending(path: "cell.lock") }

  /// Writes what is handed out, and returns the SHA-256 of the plan.
  func write(_ part: Plan) throws -> String {
    try Storage.makeFolder(url)
    let data = try CellLine.encoder.encode(part)
    try Storage.write(data, to: plan)
    if let training = part.cells.first?.training {
      try Storage.write(try Self.text(of: training.rows), to: rows)
    }
    return ContentHash.of(data)
  }

  /// Refuses links at the names that a worker writes to: they could lead anywhere.
  func requireNoLinks() throws(LabError) {
    for place in [attempts, claim, lock, marker, adapters, snapshots] {
      var facts = stat()
      if lstat(place.path, &facts) == 0, facts.st_mode & S_IFMT == S_IFLNK {
        throw LabError(
          .storage, "\(place.path): found a link; allowed: a file or a folder in its folder")
      }
    }
  }

  /// The plan as it was handed out.
  func read(_ line: CellLine) throws -> Plan {
    let data = try PlainFile.data(plan, atMost: 1 << 30)
    guard ContentHash.of(data) == line.plan else {
      throw LabError(
        .version,
        "\(plan.path): found a plan that was changed since it was handed out; allowed: the one that "
          + "cells.jsonl names")
    }
    do {
      return try JSONDecoder().decode(Plan.self, from: data)
    } catch {
      throw LabError(
        .version, "\(plan.path): found no plan of this version: \(error)", cause: error)
    }
  }

  private struct Message: Encodable {
    var role: String
    var content: String
  }

  private static func text(of rows: [TrainingRow]) throws -> Data {
    var text = Data()
    for row in rows {
      let line: Data
      if let chat = row.chat {
        line = try CellLine.encoder.encode([
          "messages": chat.map { Message(role: $0.role.rawValue, content: $0.content) }
        ])
      } else {
        line = try CellLine.encoder.encode(["text": row.text])
      }
      text += line + Data([UInt8(ascii: "\n")])
    }
    return text
  }
}
