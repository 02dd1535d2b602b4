import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import Synchronization

/// A model made of rules of which some subjects fail, and that counts what it is asked.
package struct FaultyModel: ModelProvider {
  package struct Fault: Error, CustomStringConvertible {
    package init() {}

    package var description: String { "the line went dead" }
  }

  /// What every subject was asked for.
  package final class Log: Sendable {
    private let requests = Mutex<[(cell: String, request: SubjectRequest)]>([])

    package init() {}

    func add(_ cell: String, _ request: SubjectRequest) {
      requests.withLock { $0.append((cell, request)) }
    }

    /// How often each request was answered.
    package func counts(of cell: String) -> [SubjectRequest: Int] {
      requests.withLock { all in
        all.filter { $0.cell == cell }.reduce(into: [:]) { $0[$1.request, default: 0] += 1 }
      }
    }
  }

  package var model: RuleModel
  /// Whether a subject fails, by its name in the run and how much it has answered of a batch.
  package var fails: @Sendable (_ cell: String, _ answered: Int) -> Bool
  /// Whether the training of a subject fails.
  package var failsToTrain: @Sendable (_ cell: String) -> Bool
  package let log: Log

  package init(
    _ model: RuleModel = RuleModel(), log: Log = Log(),
    fails: @escaping @Sendable (_ cell: String, _ answered: Int) -> Bool = { _, _ in false },
    failsToTrain: @escaping @Sendable (_ cell: String) -> Bool = { _ in false }
  ) {
    self.model = model
    self.log = log
    self.failsToTrain = failsToTrain
    self.fails = fails
  }

  package var identity: ModelIdentity { model.identity }
  package var capabilities: Capabilities { model.capabilities }
  package var lanes: Int { model.lanes }
  package var precision: String { model.precision }
  package var trainer: (any Trainer)? {
    FaultyTrainer(trainer: RuleTrainer(model: model), fails: failsToTrain)
  }

  package func open(_ adapter: AdapterReference?) async throws -> any Subject {
    var cell = "base"
    if case .folder(let folder)? = adapter {
      let name = folder.lastPathComponent
      cell = name.hasPrefix("step-") ? folder.deletingLastPathComponent().lastPathComponent : name
    }
    return FaultySubject(
      cell: cell, subject: try await model.open(adapter), fails: fails, log: log)
  }
}

private struct FaultySubject: Subject {
  let cell: String
  let subject: any Subject
  let fails: @Sendable (String, Int) -> Bool
  let log: FaultyModel.Log

  func answer(_ requests: [SubjectRequest]) -> AsyncThrowingStream<Reply, any Error> {
    AsyncThrowingStream { replies in
      let task = Task {
        do {
          var answered = 0
          for try await reply in subject.answer(requests) {
            if fails(cell, answered) { throw FaultyModel.Fault() }
            answered += 1
            log.add(cell, requests[reply.index])
            replies.yield(reply)
          }
          replies.finish()
        } catch {
          replies.finish(throwing: error)
        }
      }
      replies.onTermination = { _ in task.cancel() }
    }
  }
}

private struct FaultyTrainer: Trainer {
  let trainer: any Trainer
  let fails: @Sendable (String) -> Bool

  var keepsSnapshots: Bool { trainer.keepsSnapshots }
  var leastRows: Int { trainer.leastRows }

  func submit(_ job: TrainingJob) async throws -> JobID { try await trainer.submit(job) }

  func events(of id: JobID) -> AsyncThrowingStream<TrainingEvent, any Error> {
    if !fails(id.text) { return trainer.events(of: id) }
    return AsyncThrowingStream { events in
      events.yield(.state(.running))
      events.yield(.progress(TrainingProgress(step: 1, totalSteps: 3, loss: 2)))
      events.finish(throwing: FaultyModel.Fault())
    }
  }
}
