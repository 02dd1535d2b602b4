import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceFanOut
import NosceReport
import NosceText

/// Hands an experiment out to a queue, a subject a line.
struct FanOutCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fan-out",
    abstract: "Hand an experiment out to Slurm or to processes here, a subject a line.",
    discussion: """
      The folder holds cells.jsonl, a line for each subject, job.sh, which carries out one line, and the \
      run folder, which `nosce collect` fills. Ladder, recipe and rows come first and here, as with \
      `nosce run`. The same command again queues what is not done (docs/fan-out.md).
      """)

  @OptionGroup var arguments: ExperimentArguments

  @Option(help: "Who carries the lines out: slurm or local.")
  var on = "slurm"

  @Option(
    name: .customLong("out"), help: "The folder, on a file system that every worker sees.",
    completion: .directory)
  var url: String

  @Option(help: "What the cluster wants to be told: a YAML file.", completion: Completions.yaml)
  var profile: String?

  @Option(help: "With --on local: lines at a time.")
  var parallel = 1

  @Flag(help: "Only write what would be queued.")
  var dryRun = false

  @OptionGroup var preparation: PreparationArguments

  func validate() throws {
    if FanOutRun.Queue(rawValue: on) == nil {
      let allowed = FanOutRun.Queue.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--on: found '\(on)'; allowed: \(allowed).")
    }
    if arguments.mostCost != nil {
      throw ValidationError(
        "--most-cost holds for one process, and every line is one: most_cost of the endpoint's "
          + "configuration holds for each of them (docs/endpoints.md).")
    }
    if arguments.experiment == nil {
      throw ValidationError("Name an experiment, such as hello, or a YAML file.")
    }
    if !(1...1024).contains(parallel) {
      throw ValidationError("--parallel: found \(parallel); allowed: 1 to 1024.")
    }
  }

  func run() async throws {
    let profile = try profile.map { try SlurmProfile(contentsOf: URL(fileURLWithPath: $0)) }
    guard let run = try await Interruption.cleanly({ try await begin(profile ?? SlurmProfile()) })
    else { return }
    let left = try run.left()
    let all = run.folder.header.lines
    let place = run.folder.url.relativePath
    if left.isEmpty {
      return try Console.say("Every line of \(place) is done.\(next(place))")
    }
    if on == FanOutRun.Queue.local.rawValue {
      if dryRun {
        return try Console.say("bash \(ShellQuoting.quoted(run.folder.script.path)) LINE")
      }
      return try await carryOut(run, left)
    }
    if dryRun {
      for (_, words) in run.slurm.commands(for: left, arraySize: run.slurm.arraySize()) {
        try Console.say(ShellQuoting.command(words))
      }
      return
    }
    let lines = try run.unqueued(left)
    if lines.isEmpty { return try Console.say("Every line that is left is queued already.") }
    let submitted = try run.slurm.submit(lines)
    let jobs = submitted.map { "\($0.job) (\($0.indices))" }.joined(separator: ", ")
    try Console.say(
      "\(lines.count) of \(Counted.text(all, "line")) queued: \(jobs).\n  nosce status "
        + "\(ShellQuoting.quoted(place))\(next(place))")
  }

  private func next(_ place: String) -> String { "\n  nosce collect \(ShellQuoting.quoted(place))" }

  private func begin(_ profile: SlurmProfile) async throws -> FanOutRun? {
    let request = try arguments.request()
    try request.materialNote().map(Console.complain)
    let (model, judge) = (try await request.provider(), try await request.judgeProvider())
    guard
      let ready = try await preparation.ready(
        request, on: model, judge: judge, keptIn: URL(fileURLWithPath: url))
    else { return nil }
    return try FanOutRun.begin(
      ready.request, on: model, judge: judge, at: URL(fileURLWithPath: url), ladder: ready.ladder,
      search: ready.search, forecasts: URL(fileURLWithPath: preparation.forecasts),
      profile: profile, workerWords: ready.request.trainer?.words ?? [], events: Console.complain)
  }

  private func carryOut(_ run: FanOutRun, _ lines: [Int]) async throws {
    let total = lines.count
    try await Interruption.cleanly {
      do {
        try await LocalQueue(run.folder, lanes: parallel).run(lines) { line, code in
          let log = run.folder.log(ofLine: line).path
          Console.complain("line \(line): \(code == 0 ? "done" : "exit code \(code), see \(log)")")
        }
      } catch is CancellationError {
        Console.complain("Stopped. What was answered is kept; the same command goes on.")
        throw CancellationError()
      }
    }
    let left = try run.left()
    let place = run.folder.url.relativePath
    try Console.say(
      "\(total - left.count) of \(Counted.text(total, "line")) carried out.\(next(place))")
    if !left.isEmpty { throw ExitCode.failure }
  }
}
