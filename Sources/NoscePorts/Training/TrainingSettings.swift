import NosceRows

/// How the learning rate moves after the warm-up.
package enum LearningRateSchedule: String, Codable, Sendable, CaseIterable {
  case constant, linear, cosine
}

/// In which order rows are trained on.
package enum TrainingOrder: String, Codable, Sendable, CaseIterable {
  /// Another random order each time through them.
  case shuffled
  /// As the arm lists them, every time.
  case given
}

/// Every hyperparameter of one fine-tuning.
package struct TrainingSettings: Codable, Sendable, Hashable {
  package var rank: Int
  package var alpha: Double
  /// Suffixes of the linear layers that get an adapter, or `all-linear` alone.
  package var targets: [String]
  /// Indices of the transformer layers that get an adapter; nil means all of them.
  package var layers: [Int]?
  package var steps: Int
  /// Rows in each step; nil means every row in every step.
  package var batchRows: Int?
  package var order: TrainingOrder
  package var learningRate: Double
  package var warmupSteps: Int
  package var schedule: LearningRateSchedule
  /// The learning rate at the last step, as a fraction of the highest.
  package var finalFraction: Double
  package var weightDecay: Double
  package var clipNorm: Double?
  package var rankStabilised: Bool

  package init(
    rank: Int = 8, alpha: Double = 16, targets: [String] = ["all-linear"], layers: [Int]? = nil,
    steps: Int = 60, batchRows: Int? = nil, order: TrainingOrder = .shuffled,
    learningRate: Double = 1e-4,
    warmupSteps: Int = 0,
    schedule: LearningRateSchedule = .constant, finalFraction: Double = 0,
    weightDecay: Double = 0, clipNorm: Double? = 1, rankStabilised: Bool = false
  ) {
    self.rank = rank
    self.alpha = alpha
    self.targets = targets
    self.layers = layers
    self.steps = steps
    self.batchRows = batchRows
    self.order = order
    self.learningRate = learningRate
    self.warmupSteps = warmupSteps
    self.schedule = schedule
    self.finalFraction = finalFraction
    self.weightDecay = weightDecay
    self.clipNorm = clipNorm
    self.rankStabilised = rankStabilised
  }
}

/// Plans of the schema `nosce-plan-2` leave out `order` where it is the usual.
extension TrainingSettings {
  private enum Key: String, CodingKey {
    case rank, alpha, targets, layers, steps, batchRows, order, learningRate, warmupSteps,
      schedule, finalFraction, weightDecay, clipNorm, rankStabilised
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    rank = try container.decode(Int.self, forKey: .rank)
    alpha = try container.decode(Double.self, forKey: .alpha)
    targets = try container.decode([String].self, forKey: .targets)
    layers = try container.decodeIfPresent([Int].self, forKey: .layers)
    steps = try container.decode(Int.self, forKey: .steps)
    batchRows = try container.decodeIfPresent(Int.self, forKey: .batchRows)
    order = try container.decodeIfPresent(TrainingOrder.self, forKey: .order) ?? .shuffled
    learningRate = try container.decode(Double.self, forKey: .learningRate)
    warmupSteps = try container.decode(Int.self, forKey: .warmupSteps)
    schedule = try container.decode(LearningRateSchedule.self, forKey: .schedule)
    finalFraction = try container.decode(Double.self, forKey: .finalFraction)
    weightDecay = try container.decode(Double.self, forKey: .weightDecay)
    clipNorm = try container.decodeIfPresent(Double.self, forKey: .clipNorm)
    rankStabilised = try container.decode(Bool.self, forKey: .rankStabilised)
  }
}
