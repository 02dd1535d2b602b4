import Foundation
import NosceCore
import NosceEngine

/// One LoRA fine-tuning: examples, an adapter to start from, and every setting.
package struct AdapterRun: Sendable {
  /// What one optimizer step did, as a log keeps it.
  package struct Step: Sendable {
    /// Counted from 1.
    package let number: Int
    package let report: StepReport
    package let seconds: Double
  }

  package var model: LanguageModel
  package var examples: [TrainingExample]
  package var start: LoRAAdapter
  package var optimizer: OptimizerSettings
  package var plan: BatchPlan
  package var steps: Int
  /// Part of the result: sums are taken shard by shard.
  package var shards: Int
  /// Without influence on the result.
  package var threads: Int
  /// What errors call it.
  package var name: String

  package init(
    model: LanguageModel, examples: [TrainingExample], start: LoRAAdapter,
    optimizer: OptimizerSettings, plan: BatchPlan, steps: Int, shards: Int, threads: Int,
    name: String = "training"
  ) {
    precondition(plan.rowCount == examples.count, "a plan for these rows")
    self.model = model
    self.examples = examples
    self.start = start
    self.optimizer = optimizer
    self.plan = plan
    self.steps = steps
    self.shards = shards
    self.threads = threads
    self.name = name
  }

  private func makeTrainer() throws -> AdapterTrainer {
    try AdapterTrainer(
      model, adapter: start, optimizer: optimizer, shards: shards, threads: threads)
  }

  /// Trains, and returns the adapter as it ends. Between steps a cancelled task stops.
  ///
  /// A loss that is no number is an error, for then every further step would be in vain.
  ///
  /// - Parameter done: called after each step, with what gives the adapter as it then is.
  package func train(
    _ done: (Step, _ adapter: () -> LoRAAdapter) async throws -> Void
  ) async throws -> LoRAAdapter {
    let trainer = try makeTrainer()
    var order = BatchPlan.Steps(plan)
    for number in 1...max(1, steps) {
      try Task.checkCancellation()
      let began = ContinuousClock.now
      let report = try trainer.step(order.next().map { $0.map { examples[$0] } })
      guard report.loss.isFinite else {
        throw LabError(
          .backend,
          "\(name), step \(number): found a loss of \(report.loss); allowed: a finite number"
            + (model.unfiniteTensors.isEmpty
              ? " (a lower learning rate may help)" : model.unfiniteNote))
      }
      let seconds = (ContinuousClock.now - began) / .seconds(1)
      try await done(Step(number: number, report: report, seconds: seconds)) { trainer.adapter }
    }
    return trainer.adapter
  }

  /// The loss and the gradients of one step's rows at the starting point, which stays as it is.
  package func gradients(
    ofStep number: Int
  ) throws -> (report: StepReport, factors: [String: AdapterFactors]) {
    let trainer = try makeTrainer()
    let report = try trainer.step(plan.step(number - 1).map { $0.map { examples[$0] } })
    return (report, trainer.gradients)
  }

  /// The largest change of any logit that the training has made: zero says that it did nothing.
  package func largestLogitChange(to end: LoRAAdapter) throws -> Float {
    do {
      return try model.largestLogitChange(from: start, to: end, on: examples.map(\.tokens))
    } catch {
      throw LabError(.backend, "\(name), after its training: \(error)", cause: error)
    }
  }
}
