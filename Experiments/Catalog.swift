import Foundation
import NosceCore

/// The experiments that ship with Nosce: the YAML files beside this one.
package enum Catalog {
  private static func folder() throws -> URL {
    try Resources.locate("nosce_NosceCatalog.resources")
  }

  /// In alphabetical order.
  package static func names() throws -> [String] {
    let folder = try folder()
    return try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
  }

  /// The file of an experiment: one of the catalog by name, or any file by path.
  ///
  /// What looks like a path is one, whether or not there is such a file.
  package static func url(of experiment: String) throws -> URL {
    // A folder that happens to be called like an experiment does not hide it.
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: experiment, isDirectory: &isFolder),
      !isFolder.boolValue
    {
      return URL(fileURLWithPath: experiment)
    }
    if experiment.contains("/") || [".yaml", ".yml"].contains(where: experiment.hasSuffix) {
      return URL(fileURLWithPath: experiment)
    }
    let names = try names()
    guard names.contains(experiment) else {
      throw LabError(
        .invalidExperiment,
        "found no experiment '\(experiment)'; allowed: \(names.joined(separator: ", ")), or the "
          + "path of a YAML file")
    }
    return try folder().appending(path: "\(experiment).yaml")
  }
}
