import Foundation
import NosceCore
import NosceEngine
import NosceFormats
import NosceLocal

/// The course of a training as JSON Lines, one object for each step, whole lines only.
struct LossLog {
  private let url: URL
  private let handle: FileHandle

  /// Begins the file anew.
  init(_ path: String) throws {
    url = URL(fileURLWithPath: path)
    try Storage.write(Data(), to: url)
    do {
      handle = try FileHandle(forWritingTo: url)
    } catch {
      throw LabError(
        .storage, "\(url.path): cannot be written: \(Storage.reason(for: error, at: url))",
        cause: error)
    }
  }

  func write(_ step: AdapterRun.Step) throws {
    let line = JSON.object([
      ("step", .integer(step.number)), ("loss", .double(step.report.loss)),
      ("gradient_norm", .double(step.report.gradientNorm)),
      ("learning_rate", .double(step.report.learningRate)),
      ("target_tokens", .integer(step.report.targetTokens)), ("seconds", .double(step.seconds)),
    ])
    do {
      try handle.write(contentsOf: Data((line.text(indent: 0) + "\n").utf8))
    } catch {
      throw LabError(
        .storage, "\(url.path): cannot be written: \(Storage.reason(for: error, at: url))",
        cause: error)
    }
  }
}
