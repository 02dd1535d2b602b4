import NosceEngine
import NosceFormats
import NosceLocal
import NoscePorts

/// What a training does where a job does not say it.
///
/// Small models, whose weights stay in the cache of a processor, learn at a rate that would ruin large ones.
struct BaseRecipe: Sendable {
  var settings: TrainingSettings
  var batchRows: Int
  /// As many passes through the rows are made as give so many steps, and at least `leastEpochs`.
  var leastSteps: Int
  var leastEpochs: Int

  static let small = BaseRecipe(
    settings: TrainingSettings(rank: 8, alpha: 16, learningRate: 0.005), batchRows: 32,
    leastSteps: 40, leastEpochs: 1)
  static let large = BaseRecipe(
    settings: TrainingSettings(
      rank: 16, alpha: 32, learningRate: 0.0002, warmupSteps: 4, schedule: .cosine,
      finalFraction: 0.1), batchRows: 4, leastSteps: 25, leastEpochs: 3)

  init(
    settings: TrainingSettings, batchRows: Int, leastSteps: Int, leastEpochs: Int
  ) {
    self.settings = settings
    self.batchRows = batchRows
    self.leastSteps = leastSteps
    self.leastEpochs = leastEpochs
  }

  init(for model: LocalModel) { self = model.weights.sharesProducts ? .large : .small }
}

/// A job's training with nothing left to be decided.
struct JobPlan: Sendable {
  var settings: TrainingSettings
  /// Passes through the rows, the last of which may be cut short.
  var epochs: Int
  var batchRows: Int
  var rateMultiplier: Double
  /// Steps after which a checkpoint is kept.
  var snapshots: [Int]

  init(_ asked: Hyperparameters, rows: Int, recipe: BaseRecipe) {
    let own = asked.own
    var settings = recipe.settings
    batchRows = min(rows, asked.batchSize ?? own.batchRows ?? recipe.batchRows)
    let perEpoch = (rows + batchRows - 1) / batchRows
    if let steps = own.steps {
      settings.steps = steps
      epochs = (steps + perEpoch - 1) / perEpoch
    } else {
      let needed = (recipe.leastSteps + perEpoch - 1) / perEpoch
      epochs = asked.epochs ?? min(50, max(recipe.leastEpochs, needed))
      settings.steps = epochs * perEpoch
    }
    settings.batchRows = batchRows
    rateMultiplier =
      asked.rateMultiplier ?? own.learningRate.map { $0 / recipe.settings.learningRate } ?? 1
    settings.learningRate = own.learningRate ?? recipe.settings.learningRate * rateMultiplier
    settings.rank = own.rank ?? settings.rank
    settings.alpha = own.alpha ?? settings.alpha
    settings.targets = own.targets ?? settings.targets
    settings.layers = own.layers
    settings.order = own.order ?? settings.order
    settings.warmupSteps = own.warmupSteps ?? min(settings.warmupSteps, settings.steps)
    settings.schedule = own.schedule ?? settings.schedule
    settings.finalFraction = own.finalFraction ?? settings.finalFraction
    settings.weightDecay = own.weightDecay ?? settings.weightDecay
    settings.clipNorm = own.clipNorm ?? settings.clipNorm
    settings.rankStabilised = own.rankStabilised ?? settings.rankStabilised
    self.settings = settings
    // Those of the last passes but one, as OpenAI keeps them; the last is the model itself.
    let ends = (1..<max(2, epochs)).map { $0 * perEpoch }.filter { $0 < settings.steps }
    snapshots = own.snapshots?.filter { $0 <= settings.steps }.sorted() ?? Array(ends.suffix(2))
  }

  /// As `method.supervised.hyperparameters` of an answer.
  static func json(_ plan: JobPlan?, _ asked: Hyperparameters) -> JSON {
    func number(_ value: Int?) -> JSON { value.map { .integer($0) } ?? .string("auto") }
    var members: [(key: String, value: JSON)] = [
      ("n_epochs", number(plan?.epochs ?? asked.epochs)),
      ("batch_size", number(plan?.batchRows ?? asked.batchSize)),
      (
        "learning_rate_multiplier",
        (plan?.rateMultiplier ?? asked.rateMultiplier).map { .number($0) } ?? .string("auto")
      ),
    ]
    if let plan { members.append(("nosce", plan.own)) }
    return .object(members)
  }

  private var own: JSON {
    .object([
      ("rank", .integer(settings.rank)), ("alpha", .number(settings.alpha)),
      ("targets", .array(settings.targets.map { .string($0) })),
      ("layers", settings.layers.map { .array($0.map { .integer($0) }) } ?? .null),
      ("steps", .integer(settings.steps)), ("batch_rows", .integer(batchRows)),
      ("order", .string(settings.order.rawValue)),
      ("learning_rate", .number(settings.learningRate)),
      ("warmup_steps", .integer(settings.warmupSteps)),
      ("schedule", .string(settings.schedule.rawValue)),
      ("final_fraction", .number(settings.finalFraction)),
      ("weight_decay", .number(settings.weightDecay)),
      ("clip_norm", settings.clipNorm.map { .number($0) } ?? .null),
      ("rank_stabilised", .bool(settings.rankStabilised)),
      ("snapshots", .array(snapshots.map { .integer($0) })),
    ])
  }
}
