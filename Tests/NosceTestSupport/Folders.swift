import Foundation

/// A new empty folder in the temporary directory.
///
/// - Parameter name: a part of its path, where whoever finds it after a crash must know whose it is.
/// - Parameter inMemory: in memory where the system offers it, so that thousands of small
///   transactions wait for no disk.
package func makeFolder(_ name: String? = nil, inMemory: Bool = false) throws -> URL {
  let files = FileManager.default
  let memory = URL(filePath: "/dev/shm")
  let isThere = inMemory && files.isWritableFile(atPath: memory.path)
  let process = ProcessInfo.processInfo.processIdentifier
  let url = (isThere ? memory : files.temporaryDirectory)
    .appending(path: name.map { "nosce-\($0)-\(process)" } ?? "nosce-test-\(UUID().uuidString)")
  // What an earlier process of the same number left behind.
  try? files.removeItem(at: url)
  try files.createDirectory(at: url, withIntermediateDirectories: true)
  return url.resolvingSymlinksInPath()
}

/// Calls the body with a new empty folder and removes it afterwards.
package func withFolder<Value>(
  _ name: String? = nil, inMemory: Bool = false, _ body: (URL) throws -> Value
) throws -> Value {
  let url = try makeFolder(name, inMemory: inMemory)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url)
}

/// Calls the body with a new empty folder and removes it afterwards.
package func withFolder<Value>(
  _ name: String? = nil, inMemory: Bool = false, _ body: (URL) async throws -> Value
) async throws -> Value {
  let url = try makeFolder(name, inMemory: inMemory)
  defer { try? FileManager.default.removeItem(at: url) }
  return try await body(url)
}

package func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }

/// The names in a folder; none where there is no folder.
package func names(in folder: URL) -> [String] {
  ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
}

/// Every file below a folder by its path, with its content.
package func contents(of folder: URL) throws -> [String: Data] {
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
