import Foundation
import NosceCore
import NosceTestSupport

/// How a command ended, and what it wrote.
struct Outcome: Equatable {
  enum Ending: Equatable {
    case exit(Int32)
    case signal(Int32)
    /// It was stopped because it took too long.
    case timeLimit
  }

  var ending: Ending
  var output: String
  var errors: String
  var seconds: Double
}

/// A program that was started and has not been waited for.
final class RunningCommand {
  private let process = Process()
  private let captured: URL
  private let started = ContinuousClock.now

  /// Starts `nosce`, or another program, with an environment in which only `environment` is
  /// unusual.
  ///
  /// - Parameter typing: what standard input is instead of a file with the text `input`.
  /// - Parameter output: where standard output goes instead of being captured.
  /// - Parameter errors: where standard error goes instead of being captured.
  init(
    _ arguments: [String], program: URL? = nil, in folder: URL? = nil, input: String = "",
    typing: FileHandle? = nil, environment: [String: String] = [:], output: FileHandle? = nil,
    errors: FileHandle? = nil
  ) throws {
    captured = try makeFolder()
    process.executableURL = try program ?? Binary.url()
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = folder }
    var variables = ProcessInfo.processInfo.environment
    for name in ["NO_COLOR", "COLUMNS"] { variables[name] = nil }
    variables["TERM"] = "xterm-256color"
    process.environment = variables.merging(environment) { $1 }
    // Files and not pipes: nobody has to read while the command writes.
    let typed = captured.appending(path: "input")
    try Data(input.utf8).write(to: typed)
    process.standardInput = try typing ?? FileHandle(forReadingFrom: typed)
    process.standardOutput = try output ?? file("output")
    process.standardError = try errors ?? file("errors")
    try process.run()
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    try? FileManager.default.removeItem(at: captured)
  }

  private func file(_ name: String) throws -> FileHandle {
    let url = captured.appending(path: name)
    try Data().write(to: url)
    return try FileHandle(forWritingTo: url)
  }

  private func text(_ name: String) -> String {
    let data = try? Data(contentsOf: captured.appending(path: name))
    return String(decoding: data ?? Data(), as: UTF8.self)
  }

  var isRunning: Bool { process.isRunning }

  func send(_ signal: Int32) {
    if process.isRunning { kill(process.processIdentifier, signal) }
  }

  /// Waits for the command to end, and ends it itself when that takes too long.
  func finish(limit: Duration = .seconds(180)) async throws -> Outcome {
    var isLate = false
    while process.isRunning {
      if !isLate, ContinuousClock.now - started > limit {
        isLate = true
        send(SIGKILL)
      }
      try await Task.sleep(for: .milliseconds(5))
    }
    let status = process.terminationStatus
    let ending: Outcome.Ending =
      isLate ? .timeLimit : process.terminationReason == .exit ? .exit(status) : .signal(status)
    return Outcome(
      ending: ending, output: text("output"), errors: text("errors"),
      seconds: (ContinuousClock.now - started) / .seconds(1))
  }

  /// Waits until something holds; false where the command ended, or a minute passed, before.
  func wait(until condition: () throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(60)
    while try !condition() {
      guard process.isRunning, ContinuousClock.now < deadline else { return try condition() }
      try await Task.sleep(for: .milliseconds(2))
    }
    return true
  }
}

/// Runs `nosce` to its end.
func nosce(
  _ arguments: [String], in folder: URL? = nil, input: String = "",
  environment: [String: String] = [:], output: FileHandle? = nil
) async throws -> Outcome {
  try await RunningCommand(
    arguments, in: folder, input: input, environment: environment, output: output
  ).finish()
}
