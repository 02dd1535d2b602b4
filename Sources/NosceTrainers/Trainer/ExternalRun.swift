import Foundation
import NosceCore
import NosceEngine
import NosceLocal
import NoscePorts

/// One job in the hands of another program: handed over, waited for, checked, taken in.
///
/// Its folder is removed when all of this has succeeded. Where it has not, the folder stays, with what
/// the program said last in `log.txt`, until the job is tried again: the program can be started on it by
/// hand.
struct ExternalRun: Sendable {
  struct Trained: Sendable {
    var result: TrainingResult
    /// The steps of the copies that are kept.
    var snapshots: [Int]
    var remark: String
    /// Of every step, as the program's report has them.
    var losses: [Double]
  }

  /// What is known of a job before the program starts.
  private struct Preparation: Sendable {
    var run: AdapterRun
    var expected: ProgramReport.Expectation
  }

  let job: TrainingJob
  let folder: JobFolder
  private let model: LocalModel
  private let program: TrainingProgram
  private let base: BaseFiles
  private let keepsSnapshots: Bool

  init(trainer: ExternalTrainer, job: TrainingJob) {
    self.job = job
    folder = JobFolder(for: job.adapterDirectory)
    model = trainer.model
    program = trainer.program
    base = trainer.base
    keepsSnapshots = trainer.keepsSnapshots
  }

  /// - Parameter progress: called with each step as the program tells of it.
  func outcome(_ progress: @escaping @Sendable (TrainingProgress) -> Void) async throws -> Trained {
    let ready = try await model.computed { try self.prepare($0) }
    let log = ProgramLog()
    let reader = ProgressReader(steps: ready.run.steps, log: log)
    let child = try ChildProgram(program, argument: folder.url.path)
    let end = try await child.run(log: log) { line, isWhole in
      if let step = reader.progress(line, isWhole: isWhole) { progress(step) }
    }
    do {
      guard end.isSuccess else { throw program.failure(end, log) }
      let outcome = try await model.computed { try self.take(ready, $0) }
      try tell(outcome.losses, told: reader.losses, steps: ready.run.steps, progress)
      folder.remove()
      return outcome
    } catch let error as LabError {
      try? Storage.write(log.text, to: folder.log)
      throw LabError(
        error.code, "\(job.name): \(error.message) (the job is kept in \(folder.url.path))",
        cause: error)
    }
  }

  /// Tells of steps that the program said nothing of as it went on, and refuses one that has two losses.
  private func tell(
    _ losses: [Double], told: [Int: Double], steps: Int,
    _ progress: (TrainingProgress) -> Void
  ) throws {
    for (step, loss) in zip(1..., losses) {
      guard let earlier = told[step] else {
        progress(TrainingProgress(step: step, totalSteps: steps, loss: loss))
        continue
      }
      guard earlier == loss else {
        throw LabError(
          .backend,
          "\(folder.report.path): found a loss of \(loss) at step \(step), and \(earlier) on standard "
            + "output; allowed: the same")
      }
    }
  }

  private func prepare(_ checkpoint: LoadedCheckpoint) throws -> Preparation {
    let run = try checkpoint.adapterRun(job)
    // One pass of ours over the first step: what the base says of these tokens before anything is learnt.
    let first = try run.gradients(ofStep: 1).report
    let hash = try folder.write(job, run, base: base)
    return Preparation(
      run: run,
      expected: ProgramReport.Expectation(
        tokensHash: hash, baseHashes: program.readsFolder ? base.hashes : [], steps: run.steps,
        trainedTokens: first.targetTokens, firstLoss: first.loss))
  }

  /// Checks everything before anything is kept.
  private func take(_ ready: Preparation, _ checkpoint: LoadedCheckpoint) throws -> Trained {
    let run = ready.run
    // Below a link, everything could be a link.
    try GivenFile.checkFolder(folder.url)
    let said = try ProgramReport(folder.report, expected: ready.expected)
    let adapter = try trained(folder.adapter, after: run.steps, run, checkpoint)
    let steps = keepsSnapshots ? job.snapshotSteps.sorted().filter { $0 <= run.steps } : []
    if !steps.isEmpty { try GivenFile.checkFolder(folder.snapshots) }
    let copies = try steps.map { step in
      (step, try trained(folder.snapshot(step), after: step, run, checkpoint))
    }
    let change = try run.largestLogitChange(to: adapter)
    for (step, copy) in copies { try checkpoint.save(copy, to: job.snapshot(step)) }
    try checkpoint.save(adapter, to: job.adapterDirectory)
    return Trained(
      result: TrainingResult(
        adapter: .folder(job.adapterDirectory), largestLogitChange: Double(change)),
      snapshots: steps, remark: said.remark(program: program.name),
      losses: said.losses)
  }

  private func trained(
    _ url: URL, after steps: Int, _ run: AdapterRun, _ checkpoint: LoadedCheckpoint
  ) throws -> LoRAAdapter {
    let isMoved = (0..<steps).contains { run.optimizer.learningRate(step: $0) > 0 }
    return try TrainedFolder(
      url: url, start: run.start, checkpoint: checkpoint, base: base, isMoved: isMoved
    ).adapter()
  }
}
