import Foundation
import NosceCore
import NosceEngine
import NosceFormats
import NosceLocal
import NoscePorts

/// Everything that a job says in `job.json`: nothing is left to a default of the program's own.
struct JobSettings {
  /// About so many tokens, padding included, go through one pass: this bounds memory, and changes only
  /// roundings.
  private static let tokensPerPass = 4096

  let job: TrainingJob
  let run: AdapterRun
  let base: BaseFiles
  let tokensHash: String
  let rowsHash: String

  var json: JSON {
    let optimizer = run.optimizer
    return .object([
      ("schema", .string(JobFolder.schema)),
      ("name", .string(job.name)),
      ("base", baseJSON),
      ("tokens", .object([("file", .string("tokens.jsonl")), ("sha256", .string(tokensHash))])),
      ("rows", .object([("file", .string("rows.jsonl")), ("sha256", .string(rowsHash))])),
      ("order", .object([("file", .string("steps.json"))])),
      ("start", .string("start")),
      ("adapter", adapterJSON),
      ("steps", .integer(run.steps)),
      ("rows_per_step", .integer(min(job.settings.batchRows ?? job.rows.count, job.rows.count))),
      // The loss of a step: the mean of -log p over all of its learnt tokens together.
      ("loss", .string("mean_over_tokens_of_step")),
      ("learning_rate", .number(optimizer.learningRate)),
      // Step s of 0, 1, 2… has the rate s / warmup_steps, and then what the schedule says:
      // constant 1; else d = (s - warmup_steps) / max(1, steps - warmup_steps), at most 1, the share
      // 1 - d (linear) or (1 + cos(πd)) / 2 (cosine), and final_fraction + (1 - final_fraction) · share.
      ("warmup_steps", .integer(optimizer.warmupSteps)),
      ("schedule", .string(optimizer.schedule.rawValue)),
      ("final_fraction", .number(optimizer.finalFraction)),
      ("optimizer", .string("adamw")),
      (
        "adam",
        .object([
          ("beta1", .number(optimizer.beta1)), ("beta2", .number(optimizer.beta2)),
          ("epsilon", .number(optimizer.epsilon)),
        ])
      ),
      // Of every factor, times the learning rate.
      ("weight_decay", .number(optimizer.weightDecay)),
      // Of all gradients together; null for none.
      ("clip_norm", optimizer.clipNorm.map { .number($0) } ?? .null),
      ("seed", .bits(job.seed)),
      ("precision", .string("float32")),
      ("tokens_per_pass", .integer(Self.tokensPerPass)),
      ("snapshot_steps", .integers(job.snapshotSteps.sorted())),
    ])
  }

  private var baseJSON: JSON {
    .object([
      (base.isFolder ? "folder" : "file", .string(base.url.path)),
      ("sha256", .object(base.hashes.map { ($0.name, .string($0.hash)) })),
    ])
  }

  private var adapterJSON: JSON {
    let settings = job.settings
    return .object([
      ("rank", .integer(settings.rank)), ("alpha", .number(settings.alpha)),
      ("rank_stabilised", .bool(settings.rankStabilised)), ("dropout", .number(0)),
      ("bias", .string("none")),
      ("modules", .texts(run.start.layout.modules.map(\.path))),
    ])
  }
}
