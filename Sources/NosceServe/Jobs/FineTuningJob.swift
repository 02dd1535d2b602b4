import Foundation
import NosceFormats

/// A fine-tuning job as it is kept and shown.
struct FineTuningJob: Codable, Sendable {
  enum Status: String, Codable, Sendable {
    case validating = "validating_files"
    case queued, running, succeeded, failed, cancelled

    var isOver: Bool { [.succeeded, .failed, .cancelled].contains(self) }
  }

  struct Fault: Codable, Sendable {
    var code: String
    var message: String
    var parameter: String?
  }

  struct Happening: Codable, Sendable {
    var id: String
    var created: Int
    /// `info`, `warn` or `error`.
    var level: String
    var message: String
    var step: Int?
    var totalSteps: Int?
    var loss: Double?
  }

  struct Checkpoint: Codable, Sendable {
    var id: String
    var created: Int
    var step: Int
    var model: String
    var loss: Double?
  }

  var id: String
  var created: Int
  var finished: Int?
  /// The base model's name, and its hash: under another model's name an adapter would be another.
  var model: String
  var modelHash: String
  var status: Status
  var fault: Fault?
  var trainingFile: String
  var fileName: String
  var suffix: String?
  var seed: Int
  var asked: Hyperparameters
  var metadata: [String: String]
  /// Nil until the rows have been counted.
  var rows: Int?
  var trainedTokens: Int?
  var fineTunedModel: String?
  var happenings: [Happening] = []
  var checkpoints: [Checkpoint] = []
}

extension FineTuningJob {
  /// The name of the model that comes of it.
  var resultName: String { "ft:\(model):nosce:\(suffix ?? ""):\(id.suffix(8))" }

  /// - Parameter plan: nil until the rows have been counted.
  func json(_ plan: JobPlan?) -> JSON {
    let hyperparameters = JobPlan.json(plan, asked)
    let short = hyperparameters.object?.members.filter { $0.key != "nosce" } ?? []
    return .object([
      ("object", .string("fine_tuning.job")), ("id", .string(id)), ("model", .string(model)),
      ("created_at", .integer(created)), ("finished_at", finished.map { .integer($0) } ?? .null),
      ("fine_tuned_model", fineTunedModel.map { .string($0) } ?? .null),
      ("organization_id", .string("nosce")), ("result_files", .array([])),
      ("status", .string(status.rawValue)), ("validation_file", .null),
      ("training_file", .string(trainingFile)), ("hyperparameters", .object(short)),
      ("trained_tokens", trainedTokens.map { .integer($0) } ?? .null), ("error", faultJSON),
      ("user_provided_suffix", suffix.map { .string($0) } ?? .null), ("seed", .integer(seed)),
      ("estimated_finish", .null), ("integrations", .array([])),
      (
        "method",
        .object([
          ("type", .string("supervised")),
          ("supervised", .object([("hyperparameters", hyperparameters)])),
        ])
      ),
      (
        "metadata",
        .object(metadata.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
      ),
    ])
  }

  private var faultJSON: JSON {
    guard let fault else { return .null }
    return .object([
      ("code", .string(fault.code)), ("message", .string(fault.message)),
      ("param", fault.parameter.map { .string($0) } ?? .null),
    ])
  }

  /// From the newest on.
  var happeningList: [(id: String, json: JSON)] {
    happenings.reversed().map { happening in
      let data: JSON =
        happening.step.map { step in
          .object([
            ("step", .integer(step)),
            ("total_steps", happening.totalSteps.map { .integer($0) } ?? .null),
            ("train_loss", Self.number(happening.loss)),
          ])
        } ?? .object([])
      return (
        happening.id,
        .object([
          ("object", .string("fine_tuning.job.event")), ("id", .string(happening.id)),
          ("created_at", .integer(happening.created)), ("level", .string(happening.level)),
          ("message", .string(happening.message)),
          ("type", .string(happening.step == nil ? "message" : "metrics")), ("data", data),
        ])
      )
    }
  }

  /// From the newest on.
  var checkpointList: [(id: String, json: JSON)] {
    checkpoints.reversed().map { checkpoint in
      (
        checkpoint.id,
        .object([
          ("object", .string("fine_tuning.job.checkpoint")), ("id", .string(checkpoint.id)),
          ("created_at", .integer(checkpoint.created)),
          ("fine_tuned_model_checkpoint", .string(checkpoint.model)),
          ("fine_tuning_job_id", .string(id)), ("step_number", .integer(checkpoint.step)),
          (
            "metrics",
            .object([
              ("step", .integer(checkpoint.step)), ("train_loss", Self.number(checkpoint.loss)),
            ])
          ),
        ])
      )
    }
  }

  private static func number(_ value: Double?) -> JSON {
    value.flatMap { $0.isFinite ? .number($0) : nil } ?? .null
  }

  mutating func note(
    _ message: String, level: String = "info", step: Int? = nil, of total: Int? = nil,
    loss: Double? = nil
  ) {
    happenings.append(
      Happening(
        id: Identifier.make("ftevent-"), created: Int(Date().timeIntervalSince1970), level: level,
        message: message, step: step, totalSteps: total,
        loss: loss.flatMap { $0.isFinite ? $0 : nil }))
  }
}
