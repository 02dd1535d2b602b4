import Foundation

/// A program run to its end.
struct Command {
  var status: Int32
  var output: String
  var errors: String

  /// The last line that is a JSON object.
  var jsonLine: String? {
    output.split(separator: "\n").last { $0.hasPrefix("{") }.map(String.init)
  }

  /// Runs a program, named by its path or looked for on the PATH, and ends it after `limit` seconds.
  static func run(
    _ program: String, _ arguments: [String], environment: [String: String] = [:], limit: Double
  ) throws -> Command {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    // Files and not pipes: nobody has to read while the program writes.
    let output = folder.appendingPathComponent("output")
    let errors = folder.appendingPathComponent("errors")
    for url in [output, errors] { try Data().write(to: url) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    let deadline = Date().addingTimeInterval(limit)
    while process.isRunning {
      if Date() > deadline { process.terminate() }
      Thread.sleep(forTimeInterval: 0.02)
    }
    func text(_ url: URL) throws -> String {
      String(decoding: try Data(contentsOf: url), as: UTF8.self)
    }
    return Command(
      status: process.terminationStatus, output: try text(output), errors: try text(errors))
  }
}
