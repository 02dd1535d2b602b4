import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceResults
import NosceRuns
import NosceVerdicts

/// Writes the figures of finished runs as a Markdown document.
struct ResultsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "results",
    abstract: "Write a Markdown document of the figures of finished runs, with intervals.")

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
        "\(folders.joined(separator: ", ")): found no finished run; allowed: folders in which "
          + "`nosce run` has finished at least one")
    }
    let text = ResultsMarkdown.render(summaries, stopped: stopped)
    if let out {
      try Storage.write(text, to: URL(fileURLWithPath: out))
      Console.complain("\(out): \(Counted.text(summaries.count + stopped.count, "run")).")
    } else {
      try Console.write(text)
    }
  }
}
