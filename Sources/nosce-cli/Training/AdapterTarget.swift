import Foundation
import NosceEngine
import NosceLab

/// The folder that a trained adapter goes to.
struct AdapterTarget {
  let folder: URL
  /// As it was given.
  let path: String

  /// Refuses a place that has something else, before any time is spent on a training.
  init(_ path: String, overwrite: Bool) throws {
    self.path = path
    folder = URL(fileURLWithPath: path).standardizedFileURL
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder) else {
      return
    }
    guard isFolder.boolValue else {
      throw LabError(.storage, "\(folder.path): found a file; allowed: a folder, or a new name")
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let isAdapter = names.contains("adapter_config.json")
    guard names.isEmpty || (overwrite && isAdapter) else {
      throw LabError(
        .storage,
        "\(folder.path): found \(isAdapter ? "an adapter" : "a folder with other files"); "
          + "allowed: a new name, an empty folder, or an adapter and --overwrite")
    }
  }

  private func beside(_ suffix: String) -> URL {
    folder.deletingLastPathComponent()
      .appendingPathComponent(".\(folder.lastPathComponent).\(suffix)")
  }

  /// Written beside its place and moved there whole: no half-written adapter is ever found.
  func write(_ adapter: LoRAAdapter, baseModel: String) throws {
    let files = FileManager.default
    try Storage.makeFolder(folder.deletingLastPathComponent())
    let draft = beside("draft")
    let old = beside("replaced")
    for leftover in [draft, old] where files.fileExists(atPath: leftover.path) {
      try files.removeItem(at: leftover)
    }
    defer { try? files.removeItem(at: draft) }
    try Storage.makeFolder(draft)
    try adapter.save(to: draft, baseModel: baseModel)
    if files.fileExists(atPath: folder.path) { try files.moveItem(at: folder, to: old) }
    try files.moveItem(at: draft, to: folder)
    if files.fileExists(atPath: old.path) { try files.removeItem(at: old) }
  }
}
