import Foundation
import NosceCore
import NoscePorts

/// What is kept beside an adapter of how it was trained, where its own files do not say it: the chat
/// template that was given for the model.
package struct TrainingNote: Codable, Sendable, Equatable {
  package static let fileName = "nosce_training.json"

  package var template: GivenTemplate

  private enum CodingKeys: String, CodingKey { case template = "chat_template" }

  package init(template: GivenTemplate) { self.template = template }

  /// Writes the note into an adapter's folder; none where the model was trained through its own
  /// template.
  package static func write(_ template: GivenTemplate?, to folder: URL) throws {
    guard let template else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try Storage.write(
      try encoder.encode(TrainingNote(template: template)), to: folder.appending(path: fileName))
  }

  /// The note in an adapter's folder; nil where there is none.
  package static func read(in folder: URL) throws -> TrainingNote? {
    let url = folder.appending(path: fileName)
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    do {
      return try JSONDecoder().decode(TrainingNote.self, from: try Storage.read(url))
    } catch let error as DecodingError {
      throw LabError(
        .storage,
        "\(url.path): found no note of a training (\(error)); allowed: the file as Nosce wrote it, "
          + "or none", cause: error)
    }
  }

  /// In words, where an adapter was trained through another chat template than it is asked through,
  /// as far as that is known.
  ///
  /// - Parameter asked: what was given for the model that is asked; nil for its own template.
  package static func difference(
    ofAdapter folder: URL, asked: GivenTemplate?
  ) throws -> String? {
    guard let note = try read(in: folder) else {
      return asked.map {
        "Nothing beside the adapter says that it was trained through the chat template \($0.words)."
      }
    }
    if note.template.isSame(as: asked) { return nil }
    return "The adapter was trained through the chat template \(note.template.words), the model is "
      + "asked through \(asked?.words ?? "its own")."
  }
}
