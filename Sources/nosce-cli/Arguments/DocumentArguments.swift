import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceVerdicts

/// The runs of which a document is made, and where it goes.
struct DocumentArguments: ParsableArguments {
  @Argument(help: "Run folders, or folders that hold some.", completion: .directory)
  var folders = ["runs"]

  @Option(
    help: "The file to write; by default standard output.", completion: .file(extensions: ["md"]))
  var out: String?

  /// Writes what is made of all runs that ended, and of those that were stopped before they began.
  func write(_ text: ([RunSummary], [StoppedRun]) -> String) async throws {
    let summaries = try await FinishedRuns.summaries(in: folders, events: Console.complain)
    let stopped = try StoppedRuns.found(in: folders, events: Console.complain)
    guard !summaries.isEmpty || !stopped.isEmpty else {
      throw LabError(
        .storage,
        "\(folders.joined(separator: ", ")): found no finished run; allowed: folders in which "
          + "`nosce run` has finished at least one")
    }
    let text = text(summaries, stopped)
    guard let out else { return try Console.write(text) }
    try Storage.write(text, to: URL(fileURLWithPath: out))
    Console.complain("\(out): \(Counted.text(summaries.count + stopped.count, "run")).")
  }
}
