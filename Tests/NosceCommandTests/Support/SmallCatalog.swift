import Foundation
import NosceTestSupport

/// A catalog of the test's own, which a command finds through `NOSCE_RESOURCES`.
struct SmallCatalog {
  var folder: URL

  init(in folder: URL, _ files: [String: String]) throws {
    self.folder = folder.appending(path: "resources")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: packageRoot.appending(path: "Materials"), to: place.appending(path: "Materials"))
    for (name, text) in files { try write(name, text) }
  }

  private var place: URL { folder.appending(path: "nosce_NosceCatalog.resources") }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: place.appending(path: "\(name).yaml"))
  }

  var environment: [String: String] { ["NOSCE_RESOURCES": folder.path] }

  /// The quick experiment under another name.
  static func quick(_ name: String) -> String {
    quickFile.replacing("name: quick", with: "name: \(name)")
  }
}
