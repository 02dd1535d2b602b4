import Foundation
import NosceLab

/// What was asked for on the command line, kept in the run folder as `request.json`.
struct RunRequest: Codable {
  /// The command that repeats the run.
  var command: String
  /// What `--subject` was, in a form that means the same wherever the run is resumed.
  var subject: String
  /// What `--judge` was, in such a form.
  var judge: String?

  private static func url(in folder: URL) -> URL { folder.appending(path: "request.json") }

  func write(to folder: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try Storage.write(try encoder.encode(self), to: Self.url(in: folder))
  }

  /// A folder that was made without the command line is asked for by what its plan says.
  static func read(in folder: RunFolder) throws -> RunRequest {
    let url = url(in: folder.url)
    guard FileManager.default.fileExists(atPath: url.path) else {
      return RunRequest(
        command: "nosce run \(folder.plan.experiment.name)", subject: folder.plan.model.name)
    }
    do {
      return try JSONDecoder().decode(RunRequest.self, from: try Storage.read(url))
    } catch let error as DecodingError {
      throw LabError(
        .storage, "\(url.path): found no request (\(error)); allowed: command, subject")
    }
  }
}
