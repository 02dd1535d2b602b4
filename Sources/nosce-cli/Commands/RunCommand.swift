import ArgumentParser
import Foundation
import NosceEngine
import NosceLab
import NosceLocal
import NosceReport

/// Plans, trains, asks, grades and reports.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run an experiment, or go on with one that was stopped.")

  @OptionGroup var arguments: ExperimentArguments

  @Flag(help: "Run every experiment of the catalog, and write an index over their reports.")
  var all = false

  @Option(
    name: .customLong("out"),
    help: "Where run folders go: by default runs, or runs/all-SUBJECT with --all.")
  var parent: String?

  @Option(help: "Where sealed forecasts are; those of the experiment are copied into its run.")
  var forecasts = "forecasts"

  @Option(help: "Go on with this run folder.")
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
          + "--data, --exploratory, --curves, --dose, --questions and --judge.")
    }
    if all, resume != nil || arguments.experiment != nil || !arguments.settings.isEmpty {
      throw ValidationError(
        "--all runs every experiment as it is; name none, and give neither --resume nor --set.")
    }
    if resume == nil, arguments.experiment == nil, !all {
      throw ValidationError("Name an experiment, such as hello, or give --all or --resume DIR.")
    }
  }

  func run() async throws {
    if all { return try await runAll() }
    var subject = arguments.subject
    var judge = arguments.judge
    if let resume {
      let request = try RunRequest.read(in: try RunFolder.read(URL(fileURLWithPath: resume)))
      (subject, judge) = (request.subject, request.judge)
    }
    let (folder, summary) = try await carryOut(
      on: try Subjects.backend(subject),
      judge: try judge.map { try Subjects.backend($0, option: "--judge") })
    if json {
      try Console.say(SummaryJSON.encode(summary))
    } else {
      try Console.say(
        TerminalSummary.render(
          summary, width: min(Console.width, 100),
          style: Console.style(terminal: Console.outputIsTerminal),
          reportPath: folder.report.relativePath))
    }
  }

  /// Begins the run or goes on with it, to its end and its report.
  func carryOut(
    on backend: LocalBackend, judge: LocalBackend?
  ) async throws -> (RunFolder, RunSummary) {
    // Before the run folder exists: whoever sees it can stop the run.
    let interrupt = Interrupt()
    let begun = resume.map { URL(fileURLWithPath: $0) }
    let folder =
      try begun.map { try RunFolder.resume($0, backend: backend, judge: judge) }
      ?? begin(backend, judge)
    let progress = Console.progress()
    do {
      try await interrupt.stopping {
        let forecast = try await backend.forecast(folder.plan, bank: .standard)
        try forecast.checkMemory()
        // On a small model the run is over before its estimate is read.
        if folder.plan.work.seconds(forecast.rates, parallel: backend.parallelCells) > 60 {
          Console.complain("\(folder.plan.cost(forecast, parallel: backend.parallelCells))")
        }
        try await carryOut(folder, backend, judge, progress, forecast.rates)
      }
    } catch is CancellationError {
      await progress.finish()
      Console.complain(
        "Stopped. Everything measured is kept; go on with\n"
          + "  nosce run --resume \(folder.url.relativePath)")
      throw CancellationError()
    } catch {
      await progress.finish()
      if resume == nil {
        Console.complain(
          "The run failed. What was measured is kept; once the cause is removed, go on with\n"
            + "  nosce run --resume \(folder.url.relativePath)")
      }
      throw error
    }
    await progress.finish()
    return (folder, try await RunReport.write(for: folder))
  }

  private func begin(_ backend: LocalBackend, _ judge: LocalBackend?) throws -> RunFolder {
    let (experiment, text) = try arguments.load()
    let plan = try Planner(
      experiment: experiment, options: arguments.options, backend: backend, judge: judge
    ).plan()
    try plan.checkJudge()
    let provenance = try Provenance.now(
      version: Version.text, plan: plan, threads: backend.parallelCells,
      precision: backend.precision.rawValue)
    let request = RunRequest(
      command: arguments.command, subject: try Subjects.lastingName(arguments.subject),
      judge: try arguments.judge.map { try Subjects.lastingName($0, option: "--judge") })
    let sealed = ForecastFolder(URL(fileURLWithPath: forecasts))
    return try RunFolder.create(
      in: URL(fileURLWithPath: parent ?? "runs"), plan: plan, experimentText: text,
      provenance: provenance,
      prepare: { folder in
        try request.write(to: folder)
        try arguments.keepQuestions(in: folder)
        for problem in try sealed.copy(for: plan, into: folder) { Console.complain(problem) }
      })
  }

  private func carryOut(
    _ folder: RunFolder, _ backend: LocalBackend, _ judge: LocalBackend?,
    _ progress: ProgressWriter, _ rates: WorkRates
  ) async throws {
    // Events come from several threads at once; one consumer keeps their order.
    let (events, feed) = AsyncStream.makeStream(of: RunEvent.self)
    let label = folder.plan.experiment.name
    let shown = Task {
      for await case .progress(let now) in events {
        await progress.update(
          label, done: now.subjectsDone, total: now.subjects,
          note: "\(now.stage.rawValue) \(now.detail)", fraction: now.fraction,
          secondsLeft: now.secondsLeft)
      }
    }
    defer { feed.finish() }
    try await Runner(folder: folder, backend: backend, rates: rates, judge: judge) {
      feed.yield($0)
    }.run()
    feed.finish()
    await shown.value
  }
}
