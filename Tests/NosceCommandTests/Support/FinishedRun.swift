import Foundation
import NosceTestSupport
import Testing

/// A run of the quick experiment that nothing disturbed, made once for all tests.
struct FinishedRun {
  /// Has `quick.yaml` and `runs`.
  var folder: URL
  var run: URL
  /// What `--json` printed.
  var json: String
  var errors: String
  var seconds: Double
  var measurements: Measurements

  private static let place: URL? = {
    atexit {
      if let place = FinishedRun.place { try? FileManager.default.removeItem(at: place) }
    }
    return try? makeFolder()
  }()

  private static let shared = Task {
    let folder = try #require(place)
    try QuickExperiment.write(to: folder)
    let outcome = try await nosce(QuickExperiment.run, in: folder)
    try #require(outcome.ending == .exit(0), "\(outcome.errors)")
    let run = try #require(QuickExperiment.begun(in: folder))
    return FinishedRun(
      folder: folder, run: run, json: outcome.output, errors: outcome.errors,
      seconds: outcome.seconds, measurements: try await Measurements(of: run))
  }

  static func get() async throws -> FinishedRun { try await shared.value }

  /// A copy of the run folder that may be damaged.
  func copy(to folder: URL) throws -> URL {
    let target = folder.appending(path: run.lastPathComponent)
    try FileManager.default.copyItem(at: run, to: target)
    return target
  }
}
