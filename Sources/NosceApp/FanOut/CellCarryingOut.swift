import Foundation
import NosceCore
import NosceExperiment
import NosceFanOut
import NoscePorts
import NosceRuns

/// One line of a fan-out, on the models that it was planned with, wherever this machine has them.
package struct CellCarryingOut: Sendable {
  private let worker: CellWorker

  package init(_ url: URL, line: Int) throws {
    worker = try CellWorker(
      try FanOutFolder.open(url, version: Version.text), line: line)
  }

  /// Does what is left of it; see ``CellWorker/run(on:judge:materials:rates:onProgress:onMessage:)``.
  ///
  /// - Parameter trainer: what fine-tunes in place of the model itself, as it was typed.
  package func run(
    trainer: TrainerChoice?, _ events: @escaping AppEvents
  ) async throws -> CellWorker.End {
    // Before a model is loaded, which may take minutes.
    if try worker.isDone() { return .wasDone }
    let plan = worker.plan
    let request = try RunRequest.read(in: worker.fanOut.run, plan: plan)
    let model = try await TrainerChoice.applied(
      trainer, to: try await ModelLocator.provider(request.subject, template: plan.model.template))
    var judge: (any ModelProvider)?
    if let name = request.judge {
      judge = try await ModelLocator.provider(
        name, option: "--judge", template: plan.judge?.template)
    }
    let label = plan.experiment.name
    let ending = try await worker.run(
      on: model, judge: judge, materials: try MaterialChoice.materials(of: request, plan)
    ) { now in
      events(.progress(label, now))
    } onMessage: {
      events(.message($0))
    }
    events(.ended)
    return ending
  }
}
