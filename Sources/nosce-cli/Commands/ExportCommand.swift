import ArgumentParser
import Foundation
import NosceApp
import NosceRuns

/// Writes what a run measured and trained in forms that other tools read.
struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Export a run: adapters in PEFT form, measurements as CSV and JSONL.")

  @Argument(help: "A run folder.", completion: .directory)
  var folder: String

  @Option(
    help: "Where to write; by default the folder `export` inside the run.", completion: .directory)
  var out: String?

  func run() async throws {
    let run = try RunFolder.read(URL(fileURLWithPath: folder))
    let target = out.map { URL(fileURLWithPath: $0) } ?? run.url.appending(path: "export")
    let export = try await RunExport.write(run, to: target)
    try Console.say(
      "\(target.relativePath): \(export.answers) answers as CSV and JSONL, \(export.adapters) "
        + "adapters.")
  }
}
