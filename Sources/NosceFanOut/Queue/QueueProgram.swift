import Foundation
import NosceCore

/// A program of the queue, such as `sbatch`: started with a list of words, never through a shell.
enum QueueProgram {
  struct Output: Sendable {
    var code: Int32
    var out: String
    var error: String
  }

  /// The most bytes that are read of what a program says.
  private static let bytes = 16 << 20

  /// Runs a program to its end.
  ///
  /// - Parameter words: its name, looked for in `PATH`, and what it is given.
  /// - Throws: ``LabError`` where it cannot be started.
  static func run(_ words: [String], in folder: URL? = nil) throws -> Output {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle.nullDevice
    // Into files: a pipe that nobody empties stops a program that says much.
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "nosce-queue-\(UUID().uuidString)")
    try Storage.makeFolder(folder)
    defer { try? Storage.remove(folder) }
    let (out, error) = (folder.appending(path: "out"), folder.appending(path: "error"))
    for file in [out, error] { try Storage.write("", to: file) }
    let (outHandle, errorHandle) = (
      try FileHandle(forWritingTo: out), try FileHandle(forWritingTo: error)
    )
    process.standardOutput = outHandle
    process.standardError = errorHandle
    try process.startHearingSignals(words.first ?? "")
    process.waitUntilExit()
    return Output(
      code: process.terminationStatus,
      out: String(decoding: try PlainFile.data(out, atMost: bytes), as: UTF8.self),
      error: String(decoding: try PlainFile.data(error, atMost: bytes), as: UTF8.self))
  }
}
