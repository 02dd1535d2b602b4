import NosceCore
import NoscePorts
import NosceRows
import Synchronization

/// Trains with the same weights on this machine; what comes of it is asked where they are served.
///
/// How much an adapter changes is measured there, since there it could be ignored.
final class LoadingTrainer: Trainer {
  private let base: any Trainer
  private let loader: AdapterLoader
  private let liveness: AdapterLiveness
  private let rows = Mutex<[JobID: [TrainingRow]]>([:])

  init(_ base: any Trainer, _ loader: AdapterLoader, _ liveness: AdapterLiveness) {
    self.base = base
    self.loader = loader
    self.liveness = liveness
  }

  var keepsSnapshots: Bool { base.keepsSnapshots }
  var leastRows: Int { base.leastRows }

  func submit(_ job: TrainingJob) async throws -> JobID {
    let id = try await base.submit(job)
    rows.withLock { $0[id] = job.rows }
    return id
  }

  func events(of job: JobID) -> AsyncThrowingStream<TrainingEvent, any Error> {
    let rows = self.rows.withLock { $0.removeValue(forKey: job) } ?? []
    let own = base.events(of: job)
    return AsyncThrowingStream { events in
      let task = Task {
        do {
          for try await event in own {
            guard case .finished(let result) = event else {
              events.yield(event)
              continue
            }
            events.yield(.finished(try await measured(result, rows)))
          }
          events.finish()
        } catch {
          events.finish(throwing: error)
        }
      }
      events.onTermination = { _ in task.cancel() }
    }
  }

  /// What a training or a derivation has come to, with the change that the server shows; that of this machine
  /// where the server says nothing by which it could be seen.
  func measured(_ result: TrainingResult, _ rows: [TrainingRow]) async throws -> TrainingResult {
    guard case .folder(let folder) = result.adapter else { return result }
    var result = result
    let model = try await loader.model(of: folder)
    if let change = try await liveness.change(of: model, rows: rows) {
      result.largestLogitChange = change
    }
    return result
  }
}
