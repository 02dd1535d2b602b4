import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceFormats
import NosceReport
import NosceRuns
import NosceVerdicts

/// Rebuilds the report of a run from its store.
struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write the report of a run again, and print its summary.")

  @Argument(help: "A run folder.", completion: .directory)
  var folder: String

  @Flag(help: "Print one JSON document instead of the summary.")
  var json = false

  func run() async throws {
    let run = try RunFolder.read(URL(fileURLWithPath: folder))
    try Storage.checkFile(run.report)
    let summary = try await ReportWriter.write(for: run)
    if json {
      // The summary says it too, but to programs.
      for change in summary.changedFiles ?? [] {
        Console.complain("\(run.url.relativePath)/\(change.words)")
      }
      try Console.say(SummaryJSON.encode(summary))
    } else {
      try Console.say(
        TerminalSummary.render(
          summary, width: min(Console.width, 100),
          style: Console.style(terminal: Console.outputIsTerminal),
          reportPath: run.report.relativePath))
    }
  }
}
