import Foundation

/// Writes a folder beside its place and moves it there whole, so that nobody ever finds half of it.
package enum AtomicFolder {
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
