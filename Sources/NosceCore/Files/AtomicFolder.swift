import Foundation

/// Writes a folder beside its place and moves it there whole, so that nobody ever finds half of it.
package enum AtomicFolder {
  /// Refuses a place that ``write(_:fill:)`` could not put a folder at, before any time is spent on
  /// what is to be in it. Leaves nothing behind.
  package static func check(_ target: URL) throws(LabError) {
    let target = target.standardizedFileURL
    let parent = target.deletingLastPathComponent()
    // The longest name that is needed on the way.
    try Storage.checkFolder(
      parent.appendingPathComponent(".\(target.lastPathComponent).replaced"), for: target)
    var (own, above) = (stat(), stat())
    // A link to nowhere is in the way, and one to a folder is replaced like a folder.
    if access(target.path, F_OK) != 0, lstat(target.path, &own) == 0 {
      throw Storage.failure(target, "made", code: EEXIST)
    }
    if stat(target.path, &own) == 0, stat(parent.path, &above) == 0, own.st_dev != above.st_dev {
      throw LabError(
        .storage,
        "\(target.path): cannot be replaced: found a disk that is mounted there; allowed: a "
          + "folder on it")
    }
  }

  /// - Parameter fill: writes the files into the folder that it is given.
  package static func write(_ target: URL, fill: (URL) throws -> Void) throws {
    let files = FileManager.default
    let parent = target.deletingLastPathComponent()
    try Storage.makeFolder(parent)
    let draft = parent.appendingPathComponent(".\(target.lastPathComponent).draft")
    let old = parent.appendingPathComponent(".\(target.lastPathComponent).replaced")
    for leftover in [draft, old] where files.fileExists(atPath: leftover.path) {
      try Storage.remove(leftover)
    }
    defer { try? files.removeItem(at: draft) }
    try Storage.makeFolder(draft)
    try fill(draft)
    if files.fileExists(atPath: target.path) { try Storage.move(target, to: old) }
    try Storage.move(draft, to: target)
    if files.fileExists(atPath: old.path) { try Storage.remove(old) }
  }
}
