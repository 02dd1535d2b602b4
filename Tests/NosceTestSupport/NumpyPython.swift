import Foundation

/// A Python with numpy, for the tests that hold the product against programs of another kind.
package enum NumpyPython {
  /// Where `make numpy` puts numpy where the Python has none of its own.
  private static let packages = packageRoot.appending(path: ".build/numpy").path

  /// What a process needs to find it.
  package static let environment: [String: String] = {
    var environment = ProcessInfo.processInfo.environment
    let named = environment["PYTHONPATH"].map { ":\($0)" } ?? ""
    environment["PYTHONPATH"] = packages + named
    // Nothing is written beside the scripts.
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    return environment
  }()

  /// The Python that `PYTHON` names, or else `python3` on the path.
  package static let python: OptionalInput = {
    let named = ProcessInfo.processInfo.environment["PYTHON"] ?? "python3"
    let url = place(of: named).flatMap { hasNumpy($0) ? $0 : nil }
    return OptionalInput(
      name: "Python with numpy", url: url,
      missing: "\(named) is not there or has no numpy (make numpy), and PYTHON names no other")
  }()

  private static func place(of name: String) -> URL? {
    if name.contains("/") { return URL(filePath: name) }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").map { URL(filePath: "\($0)/\(name)") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }

  private static func hasNumpy(_ python: URL) -> Bool {
    guard let (status, _) = try? run(python, ["-c", "import numpy"]) else { return false }
    return status == 0
  }

  /// Runs a program of the package to its end; what it says is one text.
  package static func run(
    _ python: URL, _ arguments: [String], environment: [String: String] = environment
  ) throws -> (status: Int32, output: String) {
    try withFolder { folder in
      let output = folder.appending(path: "output")
      try Data().write(to: output)
      let process = Process()
      process.executableURL = python
      process.arguments = arguments
      process.environment = environment
      process.standardInput = FileHandle.nullDevice
      // A file and not a pipe: nobody has to read while the program writes.
      let handle = try FileHandle(forWritingTo: output)
      process.standardOutput = handle
      process.standardError = handle
      try process.run()
      process.waitUntilExit()
      return (process.terminationStatus, try String(contentsOf: output, encoding: .utf8))
    }
  }
}
