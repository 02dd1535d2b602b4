import Foundation
import NosceCore

/// What a script remembers of a training: a folder with `script.json`.
package struct ScriptedAdapter: Codable, Sendable, Hashable {
  /// The untrained subject.
  package static let base = ScriptedAdapter(name: "base", steps: 0)
  private static let file = "script.json"

  /// The name of the cell that was trained.
  package var name: String
  package var steps: Int

  func write(to folder: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(self)
    try AtomicFolder.write(folder) {
      try Storage.write(data, to: $0.appending(path: Self.file))
    }
  }

  static func read(from folder: URL) throws -> ScriptedAdapter {
    let url = folder.appending(path: file)
    let data = try Storage.read(url)
    do {
      return try JSONDecoder().decode(ScriptedAdapter.self, from: data)
    } catch {
      throw LabError(
        .backend,
        "\(url.path): found no adapter of a script; allowed: name and steps, as a script's training "
          + "writes them", cause: error)
    }
  }
}
