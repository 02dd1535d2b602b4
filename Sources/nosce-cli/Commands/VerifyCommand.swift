import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceReport
import NosceRuns

/// Makes everything of a run anew from its store, and names what differs.
struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Make grades, summary, report and tables of a run anew, and name what differs.",
    discussion: """
      Nothing is written and no model is asked. Exit codes: 0 nothing differs; 1 something does; \
      65 the run cannot be verified, since it is not at its end or of another schema; 74 it cannot \
      be read. What could not be compared is named and changes no exit code.
      """)

  @Argument(help: "A run folder.", completion: .directory)
  var folder: String

  @Option(
    help:
      "An export to compare; by default the folder `export` inside the run, where there is one.",
    completion: .directory)
  var export: String?

  @Flag(help: "Print one JSON document instead.")
  var json = false

  func run() async throws {
    let run = try RunFolder.read(URL(fileURLWithPath: folder))
    let place = export.map { URL(fileURLWithPath: $0) }
    if let place, !FileManager.default.fileExists(atPath: place.path) {
      throw LabError(.storage, "\(place.relativePath): found no folder; allowed: an export")
    }
    let result = try await RunVerification.verify(run, export: place)
    try Console.say(
      json ? SummaryJSON.text(result).trimmingCharacters(in: .newlines) : text(result))
    if result.outcome == .different { throw ExitCode.failure }
  }

  private func text(_ result: Verification) -> String {
    var lines = [ColumnText.clean(result.run)]
    if result.begunBy != result.verifiedBy {
      lines.append(
        "begun by version \(ColumnText.clean(result.begunBy)), verified by \(result.verifiedBy)")
    }
    for check in result.checks {
      lines += ColumnText.entry(
        check.part.rawValue, ColumnText.clean(check.words), column: 12, width: Console.width)
    }
    func list(_ title: String, _ items: [String]) {
      if items.isEmpty { return }
      // Each on one line, however long, so that they can be counted and searched.
      lines += ["", title] + items.map { "  \(ColumnText.clean($0))" }
    }
    list("Not verified:", result.notVerified.map(\.words))
    list("Different:", result.differences.map(\.words))
    let count = result.differences.count
    let rest = result.notVerified.isEmpty ? "" : " of what could be verified"
    lines += ["", count == 0 ? "Nothing\(rest) differs." : "\(Counted.text(count, "difference"))."]
    return lines.joined(separator: "\n")
  }
}
