import Foundation
import NosceCore
import NosceEngine
import NoscePorts
import NosceRows

/// A model and its text side, as asking and training share them.
package struct LoadedCheckpoint: Sendable {
  /// What results call it.
  package let name: String
  package let model: LanguageModel
  package let text: CheckpointText
  /// How many threads work on one subject.
  let threads: Int

  /// A job as the training loop takes it.
  package func adapterRun(_ job: TrainingJob) throws -> AdapterRun {
    let examples = try encoded(job.rows, of: job.name)
    guard !examples.isEmpty else {
      throw LabError(.backend, "\(job.name): no training rows; at least one is needed")
    }
    let configuration = try job.settings.adapter(layerCount: model.configuration.layerCount)
    return AdapterRun(
      model: model, examples: examples,
      start: try LoRAAdapter(configuration, model: model.configuration, seed: job.seed),
      optimizer: job.settings.optimizer,
      plan: job.settings.batches(of: examples.count, seed: job.seed), steps: job.settings.steps,
      shards: model.adapterShards, threads: threads, name: job.name)
  }

  /// Writes an adapter of the model into a folder, which is there whole or not at all.
  package func save(_ adapter: LoRAAdapter, to folder: URL) throws {
    try AtomicFolder.write(folder) {
      try TrainingNote.write(text.template, to: $0)
      try adapter.save(to: $0, baseModel: name)
    }
  }

  /// The rows as they are trained on; errors name the subject and the row's number.
  package func encoded(_ rows: [TrainingRow], of subject: String) throws -> [TrainingExample] {
    let encoder = RowEncoder(text: text, model: model.configuration)
    return try rows.enumerated().map { place, row in
      try encoder.example(NumberedRow(file: subject, line: place + 1, row: row))
    }
  }
}

extension TrainingSettings {
  /// One micro-batch a step; the last of a pass through the rows may be smaller.
  func batches(of rows: Int, seed: UInt64) -> BatchPlan {
    let size = min(batchRows ?? rows, rows)
    // The order of rows that are all read at once makes no difference.
    let keepsOrder = order == .given || size == rows
    return BatchPlan(
      rowCount: rows, sizes: [size], order: keepsOrder ? .file : .shuffled(seed: seed))
  }

  /// The rows that one step after another reads, each counted from 0.
  package func rowOrder(of rows: Int, seed: UInt64) -> AnyIterator<[Int]> {
    var steps = BatchPlan.Steps(batches(of: rows, seed: seed))
    return AnyIterator { steps.next().flatMap(\.self) }
  }

  func adapter(layerCount: Int) throws -> AdapterConfiguration {
    if let wrong = layers?.first(where: { $0 < 0 || $0 >= layerCount }) {
      throw LabError(
        .invalidExperiment,
        "layers: found \(wrong); allowed: 0 to \(layerCount - 1), the layers of this model")
    }
    var configuration = AdapterConfiguration(
      rank: rank, alpha: alpha,
      targets: targets == ["all-linear"] ? .allLinear : .names(targets))
    configuration.layers = layers
    configuration.rankStabilised = rankStabilised
    return configuration
  }

  var optimizer: OptimizerSettings {
    let schedule: OptimizerSettings.Schedule =
      switch self.schedule {
      case .constant: .constant
      case .linear: .linear
      case .cosine: .cosine
      }
    return OptimizerSettings(
      learningRate: learningRate, warmupSteps: warmupSteps, totalSteps: steps,
      schedule: schedule, finalFraction: finalFraction, weightDecay: weightDecay,
      clipNorm: clipNorm)
  }
}
