import Foundation
import Testing

/// Compares text with a file beside the tests; `RECORD_SNAPSHOTS=1` writes the file instead.
enum Snapshot {
  static func expect(
    _ text: String, matches name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Snapshots/\(name).txt")
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      try Data(text.utf8).write(to: file)
      return
    }
    let stored = try String(contentsOf: file, encoding: .utf8)
    #expect(
      text == stored, "differs from Snapshots/\(name).txt; record with RECORD_SNAPSHOTS=1",
      sourceLocation: sourceLocation)
  }
}
