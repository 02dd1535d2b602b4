import Foundation
import NosceCore

/// `done.json`: that a line is whole, and where what it came to lies.
package struct DoneMarker: Codable, Sendable, Hashable {
  static let schema = "nosce-cell-1"

  package var schema: String
  /// The version of Nosce that carried it out.
  package var version: String
  /// The content hash of the run's plan, and the SHA-256 of the line's.
  package var plan: String
  package var part: String
  /// The file of what it came to, its bytes and its SHA-256.
  package var result: String
  package var bytes: Int
  package var hash: String
  /// Where it was carried out, on what and in which numbers.
  package var node: String
  package var machine: String
  package var precision: String
  /// Seconds since 1970 by the clock there, when the last stretch of work ended.
  package var ended: Double

  static func resultName(_ hash: String) -> String { "result-\(hash.prefix(16)).jsonl" }

  /// The marker of a line, checked against what was handed out; nil where there is none.
  static func read(
    _ cell: CellFolder, _ line: CellLine, _ header: FanOutFolder.Header
  ) throws
    -> DoneMarker?
  {
    var facts = stat()
    guard lstat(cell.marker.path, &facts) == 0 else { return nil }
    try PlainFile.requireNoLinks([cell.marker.lastPathComponent], in: cell.url)
    let marker: DoneMarker = try PlainFile.json(
      cell.marker, atMost: FanOutFolder.noteBytes, what: "what was done")
    func failure(_ found: String, _ allowed: String) -> LabError {
      LabError(.version, "\(cell.marker.path): found \(found); allowed: \(allowed)")
    }
    guard marker.schema == schema, marker.version == header.version else {
      throw failure(
        "'\(marker.schema)' of Nosce \(marker.version)", "'\(schema)' of Nosce \(header.version)")
    }
    guard marker.plan == header.plan, marker.part == line.plan else {
      throw failure(
        "what was done of another plan (\(marker.plan.prefix(12)), \(marker.part.prefix(12)))",
        "this one (\(header.plan.prefix(12)), \(line.plan.prefix(12)))")
    }
    guard marker.result == resultName(marker.hash), marker.bytes >= 0,
      (0...32_503_680_000).contains(marker.ended)
    else {
      throw failure(
        "a file '\(marker.result.prefix(80))', or a time that cannot be",
        "a result by its hash, with the times of a machine")
    }
    return marker
  }

  /// The marker of a line that is whole; nil where there is none, or where what it names is not there.
  static func whole(
    _ cell: CellFolder, _ line: CellLine, _ header: FanOutFolder.Header
  ) throws -> DoneMarker? {
    guard let marker = try read(cell, line, header) else { return nil }
    var facts = stat()
    guard lstat(cell.url.appending(path: marker.result).path, &facts) == 0,
      facts.st_mode & S_IFMT == S_IFREG, Int(facts.st_size) == marker.bytes
    else { return nil }
    return marker
  }
}
