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

  @Option(name: .customLong("out"), help: "Where run folders go.")
  var parent = "runs"

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
          + "--exploratory and --curves.")
    }
    if resume == nil, arguments.experiment == nil {
      throw ValidationError("Name an experiment, such as hello, or give --resume DIR.")
    }
  }

  func run() async throws {
    // Before the run folder exists: whoever sees it can stop the run.
    let interrupt = Interrupt()
    let backend: LocalBackend
    let folder: RunFolder
    if let resume {
      let url = URL(fileURLWithPath: resume)
      backend = try Subjects.backend(try RunRequest.read(in: try RunFolder.read(url)).subject)
      folder = try RunFolder.resume(url, backend: backend)
    } else {
      backend = try Subjects.backend(arguments.subject)
      folder = try begin(backend)
    }
    let progress = Console.progress()
    do {
      try await interrupt.stopping {
        let forecast = try await backend.forecast(folder.plan, bank: .standard)
        try forecast.checkMemory()
        // On a small model the run is over before its estimate is read.
        if folder.plan.work.seconds(forecast.rates, parallel: backend.parallelCells) > 60 {
          Console.complain("\(folder.plan.cost(forecast, parallel: backend.parallelCells))")
        }
        try await carryOut(folder, backend, progress, forecast.rates)
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
    let summary = try await RunReport.write(for: folder)
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

  private func begin(_ backend: LocalBackend) throws -> RunFolder {
    let (experiment, text) = try arguments.load()
    let plan = try Planner(experiment: experiment, options: arguments.options, backend: backend)
      .plan()
    let provenance = try Provenance.now(
      version: Version.text, plan: plan, threads: backend.parallelCells,
      precision: backend.precision.rawValue)
    let request = RunRequest(
      command: arguments.command, subject: try Subjects.lastingName(arguments.subject))
    return try RunFolder.create(
      in: URL(fileURLWithPath: parent), plan: plan, experimentText: text, provenance: provenance,
      prepare: request.write)
  }

  private func carryOut(
    _ folder: RunFolder, _ backend: LocalBackend, _ progress: ProgressWriter, _ rates: WorkRates
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
    try await Runner(folder: folder, backend: backend, rates: rates) { feed.yield($0) }.run()
    feed.finish()
    await shown.value
  }
}
