import Foundation
import NosceCore
import NosceReport
import NosceRuns
import NosceVerdicts

/// What a run measured and trained, in forms that other tools read.
package struct RunExport: Sendable {
  package let summary: RunSummary
  package let answers: Int
  package let adapters: Int
  /// What is wrong with the adapters that could not be exported.
  package let problems: [String]

  /// Writes tables as CSV and JSON lines, the summary, the adapters in PEFT form, and last a README
  /// that says what all of it is.
  ///
  /// What is whole is exported also where an adapter is missing or damaged; ``problems`` names those,
  /// and so does the README. An earlier export of such an adapter is left where it is.
  ///
  /// - Parameter target: any folder but the run's own.
  /// - Parameter gguf: writes the adapters as llama.cpp takes them, too.
  /// - Parameter overwrite: replaces what is there already. Without it nothing is written where one of
  ///   the files is.
  package static func write(
    _ run: RunFolder, to target: URL, gguf: Bool = false, overwrite: Bool = false
  ) async throws -> RunExport {
    try Storage.checkFolder(target)
    // Files are replaced by name, so a target that is the run would lose its own.
    guard target.resolvingSymlinksInPath().path != run.url.resolvingSymlinksInPath().path else {
      throw LabError(
        .storage, "--out: found the run folder \(run.url.path) itself; allowed: another folder")
    }
    let record = try await RunRecord(run)
    let base = gguf ? try ExportedAdapters.base(of: run, record) : nil
    let contents = try await ExportContents(run, record)
    let (summary, tables, adapters) = (contents.summary, contents.tables, contents.adapters)
    if !overwrite {
      try requireNone(
        of: tables.flatMap { ["\($0.name).csv", "\($0.name).jsonl"] }
          + ["summary.json", ExportContents.readme] + adapters.whole.map { "adapters/\($0)" }
          + (gguf ? adapters.whole.map { "gguf/\(ExportedAdapters.ggufFile(of: $0))" } : []),
        in: target)
    }
    try Storage.makeFolder(target)
    // Before all else: adapters that do not fit the model's files end the export.
    if let base { try adapters.writeGGUF(to: target.appending(path: "gguf"), base: base) }
    for table in tables {
      try Storage.write(table.csv(), to: target.appending(path: "\(table.name).csv"))
      try Storage.write(table.jsonl(), to: target.appending(path: "\(table.name).jsonl"))
    }
    try Storage.write(
      try SummaryJSON.encode(summary), to: target.appending(path: "summary.json"))
    try adapters.copy(to: target.appending(path: "adapters"))
    try Storage.write(
      contents.readme(hasGGUF: gguf), to: target.appending(path: ExportContents.readme))
    return RunExport(
      summary: summary, answers: contents.answers, adapters: adapters.whole.count,
      problems: adapters.problems)
  }

  /// Refuses a folder that has one of the files already.
  private static func requireNone(of names: [String], in target: URL) throws {
    var status = stat()
    let there = names.filter { lstat(target.appending(path: $0).path, &status) == 0 }
    guard let first = there.first else { return }
    throw LabError(
      .storage,
      "\(target.appending(path: first).path): found a file that is there already, "
        + "\(there.count) of the \(names.count) that would be written; allowed: a folder without "
        + "them, or --overwrite")
  }
}
