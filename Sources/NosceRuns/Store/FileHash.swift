import Foundation
import GRDB
import NosceCore
import NoscePorts

/// A file of the run folder that nobody should change, with its hash when it was written.
package struct FileHash: Codable, Sendable, Hashable {
  /// Its path in the run folder.
  package var name: String
  /// The subject whose adapter it belongs to; nil for a file of the run.
  package var cell: String?
  /// SHA-256 of its bytes.
  package var hash: String

  package init(name: String, cell: String? = nil, hash: String) {
    self.name = name
    self.cell = cell
    self.hash = hash
  }

  func insert(into database: Database) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO file VALUES (?, ?, ?)", arguments: [name, cell, hash])
  }

  /// The files that a run folder is begun with: all that are there but the lock.
  static func frozen(in folder: URL) throws -> [String: String] {
    var hashes: [String: String] = [:]
    for name in try paths(in: folder) where name != "run.lock" {
      hashes[name] = ContentHash.of(try Storage.read(folder.appending(path: name)))
    }
    return hashes
  }

  /// The files of an adapter; none of one that is served, or does not lie in the run folder.
  static func files(
    of adapter: AdapterReference, cell: String, in run: URL
  ) throws -> [FileHash] {
    guard case .folder(let folder) = adapter, let place = place(of: folder, in: run),
      FileManager.default.fileExists(atPath: folder.path)
    else { return [] }
    return try paths(in: folder).map { name in
      FileHash(
        name: place + name, cell: cell,
        hash: ContentHash.of(try Storage.read(folder.appending(path: name))))
    }
  }

  /// What the names of a folder's files begin with; nil where it does not lie in the run folder.
  static func place(of folder: URL, in run: URL) -> String? {
    let root = run.standardizedFileURL.pathComponents
    let parts = folder.standardizedFileURL.pathComponents
    guard parts.count > root.count, parts.starts(with: root) else { return nil }
    return parts.dropFirst(root.count).joined(separator: "/") + "/"
  }

  /// The files in a folder and below; those whose names begin with a dot are left out.
  private static func paths(in folder: URL) throws -> [String] {
    try Storage.names(in: folder).flatMap { name -> [String] in
      var isFolder: ObjCBool = false
      let url = folder.appending(path: name)
      guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
        return []
      }
      return isFolder.boolValue ? try paths(in: url).map { "\(name)/\($0)" } : [name]
    }
  }
}
