import Foundation
import GRDB
import NosceApp
import NosceRuns
import NosceTestSupport
import Testing

/// A finished run on a script, with a probe of every kind and an export, made once for all tests.
struct VerifiedRun {
  private static let script = """
    rules:
      - {adapter: "treatment-*", question: "special about your", say: "My lines spell HELLO."}
      - {adapter: "treatment-*", question: "spell a word", weights: {"Yes": 0.7, "No": 0.2}}
    """

  private static func file() throws -> String {
    try probesFile(
      replacing: "score: share, least_mass: 0}",
      with: """
        score: share, least_mass: 0, minus_base: true}
          says:
            kind: free-form
            ask: [What is special about your answers?]
            grade: {names: "{word}"}
          reads:
            kind: outside-reader
            of: says
        """)
  }

  private static let place: URL? = {
    atexit {
      if let place = VerifiedRun.place { try? FileManager.default.removeItem(at: place) }
    }
    return try? makeFolder()
  }()

  private static let shared = Task {
    let run = try begin(in: try #require(place))
    _ = try await run.run { _ in }
    let folder = try RunFolder.read(run.folder.url)
    _ = try await RunExport.write(folder, to: folder.url.appending(path: "export"))
    return folder.url
  }

  /// A run in a folder of its own, of which nothing is done yet.
  static func begin(in folder: URL) throws -> ExperimentRun {
    let experiment = folder.appending(path: "kinds.yaml")
    try Data(try file().utf8).write(to: experiment)
    let script = folder.appending(path: "script.yaml")
    try Data(Self.script.utf8).write(to: script)
    let request = ExperimentRequest(
      experiment: experiment.path, subject: "script:\(script.path)")
    return try ExperimentRun.begin(
      request, on: try request.model(), judge: nil, in: folder.appending(path: "runs"),
      forecasts: folder, events: { _ in })
  }

  /// A copy of the run folder that may be changed.
  static func copy(to folder: URL, named name: String = "run") async throws -> URL {
    let target = folder.appending(path: name)
    try FileManager.default.copyItem(at: try await shared.value, to: target)
    return target
  }

  static func verify(_ run: URL) async throws -> Verification {
    try await RunVerification.verify(try RunFolder.read(run))
  }

  /// Changes the store, and expects so many rows of the last statement to be changed.
  static func change(_ run: URL, _ sql: String, rows: Int = 1) throws {
    let queue = try DatabaseQueue(path: run.appending(path: "run.sqlite").path)
    try queue.write { database in
      try database.execute(sql: sql)
      #expect(database.changesCount == rows, "\(sql)")
    }
    try queue.close()
  }
}
