import Foundation

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
  /// nil for `shuffled`.
  package var order: TrainingOrder?
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
    steps: Int = 60, batchRows: Int? = nil, order: TrainingOrder? = nil,
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

/// One fine-tuning to be done.
package struct TrainingJob: Sendable {
  package var name: String
  package var rows: [TrainingRow]
  package var settings: TrainingSettings
  package var seed: UInt64
  /// Steps after which a copy of the subject is kept.
  package var snapshotSteps: [Int]
  /// Where the adapter goes, in PEFT form, written atomically.
  package var adapterDirectory: URL

  package init(
    name: String, rows: [TrainingRow], settings: TrainingSettings, seed: UInt64,
    snapshotSteps: [Int] = [], adapterDirectory: URL
  ) {
    self.name = name
    self.rows = rows
    self.settings = settings
    self.seed = seed
    self.snapshotSteps = snapshotSteps
    self.adapterDirectory = adapterDirectory
  }
}

/// How far one fine-tuning has come.
package struct TrainingProgress: Sendable {
  package var step: Int
  package var totalSteps: Int
  package var loss: Double

  package init(step: Int, totalSteps: Int, loss: Double) {
    self.step = step
    self.totalSteps = totalSteps
    self.loss = loss
  }
}

/// What a fine-tuning yields.
package struct TrainedSubject: Sendable {
  package var subject: any Subject
  package var losses: [Double]
  /// The largest change of any logit that the adapter makes on a fixed input: zero means dead.
  package var largestLogitChange: Double
  package var snapshots: [Int: any Subject]

  package init(
    subject: any Subject, losses: [Double], largestLogitChange: Double,
    snapshots: [Int: any Subject] = [:]
  ) {
    self.subject = subject
    self.losses = losses
    self.largestLogitChange = largestLogitChange
    self.snapshots = snapshots
  }
}
