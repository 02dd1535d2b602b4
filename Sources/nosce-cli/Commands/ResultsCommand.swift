import ArgumentParser
import Foundation
import NosceLab
import NosceReport

/// Writes the figures of finished runs as a Markdown document.
struct ResultsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "results",
    abstract: "Write a Markdown document of the figures of finished runs, with intervals.")

  @Argument(help: "Run folders, or folders that hold some.")
  var folders = ["runs"]

  @Option(help: "The file to write; by default standard output.")
  var out: String?

  func run() async throws {
    let runs = try folders.flatMap { try RunFinder.runs(under: URL(fileURLWithPath: $0)) }
    var summaries: [RunSummary] = []
    for url in runs {
      let folder = try RunFolder.read(url)
      let record = try await RunRecord(folder)
      guard record.isFinished else {
        Console.complain("\(url.relativePath): left out, the run is not finished")
        continue
      }
      let command = try RunRequest.read(in: folder).command
      summaries.append(try Summariser(record, command: command).summary())
    }
    guard !summaries.isEmpty else {
      throw LabError(
        .storage,
        "\(folders.joined(separator: ", ")): found no finished run; allowed: folders in which "
          + "`nosce run` has finished at least one")
    }
    let text = ResultsMarkdown.render(summaries)
    if let out {
      try Storage.write(Data(text.utf8), to: URL(fileURLWithPath: out))
      Console.complain("\(out): \(summaries.count) runs.")
    } else {
      try Console.write(text)
    }
  }
}
