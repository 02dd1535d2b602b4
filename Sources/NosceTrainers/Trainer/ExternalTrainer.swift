import Foundation
import NosceCore
import NosceEngine
import NosceLocal
import NoscePorts
import Synchronization

/// Has another program do what the model's own trainer would do, and believes nothing that it says.
///
/// The program is given the same tokens in the same order, the same adapter to start from and every
/// setting; the adapter that it leaves is checked, and saved by us. A job begins when its events are read.
/// Errors are ``LabError``.
package final class ExternalTrainer: Trainer {
  private struct State {
    var count = 0
    var waiting: [JobID: TrainingJob] = [:]
    var running: [JobID: Task<Void, Never>] = [:]
    var remarks: [String] = []
  }

  let model: LocalModel
  let program: TrainingProgram
  let base: BaseFiles
  package let keepsSnapshots: Bool
  private let turns: TrainingTurns
  private let state = Mutex(State())

  package var name: String? { program.name }

  /// - Parameters:
  ///   - keepsSnapshots: whether the program writes the copies that a job asks for along the way.
  ///   - atOnce: how many programs run at the same time; each loads the base model once more.
  /// - Throws: ``LabError`` where the base is not of a form that the program reads.
  package init(
    _ model: LocalModel, program: TrainingProgram, keepsSnapshots: Bool = true, atOnce: Int = 1
  ) throws {
    self.model = model
    self.program = program
    self.keepsSnapshots = keepsSnapshots
    base = try BaseFiles(model.checkpoint)
    turns = TrainingTurns(count: atOnce)
    if program.readsFolder, !base.isFolder {
      throw LabError(
        .refusedDesign,
        "\(base.url.path): found a file to be trained by \(program.name); allowed: a folder as "
          + "Hugging Face lays it out (config.json, model.safetensors, tokenizer.json)")
    }
  }

  /// Whether the program can be started, and has what it needs: asked before a run begins, so that not
  /// every subject fails for the same reason.
  ///
  /// - Throws: ``LabError`` saying what is missing.
  package func check() async throws {
    let child = try ChildProgram(program, argument: "--check")
    guard program.readsFolder else { return }
    let log = ProgramLog()
    let end = try await child.run(log: log) { line, _ in log.add(line) }
    guard end.isSuccess else { throw program.failure(end, log) }
  }

  package func submit(_ job: TrainingJob) async throws -> JobID {
    // Before any time is spent: the program must be there.
    _ = try program.file()
    return state.withLock { state in
      state.count += 1
      let id = JobID("\(job.name)#\(state.count)")
      state.waiting[id] = job
      return id
    }
  }

  package func events(of id: JobID) -> AsyncThrowingStream<TrainingEvent, any Error> {
    let (stream, events) = AsyncThrowingStream<TrainingEvent, any Error>.makeStream()
    state.withLock { state in
      guard let job = state.waiting.removeValue(forKey: id) else {
        events.finish(
          throwing: LabError(
            .backend, "\(id.text): found no such job; allowed: one that was submitted"))
        return
      }
      let task = Task { [self] in
        let result: Result<Void, any Error>
        do {
          result = .success(try await train(job) { events.yield($0) })
        } catch {
          result = .failure(error)
        }
        _ = self.state.withLock { $0.running.removeValue(forKey: id) }
        switch result {
        case .success: events.finish()
        case .failure(let error): events.finish(throwing: error)
        }
      }
      state.running[id] = task
      events.onTermination = { _ in task.cancel() }
    }
    return stream
  }

  /// Waits until no program runs any longer, those included whose events nobody reads.
  package func settle() async {
    for task in state.withLock({ Array($0.running.values) }) { await task.value }
  }

  /// What has trained so far, in sentences, each once.
  package func remarks() async -> [String] { state.withLock { $0.remarks } }

  private func train(
    _ job: TrainingJob, report: @escaping @Sendable (TrainingEvent) -> Void
  ) async throws {
    report(.state(.queued))
    try await turns.take()
    do {
      report(.state(.running))
      try await trainInTurn(job, report)
    } catch {
      await turns.give()
      throw error
    }
    await turns.give()
  }

  private func trainInTurn(
    _ job: TrainingJob, _ report: @escaping @Sendable (TrainingEvent) -> Void
  ) async throws {
    let work = ExternalRun(trainer: self, job: job)
    let outcome: ExternalRun.Trained
    do {
      outcome = try await work.outcome { report(.progress($0)) }
    } catch is CancellationError {
      work.folder.remove()
      throw CancellationError()
    }
    state.withLock { state in
      if !state.remarks.contains(outcome.remark) { state.remarks.append(outcome.remark) }
    }
    for step in outcome.snapshots {
      report(.snapshot(step: step, .folder(job.snapshot(step))))
    }
    report(.state(.succeeded))
    report(.finished(outcome.result))
  }
}
