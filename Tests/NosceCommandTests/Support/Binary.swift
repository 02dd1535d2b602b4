import Foundation

/// The `nosce` that was built together with the tests.
enum Binary {
  struct NotFound: Error, CustomStringConvertible {
    var searched: [String]
    var description: String {
      "found no built nosce in or above \(searched.joined(separator: ", ")); `swift build` makes it"
    }
  }

  static func url() throws -> URL {
    let starts = places
    for start in starts {
      // A test bundle on macOS lies some folders below the build's products.
      var folder = start
      for _ in 0..<5 {
        folder = folder.deletingLastPathComponent()
        let candidate = folder.appending(path: "nosce")
        if isProgram(candidate) { return candidate }
      }
    }
    throw NotFound(searched: starts.map(\.path))
  }

  /// Where the running test executable, or the bundle it has loaded, may lie.
  private static var places: [URL] {
    let arguments = CommandLine.arguments.filter { $0.contains("/") && $0.contains(".xctest") }
    let named =
      [Bundle.main.executableURL].compactMap(\.self)
      + (CommandLine.arguments.prefix(1) + arguments).map { URL(fileURLWithPath: $0) }
    return (named + Bundle.allBundles.map(\.bundleURL)).map { $0.resolvingSymlinksInPath() }
  }

  private static func isProgram(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      && !isFolder.boolValue && FileManager.default.isExecutableFile(atPath: url.path)
  }
}
