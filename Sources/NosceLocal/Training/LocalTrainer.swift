import Foundation
import NosceCore
import NosceEngine
import NoscePorts
import Synchronization

/// Fine-tunes a checkpoint in this process, on the engine's own threads.
///
/// A job begins when its events are read.
package final class LocalTrainer: Trainer {
  private struct Jobs {
    var count = 0
    var waiting: [JobID: TrainingJob] = [:]
  }

  private let checkpoint: LoadedCheckpoint
  private let engine: EngineThreads
  private let jobs = Mutex(Jobs())

  init(_ checkpoint: LoadedCheckpoint, engine: EngineThreads) {
    self.checkpoint = checkpoint
    self.engine = engine
  }

  package var keepsSnapshots: Bool { true }

  package func submit(_ job: TrainingJob) async throws -> JobID {
    jobs.withLock { jobs in
      jobs.count += 1
      let id = JobID("\(job.name)#\(jobs.count)")
      jobs.waiting[id] = job
      return id
    }
  }

  package func events(of id: JobID) -> AsyncThrowingStream<TrainingEvent, any Error> {
    let job = jobs.withLock { $0.waiting.removeValue(forKey: id) }
    return engine.stream { [self] events in
      guard let job else {
        throw LabError(.backend, "\(id.text): found no such job; allowed: one that was submitted")
      }
      try await train(job) { events.yield($0) }
    }
  }

  private func train(
    _ job: TrainingJob, report: @Sendable (TrainingEvent) -> Void
  ) async throws {
    report(.state(.running))
    let run = try checkpoint.adapterRun(job)
    let adapter = try await run.train { step, adapter in
      report(
        .progress(
          TrainingProgress(step: step.number, totalSteps: run.steps, loss: step.report.loss)))
      if job.snapshotSteps.contains(step.number) {
        let folder = job.snapshot(step.number)
        let copy = adapter()
        try checkpoint.save(copy, to: folder)
        report(.snapshot(step: step.number, .folder(folder)))
      }
    }
    let change = try run.largestLogitChange(to: adapter)
    try checkpoint.save(adapter, to: job.adapterDirectory)
    report(.state(.succeeded))
    report(
      .finished(
        TrainingResult(
          adapter: .folder(job.adapterDirectory), largestLogitChange: Double(change))))
  }
}
