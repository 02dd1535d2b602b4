import NosceFormats
import NoscePorts

/// What a job asks of its training: OpenAI's three numbers, and Nosce's own settings beside them. What is nil
/// stands as the model's recipe has it.
struct Hyperparameters: Codable, Sendable, Equatable {
  /// Every setting of Nosce, by the names that experiment files use.
  struct Own: Codable, Sendable, Equatable {
    var rank: Int?
    var alpha: Double?
    var targets: [String]?
    var layers: [Int]?
    var steps: Int?
    var batchRows: Int?
    var order: TrainingOrder?
    var learningRate: Double?
    var warmupSteps: Int?
    var schedule: LearningRateSchedule?
    var finalFraction: Double?
    var weightDecay: Double?
    var clipNorm: Double?
    var rankStabilised: Bool?
    /// Steps after which a checkpoint is kept.
    var snapshots: [Int]?

    static let known: Set<String> = [
      "rank", "alpha", "targets", "layers", "steps", "batch_rows", "order", "learning_rate",
      "warmup_steps", "schedule", "final_fraction", "weight_decay", "clip_norm",
      "rank_stabilised", "snapshots",
    ]
  }

  var epochs: Int?
  var batchSize: Int?
  var rateMultiplier: Double?
  var own = Own()

  static let mostSteps = 1_000_000

  init() {}

  init(_ fields: Fields) throws(APIError) {
    try fields.check(known: ["n_epochs", "batch_size", "learning_rate_multiplier", "nosce"])
    func given(_ key: String) -> Bool {
      guard let value = fields.object[key] else { return false }
      return value.string != "auto"
    }
    epochs = given("n_epochs") ? try fields.integer("n_epochs", in: 1...50) : nil
    batchSize = given("batch_size") ? try fields.integer("batch_size", in: 1...256) : nil
    rateMultiplier =
      given("learning_rate_multiplier")
      ? try fields.number("learning_rate_multiplier", in: 0...1000, isOpen: true) : nil
    if let nosce = try fields.fields("nosce") { own = try Own(nosce) }
    let pairs: [(String, Bool, String, Bool)] = [
      ("n_epochs", epochs != nil, "steps", own.steps != nil),
      ("batch_size", batchSize != nil, "batch_rows", own.batchRows != nil),
      (
        "learning_rate_multiplier", rateMultiplier != nil, "learning_rate",
        own.learningRate != nil
      ),
    ]
    for (one, hasOne, other, hasOther) in pairs where hasOne && hasOther {
      throw .invalid(
        fields.path(one), found: "it beside nosce.\(other)", allowed: "one of them")
    }
  }
}

extension Hyperparameters.Own {
  init(_ fields: Fields) throws(APIError) {
    try fields.check(known: Self.known)
    rank = try fields.integer("rank", in: 1...1024)
    alpha = try fields.number("alpha", in: 0...1e6, isOpen: true)
    targets = try fields.strings("targets", most: 100)
    layers = try Self.integers(fields, "layers", in: 0...10_000)
    steps = try fields.integer("steps", in: 1...Hyperparameters.mostSteps)
    batchRows = try fields.integer("batch_rows", in: 1...4096)
    order = try Self.choice(fields, "order")
    learningRate = try fields.number("learning_rate", in: 0...10, isOpen: true)
    warmupSteps = try fields.integer("warmup_steps", in: 0...Hyperparameters.mostSteps)
    schedule = try Self.choice(fields, "schedule")
    finalFraction = try fields.number("final_fraction", in: 0...1)
    weightDecay = try fields.number("weight_decay", in: 0...10)
    clipNorm = try fields.number("clip_norm", in: 0...1e6, isOpen: true)
    rankStabilised = try fields.bool("rank_stabilised")
    snapshots = try Self.integers(fields, "snapshots", in: 1...Hyperparameters.mostSteps)
  }

  private static func integers(
    _ fields: Fields, _ key: String, in range: ClosedRange<Int>
  ) throws(APIError) -> [Int]? {
    guard let value = fields.object[key] else { return nil }
    let integers = value.array?.compactMap(\.integer) ?? []
    guard let list = value.array, integers.count == list.count, (1...1000).contains(list.count),
      integers.allSatisfy(range.contains), Set(integers).count == integers.count
    else {
      throw fields.wrong(
        key, value,
        "a list of different whole numbers from \(range.lowerBound) to \(range.upperBound)")
    }
    return integers
  }

  private static func choice<Value: RawRepresentable<String> & CaseIterable>(
    _ fields: Fields, _ key: String
  ) throws(APIError) -> Value? {
    guard let text = try fields.string(key) else { return nil }
    guard let value = Value(rawValue: text) else {
      throw .invalid(
        fields.path(key), found: "'\(text.prefix(40))'",
        allowed: Value.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return value
  }
}
