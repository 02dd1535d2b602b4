import Foundation
import NosceCore
import NosceLocal

/// The base model's files, and the hashes of those that decide what its tokens are.
///
/// Weights are not hashed for every job: that the same ones were trained on is seen in the loss of the
/// first step.
struct BaseFiles: Sendable {
  private static let hashed = [
    "config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja",
  ]

  /// A folder, or a GGUF file.
  let url: URL
  let isFolder: Bool
  /// By name; none of a GGUF file.
  let hashes: [(name: String, hash: String)]

  init(_ checkpoint: LoadedCheckpoint) throws {
    url = checkpoint.text.directory.standardizedFileURL
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
    self.isFolder = isFolder.boolValue
    var hashes: [(name: String, hash: String)] = []
    if isFolder.boolValue {
      for name in Self.hashed {
        let file = url.appending(path: name)
        guard FileManager.default.fileExists(atPath: file.path) else { continue }
        hashes.append((name, ContentHash.of(try Storage.read(file))))
      }
    }
    self.hashes = hashes
  }
}
