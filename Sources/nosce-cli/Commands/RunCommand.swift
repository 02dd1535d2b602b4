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

  @Option(
    help: "Where sealed forecasts are; those of the experiment are copied into its run.",
    completion: .directory)
  var forecasts = "forecasts"

  @Option(help: "Where ladders are kept (see `nosce ladder`).", completion: .directory)
  var ladders = "ladders"

  @Option(help: "Where recipes are kept (see `nosce calibrate`).", completion: .directory)
  var recipes = "recipes"

  @Flag(help: "Train also where the ladder says that the primary probe cannot read the model.")
  var insist = false

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
        }, mostCost: arguments.mostCost)
    }
    let request = try arguments.request()
    try Storage.checkFolder(URL(fileURLWithPath: parent ?? "runs"))
    try request.materialNote().map(Console.complain)
    let (model, judge) = (try await request.provider(), try await request.judgeProvider())
    let preparation = RunPreparation(
      request, on: model, judge: judge, ladders: URL(fileURLWithPath: ladders),
      recipes: URL(fileURLWithPath: recipes), insists: insist)
    let outcome = try await prepared(preparation)
    try StoppedRuns.keep(
      outcome, of: request, on: model, in: URL(fileURLWithPath: parent ?? "runs"))
    switch outcome {
    case .ready(let request, let ladder, let search):
      return try ExperimentRun.begin(
        request, on: model, judge: judge,
        in: URL(fileURLWithPath: parent ?? "runs"), forecasts: URL(fileURLWithPath: forecasts),
        ladder: ladder, search: search, events: Console.complain)
    case .unreadable(let results, let ladder, let reason): try say(results, ladder, reason)
    case .unlearnt(let record): try say(record)
    }
    return nil
  }

  private func prepared(_ preparation: RunPreparation) async throws -> RunPreparation.Preparedness {
    do {
      return try await Console.following { try await preparation.outcome($0) }
    } catch is CancellationError {
      Console.complain("Stopped. What is whole is kept; the same command goes on.")
      throw CancellationError()
    }
  }

  /// That no recipe is learnt honestly, which is a result.
  private func say(_ record: RecipeRecord) throws {
    if json {
      return try Console.write(String(decoding: try record.data(), as: UTF8.self) + "\n")
    }
    try Console.say(SearchText.render(record, width: min(Console.width, 100)))
  }

  private func say(
    _ results: [RunSummary.Ladder], _ ladder: LadderRecord, _ reason: String
  ) throws {
    if json {
      return try Console.say(SummaryJSON.text(results).trimmingCharacters(in: .newlines))
    }
    try Console.say(
      LadderText.render(results, of: ladder) + "\n\n"
        + ColumnText.wrap(
          "NOT TESTABLE: the primary probe cannot read this model (\(reason)). Nothing was "
            + "trained; --insist trains anyway.", min(Console.width, 100)
        ).joined(separator: "\n"))
  }

  private func hint(_ folder: RunFolder) -> String {
    ShellQuoting.command(["nosce", "run", "--resume", folder.url.relativePath])
  }

  /// Every experiment of the catalog, with an index over their reports.
  private func runAll() async throws {
    let request = arguments.request(of: "")
    try Storage.checkFolder(URL(fileURLWithPath: self.parent ?? "runs"))
    let model = try await request.provider()
    let parent = self.parent ?? "runs/\(SuiteRun.folderName(of: model))"
    let suite = SuiteRun(
      request, on: model, judge: try await request.judgeProvider(),
      in: URL(fileURLWithPath: parent), forecasts: URL(fileURLWithPath: forecasts),
      ladders: URL(fileURLWithPath: ladders), recipes: URL(fileURLWithPath: recipes),
      insists: insist)
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
