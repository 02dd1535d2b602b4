import Foundation
import NosceCore

/// The sets of materials that ship with Nosce: the folders of `Materials/`.
package enum MaterialCatalog {
  private static func folder() throws -> URL {
    try Resources.locate("nosce_NosceCatalog.resources").appending(path: "Materials")
  }

  /// In alphabetical order.
  package static func names() throws -> [String] {
    let folder = try folder()
    return try Storage.names(in: folder).filter { isSet(folder.appending(path: $0)) }.sorted()
  }

  /// The folder of a set: one that ships by its name, or any folder by its path.
  ///
  /// What has a slash in it is a path; a folder that happens to be called like a set does not hide
  /// it.
  package static func folder(of set: String) throws -> URL {
    let names = try names()
    if !set.contains("/"), names.contains(set) { return try folder().appending(path: set) }
    let url = URL(fileURLWithPath: set, isDirectory: true).standardizedFileURL
    guard isSet(url) else {
      throw LabError(
        .invalidExperiment,
        "--materials: found '\(set)'; allowed: \(names.joined(separator: ", ")), or the path of a "
          + "folder with a set.yaml and a folder world")
    }
    return url
  }

  /// Whether a folder is that of the set of its name that ships.
  package static func ships(_ url: URL) throws -> Bool {
    let name = url.lastPathComponent
    return try names().contains(name)
      && folder().appending(path: name).standardizedFileURL.path == url.standardizedFileURL.path
  }

  private static func isSet(_ url: URL) -> Bool {
    FileManager.default.fileExists(atPath: url.appending(path: "set.yaml").path)
  }
}
