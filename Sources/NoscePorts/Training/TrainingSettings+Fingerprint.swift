import NosceCore
import NosceFormats

extension TrainingSettings: Fingerprinted {
  package var fingerprint: JSON {
    .parts([
      ("rank", .integer(rank)), ("alpha", .real(alpha)), ("targets", .texts(targets)),
      ("layers", layers.map { .integers($0) }), ("steps", .integer(steps)),
      ("batch_rows", batchRows.map { .integer($0) }), ("order", .string(order.rawValue)),
      ("learning_rate", .real(learningRate)), ("warmup_steps", .integer(warmupSteps)),
      ("schedule", .string(schedule.rawValue)), ("final_fraction", .real(finalFraction)),
      ("weight_decay", .real(weightDecay)), ("clip_norm", clipNorm.map { .real($0) }),
      ("rank_stabilised", .bool(rankStabilised)),
    ])
  }
}
