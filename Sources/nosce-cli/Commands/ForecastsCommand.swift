import ArgumentParser
import Foundation
import NosceLab
import NosceReport

/// How good the forecasts of many runs were.
struct ForecastsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecasts",
    abstract: "Calibration and scores of the sealed forecasts of all runs, by forecaster.")

  @Argument(help: "Run folders, or folders that hold some.")
  var folders = ["runs"]

  @Option(help: "Also write a page with a chart to this file.")
  var html: String?

  @Flag(help: "Print one JSON document instead of the chart.")
  var json = false

  func run() async throws {
    var summaries: [RunSummary] = []
    for folder in folders {
      for url in try RunFinder.runs(under: URL(fileURLWithPath: folder)) {
        if ForecastFolder(run: url).readings().isEmpty { continue }
        let run = try RunFolder.read(url)
        let record = try await RunRecord(run)
        guard record.isFinished else {
          Console.complain("\(url.relativePath): left out, the run is not finished")
          continue
        }
        summaries.append(
          try Summariser(record, command: try RunRequest.read(in: run).command).summary())
      }
    }
    let book = try ForecastBook(summaries)
    if let html {
      try Storage.write(
        Data(ForecastPage.render(book, version: Version.text).utf8),
        to: URL(fileURLWithPath: html))
    }
    if json {
      try Console.write(try SummaryJSON.text(book))
    } else {
      try Console.say(ForecastText.render(book, width: min(Console.width, 100)))
    }
  }
}
