import Foundation
import NosceCore
import NosceEngine
import NosceLocal
import NoscePorts

/// The folder that a trained adapter goes to.
package struct AdapterTarget: Sendable {
  package let folder: URL
  /// As it was given.
  package let path: String

  /// Refuses a place that has something else, or that cannot be written to, before any time is spent on a training.
  package init(_ path: String, overwrite: Bool) throws {
    self.path = path
    folder = URL(fileURLWithPath: path).standardizedFileURL
    try AtomicFolder.check(folder)
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

  /// Written beside its place and moved there whole: no half-written adapter is ever found.
  ///
  /// - Parameter template: the chat template that was given for the model, noted beside it.
  package func write(
    _ adapter: LoRAAdapter, baseModel: String, template: GivenTemplate? = nil
  ) throws {
    try AtomicFolder.write(folder) {
      try TrainingNote.write(template, to: $0)
      try adapter.save(to: $0, baseModel: baseModel)
    }
  }
}
