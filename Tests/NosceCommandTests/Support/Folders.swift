import Foundation

/// A new empty folder.
func makeFolder() throws -> URL {
  let url = FileManager.default.temporaryDirectory
    .appending(path: "nosce-command-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  return url.resolvingSymlinksInPath()
}

/// Calls the body with a new empty folder and removes it afterwards.
func withFolder<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
  let url = try makeFolder()
  defer { try? FileManager.default.removeItem(at: url) }
  return try await body(url)
}

func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }

/// The names in a folder; none where there is no folder.
func names(in folder: URL) -> [String] {
  ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
}

/// Every file below a folder by its path, with its content.
func contents(of folder: URL) throws -> [String: Data] {
  var files: [String: Data] = [:]
  for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
    var isFolder: ObjCBool = false
    let url = folder.appending(path: path)
    if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), !isFolder.boolValue
    {
      files[path] = try Data(contentsOf: url)
    }
  }
  return files
}
