import Foundation
import NosceEngine
import NosceFormats
import NosceLocal
import NoscePorts
import NosceReport
import NosceText

/// What a training is going to do, in words before it starts and as JSON in its result.
package struct TrainingPlan {
  package var modelName: String
  package var run: AdapterRun
  package var files: [String]
  /// About the most memory that the process will hold, in bytes.
  package var memory: Int
  /// The chat template that was given for the model.
  package var template: GivenTemplate?

  package init(
    modelName: String, run: AdapterRun, files: [String], template: GivenTemplate? = nil
  ) {
    self.template = template
    self.modelName = modelName
    self.run = run
    self.files = files
    let microBatches = run.plan.pass(0).joined().map { batch in
      batch.reduce(0) { $0 + run.examples[$1].tokens.count }
    }
    let training = TrainingMemory(
      run.model, adapter: run.start.layout,
      longest: run.examples.map(\.tokens.count).max() ?? 0, step: microBatches.max() ?? 0,
      shards: run.shards)
    // What the model takes is there already; the rest is reckoned.
    memory = ProcessMemory.resident + training.total - training.weights
  }

  private var tokens: Int { run.examples.reduce(0) { $0 + $1.tokens.count } }
  private var targets: Int { run.examples.reduce(0) { $0 + $1.targetCount } }
  private var modules: Int { run.start.checkpoint.modules.count }

  private var targetText: String {
    switch run.start.configuration.targets {
    case .names(let names): names.joined(separator: ", ")
    case .pattern(let pattern): "what \(pattern) matches"
    case .allLinear: "all linear modules"
    }
  }

  package var text: String {
    let adapter = run.start.configuration
    let optimizer = run.optimizer
    let plan = run.plan
    let longest = run.examples.map(\.tokens.count).max() ?? 0
    let sizes = plan.sizes.map(String.init).joined(separator: ",")
    let order = plan.order == .file ? "in the order of the file" : "shuffled in each pass"
    var rate = "learning rate \(optimizer.learningRate), \(optimizer.schedule.rawValue)"
    if optimizer.warmupSteps > 0 {
      rate += " after \(Number.count(optimizer.warmupSteps, "warm-up step"))"
    }
    let clip = optimizer.clipNorm.map { "clipped at \($0)" } ?? "not clipped"
    return """
      train \(modelName)\(template.map { ", through the chat template \($0.words)" } ?? "")
        rows       \(run.examples.count), of \(tokens) tokens; \(targets) are learnt; \
      the longest has \(longest)
        adapter    rank \(adapter.rank), alpha \(Number.constant(adapter.alpha))\
      \(adapter.rankStabilised ? ", rank-stabilised" : ""), \(targetText): \
      \(Number.count(modules, "module")), \(run.start.parameterCount) trainable parameters
        steps      \(run.steps), \(plan.stepsPerPass) for each pass; \
      \(plan.accumulation > 1 ? "\(plan.accumulation) micro-batches of " : "")\
      \(sizes) rows at a time, \(order)
        optimizer  AdamW, \(rate); weight decay \(optimizer.weightDecay), gradients \(clip)
        computing  \(run.model.precision.rawValue), \(Number.count(run.shards, "shard")), \
      \(Number.count(run.threads, "thread"))
        memory     about \(Self.bytes(memory)) at the most
      """
  }

  /// `12 kB`, `850 MB`, `4.2 GB`, in powers of ten.
  package static func bytes(_ count: Int) -> String {
    let size = Double(count)
    if size < 1e6 { return "\(Int((size / 1e3).rounded(.up))) kB" }
    if size < 1e7 { return String(format: "%.1f MB", size / 1e6) }
    if size < 1e9 { return "\(Int((size / 1e6).rounded(.up))) MB" }
    return String(format: "%.1f GB", size / 1e9)
  }

  /// The members of a result that say what was done.
  package var members: [(key: String, value: JSON)] {
    [
      ("model", .string(modelName)),
      ("precision", .string(run.model.precision.rawValue)),
      ("chat_template", template?.json ?? .null),
      ("data", .array(files.map { .string($0) })),
      ("rows", .integer(run.examples.count)),
      ("tokens", .integer(tokens)),
      ("target_tokens", .integer(targets)),
      ("adapter_configuration", run.start.configuration.json),
      ("trainable_parameters", .integer(run.start.parameterCount)),
      ("steps", .integer(run.steps)),
      ("steps_per_pass", .integer(run.plan.stepsPerPass)),
      ("batch_rows", .array(run.plan.sizes.map { .integer($0) })),
      ("accumulate", .integer(run.plan.accumulation)),
      ("order", order),
      ("optimizer", optimizer),
      ("shards", .integer(run.shards)),
      ("estimated_memory_bytes", .integer(memory)),
    ]
  }

  private var order: JSON {
    switch run.plan.order {
    case .file: .object([("kind", .string("file"))])
    case .shuffled(let seed): .object([("kind", .string("shuffled")), ("seed", .seed(seed))])
    }
  }

  private var optimizer: JSON {
    let settings = run.optimizer
    return .object([
      ("learning_rate", .double(settings.learningRate)),
      ("schedule", .string(settings.schedule.rawValue)),
      ("warmup_steps", .integer(settings.warmupSteps)),
      ("schedule_steps", .integer(settings.totalSteps)),
      ("final_fraction", .double(settings.finalFraction)),
      ("weight_decay", .double(settings.weightDecay)),
      ("beta1", .double(settings.beta1)), ("beta2", .double(settings.beta2)),
      ("epsilon", .double(settings.epsilon)),
      ("clip_norm", settings.clipNorm.map { .double($0) } ?? .null),
    ])
  }
}
