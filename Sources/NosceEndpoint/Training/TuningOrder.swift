import Foundation
import NosceCore
import NosceFormats
import NoscePorts

/// What is ordered of a fine-tuning service: everything but the name of the file.
struct TuningOrder {
  let model: String
  let seed: Int
  let suffix: String
  private let hyperparameters: JSON

  /// - Parameter learningRate: what a multiplier of 1 means, where the service knows multipliers alone.
  init(
    _ job: TrainingJob, model: String, features: EndpointFeatures, learningRate: Double?
  ) throws(LabError) {
    self.model = model
    seed = Int((job.seed ^ (job.seed >> 32)) & 0x7FFF_FFFF)
    suffix = String(
      job.name.prefix(40).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    hyperparameters =
      features.recipes
      ? .object([("nosce", Self.recipe(job))]) : try Self.numbers(job, learningRate)
  }

  /// Every setting by its own name.
  private static func recipe(_ job: TrainingJob) -> JSON {
    let settings = job.settings
    var members: [(key: String, value: JSON)] = [
      ("rank", .integer(settings.rank)), ("alpha", .number(settings.alpha)),
      ("targets", .texts(settings.targets)), ("steps", .integer(settings.steps)),
      ("batch_rows", .integer(min(settings.batchRows ?? job.rows.count, job.rows.count))),
      ("order", .string(settings.order.rawValue)),
      ("learning_rate", .number(settings.learningRate)),
      ("warmup_steps", .integer(settings.warmupSteps)),
      ("schedule", .string(settings.schedule.rawValue)),
      ("final_fraction", .number(settings.finalFraction)),
      ("weight_decay", .number(settings.weightDecay)),
      ("rank_stabilised", .bool(settings.rankStabilised)),
    ]
    if let layers = settings.layers { members.append(("layers", .integers(layers))) }
    if let norm = settings.clipNorm { members.append(("clip_norm", .number(norm))) }
    if !job.snapshotSteps.isEmpty { members.append(("snapshots", .integers(job.snapshotSteps))) }
    return .object(members)
  }

  /// The three numbers that every service knows. What they cannot say is refused rather than left to the
  /// service.
  private static func numbers(
    _ job: TrainingJob, _ learningRate: Double?
  ) throws(LabError) -> JSON {
    func failure(_ found: String, _ allowed: String) -> LabError {
      LabError(.refusedDesign, "\(job.name): found \(found); allowed: \(allowed)")
    }
    let batch = min(job.settings.batchRows ?? job.rows.count, job.rows.count)
    let read = job.settings.steps * batch
    guard batch <= 256, read.isMultiple(of: job.rows.count),
      (1...50).contains(read / job.rows.count)
    else {
      throw failure(
        "\(job.settings.steps) steps of \(batch) rows, with \(job.rows.count) rows in all",
        "1 to 50 whole times through them, at most 256 in a step, which is all that this service "
          + "takes; --recipe steps=…,batch_rows=…")
    }
    guard job.snapshotSteps.isEmpty else {
      throw failure("copies to be kept along the way", "none, by what this service does")
    }
    guard let learningRate else {
      throw failure(
        "a learning rate of \(job.settings.learningRate), and a service that takes a multiplier",
        "`learning_rate` in the configuration file, what a multiplier of 1 means there")
    }
    return .object([
      ("n_epochs", .integer(read / job.rows.count)), ("batch_size", .integer(batch)),
      ("learning_rate_multiplier", .number(job.settings.learningRate / learningRate)),
    ])
  }

  /// What makes two orders the same.
  func hash(file: String) -> String {
    ContentHash.of(
      JSON.object([
        ("kind", .string("tuning-1")), ("model", .string(model)), ("file", .string(file)),
        ("seed", .integer(seed)), ("hyperparameters", hyperparameters),
      ]).text(indent: 0))
  }

  /// - Parameter hash: by which its job is known again where no answer came.
  func json(file: String, hash: String) -> JSON {
    .object([
      ("metadata", .object([(TuningReply.mark, .string(hash))])),
      ("model", .string(model)), ("training_file", .string(file)),
      ("suffix", .string(suffix)), ("seed", .integer(seed)),
      (
        "method",
        .object([
          ("type", .string("supervised")),
          ("supervised", .object([("hyperparameters", hyperparameters)])),
        ])
      ),
    ])
  }
}
