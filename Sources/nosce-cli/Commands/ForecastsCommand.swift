import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceFormats
import NosceReport
import NosceRuns
import NosceStatistics
import NosceStudy
import NosceVerdicts

/// How good the forecasts of many runs were.
struct ForecastsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecasts",
    abstract: "Calibration and scores of the sealed forecasts of all runs, by forecaster.")

  @Argument(help: "Run folders, or folders that hold some.", completion: .directory)
  var folders = ["runs"]

  @Option(
    help: "Also write a page with a chart to this file.", completion: .file(extensions: ["html"]))
  var html: String?

  @Flag(help: "Print one JSON document instead of the chart.")
  var json = false

  func run() async throws {
    let summaries = try await FinishedRuns.summaries(
      in: folders, where: { !ForecastFolder(run: $0).readings().isEmpty },
      events: Console.complain)
    let book = try ForecastBook(summaries)
    if let html {
      try Storage.write(
        try ForecastPage.render(book, version: Version.text), to: URL(fileURLWithPath: html))
    }
    if json {
      try Console.write(try SummaryJSON.text(book))
    } else {
      try Console.say(ForecastText.render(book, width: min(Console.width, 100)))
    }
  }
}
