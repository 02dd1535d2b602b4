import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceResults

/// Writes which experiments could be read, learnt and decided on which models.
struct MapCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "map",
    abstract: "Write a table of experiments and models: what could be read, learnt and found.")

  @Argument(help: "Run folders, or folders that hold some.", completion: .directory)
  var folders = ["runs"]

  @Option(
    help: "The file to write; by default standard output.", completion: .file(extensions: ["md"]))
  var out: String?

  func run() async throws {
    let summaries = try await FinishedRuns.summaries(in: folders, events: Console.complain)
    let stopped = try StoppedRuns.found(in: folders, events: Console.complain)
    guard !summaries.isEmpty || !stopped.isEmpty else {
      throw LabError(
        .storage,
        "\(folders.joined(separator: ", ")): found no finished run and none that was stopped before it "
          + "began; allowed: folders in which `nosce run` has ended at least once")
    }
    let text = ResultsMap.render(summaries, stopped: stopped)
    if let out {
      try Storage.write(text, to: URL(fileURLWithPath: out))
      Console.complain("\(out): \(Counted.text(summaries.count + stopped.count, "run")).")
    } else {
      try Console.write(text)
    }
  }
}
