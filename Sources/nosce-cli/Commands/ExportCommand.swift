import ArgumentParser
import Foundation
import NosceLab
import NosceReport

/// Writes what a run measured and trained in forms that other tools read.
struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Export a run: adapters in PEFT form, measurements as CSV and JSONL.")

  @Argument(help: "A run folder.")
  var folder: String

  @Option(help: "Where to write; by default the folder `export` inside the run.")
  var out: String?

  func run() async throws {
    let run = try RunFolder.read(URL(fileURLWithPath: folder))
    let target = out.map { URL(fileURLWithPath: $0) } ?? run.url.appending(path: "export")
    try Storage.makeFolder(target)
    let record = try await RunRecord(run)
    let summary = try Summariser(record, command: try RunRequest.read(in: run).command).summary()
    let transcripts = record.transcripts()
    let tables = [
      ("arms", MeasurementExport.arms(summary)), ("seeds", MeasurementExport.seeds(summary)),
      ("tasks", MeasurementExport.tasks(summary)),
      ("answers", MeasurementExport.transcripts(transcripts)),
    ]
    for (name, table) in tables {
      try Storage.write(Data(table.csv().utf8), to: target.appending(path: "\(name).csv"))
      try Storage.write(Data(table.jsonl().utf8), to: target.appending(path: "\(name).jsonl"))
    }
    try Storage.write(
      Data(try SummaryJSON.encode(summary).utf8), to: target.appending(path: "summary.json"))
    let adapters = target.appending(path: "adapters")
    let files = FileManager.default
    if files.fileExists(atPath: adapters.path) { try files.removeItem(at: adapters) }
    try files.copyItem(at: run.url.appending(path: "adapters"), to: adapters)
    let count = try files.contentsOfDirectory(atPath: adapters.path).count
    Console.say(
      "\(target.relativePath): \(transcripts.count) answers as CSV and JSONL, \(count) adapters.")
  }
}
