import Foundation
import NosceCore
import NosceEngine
import NosceLocal
import NoscePorts
import NosceReport
import NosceText

/// One LoRA fine-tuning on its own, from encoded rows to an adapter on the disk.
package struct AdapterTraining: Sendable {
  /// What a training came to.
  package struct Result: Sendable {
    package var adapter: LoRAAdapter
    package var firstLoss: Double
    package var lastLoss: Double
    /// Never zero: a training that has moved no logit is an error.
    package var largestLogitChange: Float
    package var targetTokens: Int
    package var seconds: Double
  }

  package var run: AdapterRun
  package var target: AdapterTarget
  /// What the adapter records as its base.
  package var baseModel: String
  /// The file that gets a line for each step.
  package var log: String?
  /// The chat template that was given for the model.
  package var template: GivenTemplate?

  package init(
    _ run: AdapterRun, to target: AdapterTarget, baseModel: String, log: String?,
    template: GivenTemplate? = nil
  ) {
    self.run = run
    self.target = target
    self.baseModel = baseModel
    self.log = log
    self.template = template
  }

  /// Trains and writes the adapter, whole or not at all. Between steps a cancelled task stops.
  package func train(_ events: AppEvents) async throws -> Result {
    let log = try log.map { try LossLog($0) }
    var seconds = 0.0
    var firstSeconds = 0.0
    var losses: (first: Double, last: Double)?
    var targetTokens = 0
    let adapter = try await run.train { step, _ in
      try log?.write(step)
      losses = (losses?.first ?? step.report.loss, step.report.loss)
      if step.number == 1 { firstSeconds = step.seconds }
      seconds += step.seconds
      targetTokens += step.report.targetTokens
      events(
        .progress(
          label: "train", done: step.number, total: run.steps,
          note: "loss \(Number.value(step.report.loss))"))
      // The first step also sets up memory and kernels.
      if step.number == 3, run.steps > 3 {
        let pace = (seconds - firstSeconds) / 2
        events(
          .message(
            "  time       about \(Number.duration(pace * Double(run.steps))), "
              + "by the pace of the first steps"))
      }
    }
    events(.ended)
    let change = try run.largestLogitChange(to: adapter)
    guard change > 0 else {
      throw LabError(
        .backend,
        "\(target.folder.path): not written: found a largest change of any logit of \(change); "
          + "allowed: one above 0 (a dead training: is the learning rate too low?)")
    }
    try target.write(adapter, baseModel: baseModel, template: template)
    return Result(
      adapter: adapter, firstLoss: losses?.first ?? .nan, lastLoss: losses?.last ?? .nan,
      largestLogitChange: change, targetTokens: targetTokens, seconds: seconds)
  }
}
