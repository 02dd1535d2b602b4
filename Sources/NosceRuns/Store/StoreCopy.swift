import Foundation
import NosceCore

/// A copy of a store in a temporary folder, which goes with it.
final class StoreCopy: Sendable {
  let store: URL
  private let folder: URL

  /// Copies the file, and the log beside it where there is one.
  init(of url: URL) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "nosce-\(UUID().uuidString)")
    store = folder.appending(path: url.lastPathComponent)
    try Storage.makeFolder(folder)
    for suffix in ["", "-wal", "-journal"] {
      let source = URL(fileURLWithPath: url.path + suffix)
      guard FileManager.default.fileExists(atPath: source.path) else { continue }
      try Storage.copy(source, to: URL(fileURLWithPath: store.path + suffix))
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }
}
