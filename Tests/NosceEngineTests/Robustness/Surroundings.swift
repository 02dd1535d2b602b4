import Foundation
import NosceEngine
import NosceFormats

/// What a test reads, writes and measures around the engine.
enum Surroundings {
  static func bytes(_ url: URL) throws -> [UInt8] { Array(try Data(contentsOf: url)) }

  static func write(_ bytes: [UInt8], _ folder: URL, _ name: String) throws {
    try Data(bytes).write(to: folder.appendingPathComponent(name))
  }

  /// What a refusal must be: of our own types, about a file of this folder, with what is allowed.
  static func isRefusal(_ error: any Error, in folder: URL) -> Bool {
    guard error is CheckpointError || error is EngineError else { return false }
    let text = "\(error)"
    return text.contains(folder.lastPathComponent) && text.contains("allowed")
  }

  /// Whether a folder is whole, and what it holds or comes to is no finite number.
  static func isOverflow(_ error: any Error) -> Bool {
    error is EngineError && "\(error)".contains("allowed: finite numbers")
  }

  /// The most memory that the process ever had, in bytes; nil where the system does not say.
  ///
  /// Of the whole process: other tests that run at the same time count as well.
  static var peakMemory: Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
    else { return nil }
    return line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }.map { $0 * 1024 }
  }

  /// Lets the peak begin again from what the process has now; it then speaks of what follows.
  static func resetPeakMemory() {
    try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
  }
}
