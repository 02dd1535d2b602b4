import Foundation
import NosceCore

/// A file of a run folder that is not as it was when it was written.
package struct FileChange: Codable, Sendable, Hashable {
  /// Its path in the run folder.
  package var file: String
  /// The SHA-256 that was kept when it was written.
  package var recorded: String
  /// The SHA-256 that it has now; nil where there is no such file any more.
  package var found: String?

  package init(file: String, recorded: String, found: String?) {
    self.file = file
    self.recorded = recorded
    self.found = found
  }

  /// What is the matter, for a person.
  package var words: String {
    let now = found.map { "it has the SHA-256 \($0) now" } ?? "it is not there any more"
    return
      "\(file) is not as it was when it was written: its SHA-256 was \(recorded), and \(now)"
  }
}

extension RunFolder {
  /// The files of the run that were changed since it began, in the order of their names. Runs of
  /// earlier versions kept no hashes, and have none that are known to be changed.
  package func changes() throws -> [FileChange] {
    try changes(of: try store.files().filter { $0.cell == nil })
  }

  /// Refuses to go on with a run of which a file was changed: what it would become is not what its
  /// files say.
  package func requireUnchanged() throws {
    let changes = try changes()
    guard let first = changes.first else { return }
    let more = changes.count > 1 ? "; so are \(changes.count - 1) other files of the run" : ""
    throw LabError(
      .version,
      "\(url.path)/\(first.words)\(more). Allowed: the files as Nosce wrote them. Put back what was "
        + "there, or start a new run")
  }

  /// Refuses an adapter of a subject of which a file was changed since it was written.
  func requireUnchanged(adapter folder: URL, of cell: String) throws {
    guard let place = FileHash.place(of: folder, in: url) else { return }
    let files = try store.files().filter { $0.cell == cell && $0.name.hasPrefix(place) }
    guard let change = try changes(of: files).first else { return }
    throw LabError(
      .storage,
      "\(url.path)/\(change.words). Allowed: the adapter as it was trained. Put back what was there, "
        + "or remove \(place) to have it trained again")
  }

  /// Those of some files that are not as they were when they were written.
  package func changes(of files: [FileHash]) throws -> [FileChange] {
    try files.compactMap { file in
      let place = url.appending(path: file.name)
      guard FileManager.default.fileExists(atPath: place.path) else {
        return FileChange(file: file.name, recorded: file.hash, found: nil)
      }
      let found = ContentHash.of(try Storage.read(place))
      return found == file.hash
        ? nil : FileChange(file: file.name, recorded: file.hash, found: found)
    }
  }
}
