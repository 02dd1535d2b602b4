import Foundation
import NosceTestSupport
import Testing

/// Another program, in another language and with other algorithms, comes to the same.
@Suite(
  "Exports computed again by a second implementation",
  .enabled(if: NumpyPython.python.isThere, "\(NumpyPython.python.missing)"))
struct RecomputationTests {
  private func recompute(_ folders: URL...) throws -> (status: Int32, output: String) {
    let script = packageRoot.appending(path: "Tests/recompute/recompute.py")
    return try NumpyPython.run(
      try NumpyPython.python.needed(), [script.path] + folders.map(\.path))
  }

  @Test("Nothing differs", arguments: RecomputedRun.allCases)
  func same(_ run: RecomputedRun) async throws {
    try await withFolder(inMemory: true) { folder in
      let result = try recompute(try await run.export(in: folder))
      #expect(result.status == 0, "\(result.output)")
      #expect(result.output.contains(", 0 differences."), "\(result.output)")
      for words in Self.words(of: run) {
        #expect(result.output.contains(words), "\(words): \(result.output)")
      }
    }
  }

  /// What shows that the run came to what it is there for.
  private static func words(of run: RecomputedRun) -> [String] {
    switch run {
    case .hosts:
      [
        "knows its own (primary): ", "supported, p 0.015625, ", "wrong way (secondary): ",
        "too weak (secondary): not testable", "(failed: weak enough in weak)",
        "both together (association): r ", "10 contrasts and associations",
      ]
    case .noHosts: ["than an untrained one (secondary): ", "13 contrasts and associations"]
    case .missing: ["incomplete", "(missing: sham-recomputed-s2)"]
    case .squares: ["knows its own (primary): ", "knows it well (secondary): "]
    case .exploratory: ["knows its own (primary): exploratory, p 0.125, "]
    case .unfinished: ["knows its own (primary): unfinished\n"]
    }
  }

  /// What somebody did to a column of a table, in its first row that has something there.
  @Test(
    "What was changed in an export is found",
    arguments: [
      ("contrasts", "p", "0.03125", "knows its own, p"),
      ("contrasts", "verdict", "inconclusive", "knows its own, verdict"),
      ("contrasts", "upper", "0.97", "knows its own, upper end"),
      ("contrasts", "adjusted_p", "0.5", "adjusted p"),
      ("floors", "lower", "-0.97", "knows its own, against base (own), lower end"),
      ("floors", "log_odds", "0.5", "knows its own, against base (own), log-odds"),
      ("floors", "ruled_out_beyond", "0.97", "ruled out beyond"),
      ("floors", "seeds", "5", "knows its own, against base (own), seeds"),
      ("associations", "p", "0.125", "both together, p"),
      ("gates", "state", "failed", "live in treatment, gate"),
      ("claims", "comparison", "constant", "knows its own, against base, comparison"),
      ("claims", "smallest_effect", "0.95", "knows its own, verdict"),
      ("gates", "value", "0.25", "live in treatment, value"),
      ("answers", "score", "0.5", "own, seed 1, mean"),
    ])
  func changed(table: String, column: String, value: String, place: String) async throws {
    try await withFolder(inMemory: true) { folder in
      let export = try await RecomputedRun.hosts.export(in: folder)
      try change(export.appending(path: "\(table).csv"), column: column, to: value)
      let result = try recompute(export)
      #expect(result.status == 1, "\(result.output)")
      let named = result.output.split(separator: "\n").filter { $0.hasPrefix("  DIFFERENT ") }
      #expect(named.contains { $0.contains(place) }, "\(result.output)")
    }
  }

  @Test("What is no export is said to be none")
  func unreadable() throws {
    try withFolder { folder in
      let result = try recompute(folder)
      #expect(result.status == 2)
      #expect(result.output.contains("design.csv"), "\(result.output)")
    }
  }

  /// Puts a value into a column's first cell that has one, of a table whose fields have no line breaks.
  private func change(_ file: URL, column: String, to value: String) throws {
    let text = try String(contentsOf: file, encoding: .utf8)
    var lines = text.components(separatedBy: "\r\n")
    let place = try #require(fields(lines[0]).firstIndex(of: column))
    for index in lines.indices.dropFirst() where !lines[index].isEmpty {
      var row = fields(lines[index])
      if row[place].isEmpty { continue }
      #expect(row[place] != value)
      row[place] = value
      lines[index] = row.joined(separator: ",")
      break
    }
    try Data(lines.joined(separator: "\r\n").utf8).write(to: file)
  }

  /// The fields of a line as they are written, with their quotation marks.
  private func fields(_ line: String) -> [String] {
    var fields = [""]
    var isQuoted = false
    for character in line {
      if character == "\"" { isQuoted.toggle() }
      if character == ",", !isQuoted {
        fields.append("")
      } else {
        fields[fields.count - 1].append(character)
      }
    }
    return fields
  }
}
