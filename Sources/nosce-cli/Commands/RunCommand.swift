import ArgumentParser
import Foundation
import NosceApp
import NosceCalibration
import NosceCore
import NosceEngine
import NosceFormats
import NosceLocal
import NoscePorts
import NosceReport
import NosceRuns
import NosceText
import NosceVerdicts

/// Plans, trains, asks, grades and reports.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run an experiment, or go on with one that was stopped.")

  @OptionGroup var arguments: ExperimentArguments

  @Flag(help: "Run every experiment of the catalog, and write an index over their reports.")
  var all = false

  @Option(
    name: .customLong("out"),
    help: "Where run folders go: by default runs, or runs/all-SUBJECT with --all.",
    completion: .directory)
  var parent: String?

  @OptionGroup var preparation: PreparationArguments

  @Option(help: "Go on with this run folder.", completion: .directory)
  var resume: String?

  @Flag(help: "Print one JSON document (docs/summary-schema.md) instead of the summary.")
  var json = false

  func validate() throws {
    if resume != nil, arguments.experiment != nil {
      throw ValidationError("--resume takes the experiment from the run folder; name no other.")
    }
    if resume != nil, arguments.changesPlan {
      throw ValidationError(
        "--resume goes on with the run as it was planned; give none of --seeds, --set, "
          + "--data, --exploratory, --curves, --dose, --questions, --judge and --materials.")
    }
    if all, resume != nil || arguments.experiment != nil || !arguments.settings.isEmpty {
      throw ValidationError(
        "--all runs every experiment as it is; name none, and give neither --resume nor --set.")
    }
    if resume == nil, arguments.judgeChatTemplate != nil, arguments.judge == nil {
      throw ValidationError("--judge-chat-template goes with --judge.")
    }
    if resume == nil, arguments.experiment == nil, !all {
      throw ValidationError("Name an experiment, such as hello, or give --all or --resume DIR.")
    }
  }

  func run() async throws {
    if all { return try await runAll() }
    guard let (folder, summary) = try await Interruption.cleanly({ try await carryOut() }) else {
      return
    }
    if json {
      try Console.say(SummaryJSON.encode(summary))
    } else {
      try Console.say(
        TerminalSummary.render(
          summary, width: min(Console.width, 100),
          style: Console.style(terminal: Console.outputIsTerminal),
          reportPath: folder.report.relativePath))
    }
    if summary.failures?.isEmpty == false {
      Console.complain("Go on with\n  \(hint(folder))")
      throw ExitCode.failure
    }
  }

  /// Nil where the ladder stops the run before anything is trained.
  private func carryOut() async throws -> (RunFolder, RunSummary)? {
    guard let run = try await begin() else { return nil }
    do {
      return (run.folder, try await Console.following { try await run.run($0) })
    } catch is CancellationError {
      Console.complain("Stopped. Everything measured is kept; go on with\n  \(hint(run.folder))")
      throw CancellationError()
    } catch {
      if resume == nil {
        Console.complain(
          "The run failed. What was measured is kept; once the cause is removed, go on with\n"
            + "  \(hint(run.folder))")
      }
      throw error
    }
  }

  private func begin() async throws -> ExperimentRun? {
    if let resume {
      let folder = URL(fileURLWithPath: resume)
      try RunFolder.requireResumable(folder)
      try Storage.checkFolder(folder)
      return try await ExperimentRun.reopened(
        folder, template: try arguments.template.given(),
        judgeTemplate: try arguments.judgeChatTemplate.map {
          try TemplateChoice.read($0, option: "--judge-chat-template")
        }, purse: arguments.mostCost.map { Purse(limit: $0) },
        trainer: try arguments.trainer.choice())
    }
    let request = try arguments.request()
    try Storage.checkFolder(URL(fileURLWithPath: parent ?? "runs"))
    try request.materialNote().map(Console.complain)
    let (model, judge) = (try await request.provider(), try await request.judgeProvider())
    let runs = URL(fileURLWithPath: parent ?? "runs")
    guard
      let ready = try await preparation.ready(
        request, on: model, judge: judge, keptIn: runs, json: json)
    else { return nil }
    return try ExperimentRun.begin(
      ready.request, on: model, judge: judge, in: runs,
      forecasts: URL(fileURLWithPath: preparation.forecasts), ladder: ready.ladder,
      search: ready.search, events: Console.complain)
  }

  private func hint(_ folder: RunFolder) -> String {
    ShellQuoting.command(["nosce", "run", "--resume", folder.url.relativePath])
  }

  /// Every experiment of the catalog, with an index over their reports.
  private func runAll() async throws {
    let request = try arguments.request(of: "")
    try Storage.checkFolder(URL(fileURLWithPath: self.parent ?? "runs"))
    let model = try await request.provider()
    let parent = self.parent ?? "runs/\(SuiteRun.folderName(of: model))"
    let suite = SuiteRun(
      request, on: model, judge: try await request.judgeProvider(),
      in: URL(fileURLWithPath: parent), forecasts: URL(fileURLWithPath: preparation.forecasts),
      ladders: URL(fileURLWithPath: preparation.ladders),
      recipes: URL(fileURLWithPath: preparation.recipes), insists: preparation.insist)
    let (result, failure) = try await Interruption.cleanly {
      do {
        return try await Console.following { try await suite.run($0) }
      } catch is CancellationError {
        Console.complain("Stopped. Everything measured is kept; the same command goes on.")
        throw CancellationError()
      }
    }
    if json {
      try Console.write(try result.json())
    } else {
      try Console.say(
        SuiteText.render(
          result, width: min(Console.width, 100),
          style: Console.style(terminal: Console.outputIsTerminal),
          index: suite.index.relativePath))
    }
    if let failure {
      let names = result.failed.map(\.experiment).joined(separator: ", ")
      Console.complain(
        "nosce: \(result.failed.count) of \(result.entries.count) experiments failed: \(names)")
      throw Ending.silently(failure)
    }
    let incomplete = result.entries.filter { $0.verdict?.kind == .incomplete }.map(\.experiment)
    if !incomplete.isEmpty {
      Console.complain(
        "nosce: incomplete: \(incomplete.joined(separator: ", ")); the same command tries the failed "
          + "subjects again")
      throw ExitCode.failure
    }
  }
}
