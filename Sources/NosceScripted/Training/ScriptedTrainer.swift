import NosceCore
import NoscePorts
import Synchronization

/// Trains a script: nothing is learnt, but everything is reported as an outside service would.
package final class ScriptedTrainer: Trainer {
  private struct Queue {
    var count = 0
    var waiting: [JobID: TrainingJob] = [:]
  }

  private let script: Script
  private let counts: ScriptCounts
  private let queue = Mutex(Queue())

  init(_ script: Script, counts: ScriptCounts) {
    self.script = script
    self.counts = counts
  }

  package var keepsSnapshots: Bool { script.training.keepsSnapshots }
  package var leastRows: Int { script.training.leastRows }

  package func submit(_ job: TrainingJob) async throws -> JobID {
    if !job.snapshotSteps.isEmpty, !keepsSnapshots {
      throw LabError(
        .backend,
        "\(script.name): found copies to be kept along the way; allowed: none, by its capabilities")
    }
    guard job.rows.count >= leastRows else {
      throw LabError(
        .backend,
        "\(script.name): found \(Counted.text(job.rows.count, "row")); allowed: \(leastRows) or more, by "
          + "its capabilities")
    }
    return queue.withLock { queue in
      queue.count += 1
      let id = JobID("\(job.name)#\(queue.count)")
      queue.waiting[id] = job
      return id
    }
  }

  package func events(of id: JobID) -> AsyncThrowingStream<TrainingEvent, any Error> {
    let job = queue.withLock { $0.waiting.removeValue(forKey: id) }
    return AsyncThrowingStream { events in
      let task = Task {
        do {
          guard let job else {
            throw LabError(
              .backend, "\(id.text): found no such job; allowed: one that was submitted")
          }
          try await train(job) { events.yield($0) }
          events.finish()
        } catch {
          if !(error is CancellationError) { events.yield(.state(.failed)) }
          events.finish(throwing: error)
        }
      }
      events.onTermination = { _ in task.cancel() }
    }
  }

  private func train(
    _ job: TrainingJob, report: @Sendable (TrainingEvent) -> Void
  ) async throws {
    report(.state(.queued))
    try Task.checkCancellation()
    report(.state(.running))
    let steps = max(1, job.settings.steps)
    for step in 1...steps {
      try await Pause.seconds(script.training.secondsPerStep)
      if counts.breaksDown(job.name, at: step, script.training) {
        throw LabError(
          .backend,
          "\(script.name): the training of \(job.name) fails at step \(step), as the script says")
      }
      report(
        .progress(
          TrainingProgress(step: step, totalSteps: steps, loss: script.training.loss(of: step))))
      if job.snapshotSteps.contains(step) {
        let folder = job.snapshot(step)
        try ScriptedAdapter(name: job.name, steps: step).write(to: folder)
        report(.snapshot(step: step, .folder(folder)))
      }
    }
    try ScriptedAdapter(name: job.name, steps: steps).write(to: job.adapterDirectory)
    report(.state(.succeeded))
    report(
      .finished(
        TrainingResult(
          adapter: .folder(job.adapterDirectory),
          largestLogitChange: script.training.logitChange)))
  }
}
