import ArgumentParser
import Foundation
import NosceEngine
import NosceLab
import NosceLocal
import NosceOrganism

/// The models that a command can be pointed at.
enum Subjects {
  /// A bundled organism by name, or a checkpoint folder of the same form.
  static func backend(_ name: String) throws -> LocalBackend {
    if let organism = Organism(rawValue: name) { return try organism.backend() }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: name, isDirectory: &isFolder), isFolder.boolValue {
      let directory = URL(fileURLWithPath: name).standardizedFileURL
      return try LocalBackend(
        directory: directory, name: directory.lastPathComponent,
        summary: "the checkpoint in \(directory.path)", precision: .float32)
    }
    let names = Organism.allCases.map(\.rawValue).joined(separator: ", ")
    throw LabError(
      .backend, "--subject: found '\(name)'; allowed: \(names), or a checkpoint folder")
  }

  /// The same model by a name that does not depend on the current folder.
  static func lastingName(_ name: String) -> String {
    if Organism(rawValue: name) != nil { return name }
    return URL(fileURLWithPath: name).standardizedFileURL.path
  }
}
