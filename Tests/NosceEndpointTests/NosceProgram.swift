#if HTTP
import Foundation
import NosceCore
import NosceTestSupport

/// The `nosce` that was built together with the tests.
enum NosceProgram {
  static let url = ProgramStart.executable?.deletingLastPathComponent().appending(path: "nosce")

  /// Starts it in a folder, whose files `output` and `errors` get what it says.
  ///
  /// - Parameter environment: beside what is there, but for everything that names an endpoint.
  static func start(
    _ arguments: [String], in folder: URL, environment own: [String: String] = [:],
    says name: String = ""
  ) throws -> Process {
    let process = Process()
    process.executableURL = url
    process.arguments = arguments
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    for name in ["OPENAI_API_KEY", "OPENAI_BASE_URL", "NOSCE_ENDPOINTS"] { environment[name] = nil }
    process.environment = environment.merging(own) { _, new in new }
    process.standardOutput = try file("output\(name)", in: folder)
    process.standardError = try file("errors\(name)", in: folder)
    try process.run()
    return process
  }

  private static func file(_ name: String, in folder: URL) throws -> FileHandle {
    let url = folder.appending(path: name)
    try Data().write(to: url)
    return try FileHandle(forWritingTo: url)
  }

  static func ended(_ process: Process) async throws {
    for _ in 0..<60_000 where process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  /// Runs it to its end.
  static func run(
    _ arguments: [String], in folder: URL, environment: [String: String] = [:]
  ) async throws -> (status: Int32, output: String, errors: String) {
    let process = try start(arguments, in: folder, environment: environment)
    try await ended(process)
    func said(_ name: String) throws -> String {
      String(
        decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
    }
    return (process.terminationStatus, try said("output"), try said("errors"))
  }
}
#endif
