import Foundation
import NosceTestSupport
import Testing

/// What a run came to, without what the clock says, so that two runs can be compared.
struct Measurements: Equatable {
  /// `answers.csv` of the export.
  var answers: String
  /// The files of every adapter.
  var adapters: [String: Data]
  /// The summary, which has the curves too.
  var summary: String

  /// Exports a run, next to it.
  init(of run: URL) async throws {
    let target = run.deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "export-\(run.lastPathComponent)")
    let outcome = try await nosce(["export", run.path, "--out", target.path, "--overwrite"])
    try #require(outcome.ending == .exit(0), "\(outcome.errors)")
    answers = try String(contentsOf: target.appending(path: "answers.csv"), encoding: .utf8)
    adapters = try contents(of: target.appending(path: "adapters"))
    summary = try Self.withoutTimes(try Data(contentsOf: target.appending(path: "summary.json")))
  }

  private static func withoutTimes(_ data: Data) throws -> String {
    var summary = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    summary["seconds"] = nil
    var provenance = try #require(summary["provenance"] as? [String: Any])
    provenance["started"] = nil
    summary["provenance"] = provenance
    let text = try JSONSerialization.data(withJSONObject: summary, options: [.sortedKeys])
    return String(decoding: text, as: UTF8.self)
  }
}

/// Expects two runs to have come to the same; says what differs without printing all of it.
func expectSame(
  _ found: Measurements, _ expected: Measurements,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(found.answers == expected.answers, sourceLocation: sourceLocation)
  #expect(found.summary == expected.summary, sourceLocation: sourceLocation)
  #expect(
    found.adapters.keys.sorted() == expected.adapters.keys.sorted(), sourceLocation: sourceLocation)
  let differing = found.adapters.filter { expected.adapters[$0] != $1 }.keys.sorted()
  #expect(differing.isEmpty, sourceLocation: sourceLocation)
}
