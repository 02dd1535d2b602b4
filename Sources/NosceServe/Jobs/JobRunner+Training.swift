import Foundation
import NosceCore
import NosceEngine
import NosceLocal
import NoscePorts
import NosceRows

/// The jobs' work itself.
extension JobRunner {
  /// Begins with the job that has waited longest, where none trains.
  func goOn() {
    guard running == nil else { return }
    let next = jobs.values.filter { [.validating, .queued].contains($0.status) }
      .min { ($0.created, $0.id) < ($1.created, $1.id) }
    guard let next else { return }
    running = (
      next.id,
      Task {
        await self.work(next.id)
        self.ended()
      }
    )
  }

  private func ended() {
    let wasStopped =
      running?.work.isCancelled == true && jobs[running?.id ?? ""]?.status != .cancelled
    running = nil
    if !wasStopped { goOn() }
  }

  private func work(_ id: String) async {
    do {
      try await train(id)
    } catch {
      guard jobs[id]?.status.isOver == false else { return }
      // The server stops: the next one takes the job up.
      if Task.isCancelled || error is CancellationError { return }
      let fault =
        error as? JobFault ?? JobFault(code: Self.code(of: error), message: "\(error)")
      change(id) { job in
        job.status = .failed
        job.finished = Self.now
        job.fault = FineTuningJob.Fault(
          code: fault.code, message: fault.message, parameter: fault.parameter)
        job.note(fault.message, level: "error")
      }
    }
  }

  private struct JobFault: Error {
    var code: String
    var message: String
    var parameter: String?
  }

  private static func code(of error: any Error) -> String {
    switch (error as? LabError)?.code {
    case .storage: "storage"
    case .invalidExperiment: "invalid_training_file"
    default: "training_failed"
    }
  }

  private func train(_ id: String) async throws {
    let job = try job(id)
    // It may have been given up before this began.
    if job.status.isOver { return }
    guard let base = shelf.base(job.model), let trainer = base.local.trainer,
      base.local.identity.contentHash == job.modelHash
    else {
      throw JobFault(
        code: "model_not_found", message: "The model \(job.model) is not served any longer.",
        parameter: "model")
    }
    let rows = try await Self.rows(of: job, in: place(job.id))
    if jobs[id]?.status.isOver != false { return }
    let plan = JobPlan(job.asked, rows: rows.count, recipe: BaseRecipe(for: base.local))
    change(id) { job in
      job.rows = rows.count
      job.status = .queued
      job.note("Validated \(rows.count) examples of \(job.fileName).")
    }
    // What an earlier start has left is of no use.
    let place = place(id)
    for name in ["adapter", "snapshots"]
    where FileManager.default.fileExists(atPath: place.appending(path: name).path) {
      try Storage.remove(place.appending(path: name))
    }
    let training = TrainingJob(
      name: id, rows: rows, settings: plan.settings, seed: UInt64(job.seed),
      snapshotSteps: plan.snapshots, adapterDirectory: place.appending(path: "adapter"),
      snapshotDirectory: place.appending(path: "snapshots"))
    let events = trainer.events(of: try await trainer.submit(training))
    var result: TrainingResult?
    for try await event in events {
      if case .finished(let finished) = event { result = finished }
      take(event, of: id)
    }
    try Task.checkCancellation()
    guard let result, jobs[id]?.status == .running else { throw CancellationError() }
    guard result.largestLogitChange ?? 1 > 0 else {
      throw JobFault(
        code: "training_failed",
        message: "The training has changed nothing: is the learning rate too low?")
    }
    let tokens = try await Self.trainedTokens(base.local, rows, plan, seed: training.seed)
    guard jobs[id]?.status == .running else { throw CancellationError() }
    change(id) { job in
      job.status = .succeeded
      job.finished = Self.now
      job.trainedTokens = tokens
      job.fineTunedModel = job.resultName
      job.note("New fine-tuned model created: \(job.resultName)")
      job.note("The job has successfully completed")
    }
    if let job = jobs[id] { await offer(job) }
  }

  /// The rows of a job's file, by the reader that `nosce train` uses. Read beside the actor, which answers
  /// questions about jobs meanwhile.
  @concurrent private static func rows(
    of job: FineTuningJob, in place: URL
  ) async throws -> [TrainingRow] {
    let data = try Storage.read(place.appending(path: "rows.jsonl"))
    let (rows, problems) = RowFile.scan(data, file: job.fileName, problemLimit: 5)
    guard problems.isEmpty else {
      throw JobFault(
        code: "invalid_file_format", message: problems.map { "\($0)" }.joined(separator: "\n"),
        parameter: "training_file")
    }
    guard rows.count >= Self.leastRows else {
      throw JobFault(
        code: "invalid_n_examples",
        message: "Training file has \(rows.count) example(s), but must have at least "
          + "\(Self.leastRows) examples", parameter: "training_file")
    }
    return rows.map(\.row)
  }

  private func take(_ event: TrainingEvent, of id: String) {
    guard jobs[id]?.status.isOver == false else { return }
    switch event {
    case .state(let state):
      guard state == .running else { return }
      change(id) { job in
        job.status = .running
        job.note("Fine-tuning job started")
      }
    case .progress(let progress):
      lastLoss = progress.loss.isFinite ? progress.loss : nil
      // The record is written whole, so that it must not grow without end.
      let stride = max(1, progress.totalSteps / 1_000)
      guard progress.step % stride == 0 || [1, progress.totalSteps].contains(progress.step) else {
        return
      }
      // Each write goes to the disk whole; what a crash takes is made again.
      change(id, writes: written.duration(to: .now) > .seconds(2)) { job in
        job.note(
          "Step \(progress.step)/\(progress.totalSteps): training loss=\(progress.loss)",
          step: progress.step, of: progress.totalSteps, loss: progress.loss)
      }
    case .snapshot(let step, _):
      change(id) { job in
        let name = "\(job.resultName):ckpt-step-\(step)"
        job.checkpoints.append(
          FineTuningJob.Checkpoint(
            id: Identifier.make("ftckpt_"), created: Self.now, step: step, model: name,
            loss: lastLoss))
        job.note("Checkpoint created at step \(step): \(name)")
      }
    case .finished: break
    }
  }

  /// The tokens of all rows as often as they were read.
  @concurrent private static func trainedTokens(
    _ model: LocalModel, _ rows: [TrainingRow], _ plan: JobPlan, seed: UInt64
  ) async throws -> Int {
    let lengths = try model.checkpoint.encoded(rows, of: "rows").map(\.tokens.count)
    let order = plan.settings.rowOrder(of: rows.count, seed: seed)
    var tokens = 0
    for _ in 0..<plan.settings.steps {
      tokens += (order.next() ?? []).reduce(0) { $0 + lengths[$1] }
    }
    return tokens
  }
}
