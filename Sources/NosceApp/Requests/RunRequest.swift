import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRuns
import NosceText

/// What was asked for, kept in the run folder as `request.json`.
package struct RunRequest: Codable, Sendable {
  /// The command that repeats the run.
  package var command: String
  /// What `--subject` was, in a form that means the same wherever the run is resumed.
  package var subject: String
  /// What `--judge` was, in such a form.
  package var judge: String?
  /// The set of materials, by a name or a path that means the same wherever the run is resumed.
  package var materials: String?

  package init(
    command: String, subject: String, judge: String? = nil, materials: String? = nil
  ) {
    self.command = command
    self.subject = subject
    self.judge = judge
    self.materials = materials
  }

  private static func url(in folder: URL) -> URL { folder.appending(path: "request.json") }

  package func write(to folder: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try Storage.write(try encoder.encode(self), to: Self.url(in: folder))
  }

  /// A folder that was made without a request is asked for by what its plan says.
  package static func read(in folder: RunFolder) throws -> RunRequest {
    try read(in: folder.url, plan: folder.plan)
  }

  /// The same where the folder is not opened, for its store is another's to open.
  package static func read(in folder: URL, plan: Plan) throws -> RunRequest {
    let url = url(in: folder)
    guard FileManager.default.fileExists(atPath: url.path) else {
      return RunRequest(
        command: ShellQuoting.command(["nosce", "run", plan.experiment.name]),
        subject: plan.model.name)
    }
    do {
      return try JSONDecoder().decode(RunRequest.self, from: try Storage.read(url))
    } catch let error as DecodingError {
      throw LabError(
        .storage, "\(url.path): found no request (\(error)); allowed: command, subject",
        cause: error)
    }
  }
}
