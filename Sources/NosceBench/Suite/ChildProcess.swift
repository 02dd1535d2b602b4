import Foundation
import NosceCore
import NosceFormats
import Synchronization

/// A program run to its end.
enum ChildProcess {
  struct Exit: Sendable {
    var status: Int32
    var output: String
    var errors: String

    /// The JSON object that the program printed.
    func json() throws(BenchError) -> JSON {
      let line = output.split(separator: "\n").last { $0.hasPrefix("{") }
      guard status == 0, let line, let json = try? JSON(parsing: String(line)) else {
        let reason = errors.isEmpty ? output : errors
        throw BenchError(
          status == 0
            ? "found no result on standard output: \(reason)"
            : "ended with \(status): \(reason.trimmingCharacters(in: .whitespacesAndNewlines))")
      }
      return json
    }
  }

  /// Runs a program; when the task is cancelled, the program is ended.
  static func run(_ program: URL, _ arguments: [String]) async throws -> Exit {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    // Files and not pipes: nobody has to read while the program writes.
    let output = folder.appending(path: "output")
    let errors = folder.appending(path: "errors")
    for url in [output, errors] { try Data().write(to: url) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    let running = RunningProcess(process)
    try await withTaskCancellationHandler {
      try Task.checkCancellation()
      try await running.finish()
      try Task.checkCancellation()
    } onCancel: {
      running.end()
    }
    func text(_ url: URL) throws -> String {
      String(decoding: try Data(contentsOf: url), as: UTF8.self)
    }
    return Exit(
      status: process.terminationStatus, output: try text(output), errors: try text(errors))
  }
}

/// A process that one task waits for and another may end.
///
/// Unchecked, because `Process` guards its own state: starting, asking whether it runs and ending it
/// may come from any thread; and the flag is only touched under its lock.
private final class RunningProcess: @unchecked Sendable {
  private let process: Process
  private let isEnded = Mutex(false)

  init(_ process: Process) { self.process = process }

  func finish() async throws {
    try await withCheckedThrowingContinuation {
      (continuation: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in continuation.resume() }
      do {
        try process.run()
        // It may have been ended between the wish to start it and its start.
        if isEnded.withLock({ $0 }) { process.terminate() }
      } catch {
        process.terminationHandler = nil
        continuation.resume(throwing: error)
      }
    }
  }

  func end() {
    isEnded.withLock { $0 = true }
    if process.isRunning { process.terminate() }
  }
}
