import Foundation
import NosceCalibration
import NosceCore
import NosceFanOut
import NoscePorts
import NosceRuns

/// Hands a plan out: to a queue, or to processes of this machine.
package struct FanOutRun: Sendable {
  package enum Queue: String, Sendable, CaseIterable {
    case slurm, local
  }

  package let folder: FanOutFolder
  package let profile: SlurmProfile

  /// Hands out a plan, or takes up a folder in which it was handed out before.
  ///
  /// - Parameters:
  ///   - request: as it came out of its preparation.
  ///   - url: the folder, on a file system that every worker sees.
  ///   - program: the file of the program that workers start; nil for this one.
  ///   - workerWords: what workers are told beyond folder and line.
  /// - Throws: ``LabError`` where the folder holds another plan, or something else.
  package static func begin(
    _ request: ExperimentRequest, on model: any ModelProvider, judge: (any ModelProvider)?,
    at url: URL, ladder: LadderRecord?, search: RecipeRecord?, forecasts: URL,
    profile: SlurmProfile, workerWords: [String] = [], program: URL? = nil,
    events: @escaping AppEvents
  ) throws -> FanOutRun {
    guard let program = program ?? ProgramStart.executable else {
      throw LabError(
        .storage, "the program's own file: cannot be found; allowed: a system that names it")
    }
    let place = url.standardizedFileURL.path
    let script = JobScript.text(
      program: [program.path, "cell", place] + workerWords, folder: place, profile: profile)
    if FanOutFolder.exists(url) {
      let folder = try FanOutFolder.open(url, version: Version.text)
      let plan = try request.plan(on: model, judge: judge)
      guard plan.contentHash == folder.header.plan else {
        throw LabError(
          .version,
          "\(url.path): found the plan \(folder.header.plan.prefix(12)), handed out before; allowed: "
            + "the same, not \(plan.contentHash.prefix(12)), or another folder")
      }
      // The profile or the program may be others now.
      try folder.write(script: script)
      events(.message("\(url.relativePath): handed out before; what is done is not done again."))
      return FanOutRun(folder: folder, profile: profile)
    }
    try requireEmpty(url)
    let run = try ExperimentRun.begin(
      request, on: model, judge: judge, in: url, forecasts: forecasts, ladder: ladder,
      search: search, events: events)
    let folder = try FanOutFolder.create(
      url, run: run.folder, version: Version.text, script: script)
    return FanOutRun(folder: folder, profile: profile)
  }

  private static func requireEmpty(_ url: URL) throws {
    guard FileManager.default.fileExists(atPath: url.path) else { return }
    guard let first = try Storage.names(in: url).first else { return }
    throw LabError(
      .storage,
      "\(url.path): found '\(first)' in it and no fan-out.json; allowed: an empty folder, a new one, or "
        + "one that `nosce fan-out` has made")
  }

  /// The lines that have no marker yet, by number.
  package func left() throws -> [Int] {
    try folder.lines().filter { LineStanding(of: $0, in: folder).state != .done }.map(\.line)
  }

  package var slurm: SlurmQueue { SlurmQueue(folder, profile: profile) }

  /// The lines that the queue does not hold already.
  ///
  /// - Throws: ``LabError`` where the queue does not say: some could be queued twice.
  package func unqueued(_ lines: [Int]) throws -> [Int] {
    let (waiting, problem) = SlurmQueue.waiting(try SlurmQueue.submissions(of: folder))
    if let problem {
      throw LabError(
        .backend, "the queue was asked what it holds: found \(problem); allowed: an answer")
    }
    return lines.filter { waiting[$0] == nil }
  }
}
