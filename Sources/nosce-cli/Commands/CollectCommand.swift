import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceFanOut
import NosceText

/// Merges what the workers of a fan-out have done into its run folder.
struct CollectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "collect",
    abstract: "Merge what the workers of a fan-out have done into its run folder.",
    discussion: """
      May be called again whenever more is done. What is missing is listed with its reason, and leaves \
      the exit code 1. Nothing in a worker's folder is believed before it is checked (docs/fan-out.md).
      """)

  @Argument(help: "The folder that `nosce fan-out` has made.", completion: .directory)
  var folder: String

  func run() async throws {
    let fanOut = try FanOutFolder.open(URL(fileURLWithPath: folder), version: Version.text)
    let result = try await Collector(fanOut).collect()
    try Console.say(FanOutText.collected(result))
    let run = ShellQuoting.quoted(fanOut.run.relativePath)
    if result.missing.isEmpty {
      return try Console.say("  nosce run --resume \(run)")
    }
    throw ExitCode.failure
  }
}
