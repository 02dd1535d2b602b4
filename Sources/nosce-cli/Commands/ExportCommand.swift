import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceReport
import NosceRuns
import NosceVerdicts

/// Writes what a run measured and trained in forms that other tools read.
struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Export a run: adapters in PEFT form, everything measured as CSV and JSONL.",
    discussion: """
      The README.md that is written with them says what every file and column is. A missing or \
      damaged adapter is named, and the exit code is 74; all the rest is exported all the same.
      """)

  @Argument(help: "A run folder.", completion: .directory)
  var folder: String

  @Option(
    help: "Where to write; by default the folder `export` inside the run.", completion: .directory)
  var out: String?

  @Flag(
    help: """
      Write the adapters as GGUF files, too, which llama.cpp takes with --lora (the folder `gguf`).
      """)
  var gguf = false

  @Flag(help: "Replace files that are there already.")
  var overwrite = false

  func run() async throws {
    let run = try RunFolder.read(URL(fileURLWithPath: folder))
    let target = out.map { URL(fileURLWithPath: $0) } ?? run.url.appending(path: "export")
    let export = try await RunExport.write(run, to: target, gguf: gguf, overwrite: overwrite)
    for change in export.summary.changedFiles ?? [] {
      Console.complain("\(run.url.relativePath)/\(change.words)")
    }
    if let unfinished = export.summary.unfinished {
      Console.complain(TerminalSummary.line(of: unfinished))
    }
    try Console.say(
      "\(target.relativePath): \(export.answers) answers as CSV and JSONL, \(export.adapters) "
        + "adapters\(gguf ? ", in PEFT form and as GGUF" : "").")
    if !export.problems.isEmpty {
      throw LabError(
        .storage,
        "\(run.url.relativePath): found \(export.problems.count) adapters that are not as they were "
          + "trained, which were not exported; everything else was:\n"
          + export.problems.map { "  \($0)" }.joined(separator: "\n"))
    }
  }
}
