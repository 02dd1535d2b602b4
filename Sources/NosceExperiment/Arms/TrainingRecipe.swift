import NoscePorts

/// A setting that may also be left without a bound, written `all` or `none` in a file.
package enum Bound<Value: Codable & Sendable & Hashable>: Codable, Sendable, Hashable {
  case unbounded
  case at(Value)

  package var value: Value? {
    if case .at(let value) = self { value } else { nil }
  }
}

/// The training settings that differ from others; nil keeps what was there.
package struct TrainingOverrides: Codable, Sendable, Hashable {
  package var rank: Int?
  package var alpha: Double?
  package var targets: [String]?
  package var layers: Bound<[Int]>?
  package var steps: Int?
  package var batchRows: Bound<Int>?
  package var order: TrainingOrder?
  package var learningRate: Double?
  package var warmupSteps: Int?
  package var schedule: LearningRateSchedule?
  package var finalFraction: Double?
  package var weightDecay: Double?
  package var clipNorm: Bound<Double>?
  package var rankStabilised: Bool?

  package init() {}

  package func applied(to settings: TrainingSettings) -> TrainingSettings {
    var result = settings
    if let rank { result.rank = rank }
    if let alpha { result.alpha = alpha }
    if let targets { result.targets = targets }
    if let layers { result.layers = layers.value }
    if let steps { result.steps = steps }
    if let batchRows { result.batchRows = batchRows.value }
    if let order { result.order = order }
    if let learningRate { result.learningRate = learningRate }
    if let warmupSteps { result.warmupSteps = warmupSteps }
    if let schedule { result.schedule = schedule }
    if let finalFraction { result.finalFraction = finalFraction }
    if let weightDecay { result.weightDecay = weightDecay }
    if let clipNorm { result.clipNorm = clipNorm.value }
    if let rankStabilised { result.rankStabilised = rankStabilised }
    return result
  }
}

/// How subjects are trained: the default settings, and what differs for a backend of a given name.
package struct TrainingRecipe: Codable, Sendable, Hashable {
  package struct ForBackend: Codable, Sendable, Hashable {
    package var backend: String
    package var overrides: TrainingOverrides

    package init(backend: String, overrides: TrainingOverrides) {
      self.backend = backend
      self.overrides = overrides
    }
  }

  /// What somebody gave on the command line for one run.
  package struct ByHand: Codable, Sendable, Hashable {
    /// As it was given.
    package var text: String
    package var overrides: TrainingOverrides
    /// How many of its rows every arm is trained on; nil for all.
    package var rows: Int?

    package init(text: String, overrides: TrainingOverrides, rows: Int? = nil) {
      self.text = text
      self.overrides = overrides
      self.rows = rows
    }
  }

  /// What a search has found for one model.
  package struct Calibrated: Codable, Sendable, Hashable {
    package var candidate: RecipeCandidate
    /// SHA-256 of the file in which the search is kept.
    package var hash: String
    /// How many trainings it took; 0 in a plan that is shown before the search.
    package var trainings: Int

    package init(candidate: RecipeCandidate, hash: String, trainings: Int) {
      self.candidate = candidate
      self.hash = hash
      self.trainings = trainings
    }
  }

  package var base: TrainingSettings
  package var backends: [ForBackend]
  /// Counts more than what is said of a model, and less than what an arm says of itself.
  package var byHand: ByHand?
  /// Counts more than what is said of a model, and not at all where a recipe is given by hand.
  package var calibrated: Calibrated?

  package init(
    base: TrainingSettings = TrainingSettings(), backends: [ForBackend] = [],
    byHand: ByHand? = nil, calibrated: Calibrated? = nil
  ) {
    self.base = base
    self.backends = backends
    self.byHand = byHand
    self.calibrated = calibrated
  }

  /// Whether the file itself knows how a model of this name is trained.
  package func isWritten(for backend: String) -> Bool {
    BackendName.best(of: backends.map(\.backend), for: backend) != nil
  }

  /// How many of its rows every arm is trained on; nil for all.
  package var rows: Int? { byHand.map(\.rows) ?? calibrated?.candidate.rows }

  /// The settings for a backend (see ``BackendName``).
  package func settings(for backend: String) -> TrainingSettings {
    let best = BackendName.best(of: backends.map(\.backend), for: backend)
    let overrides = backends.first { $0.backend == best }?.overrides
    let settings = overrides?.applied(to: base) ?? base
    let found = byHand?.overrides ?? calibrated?.candidate.applied()
    return found?.applied(to: settings) ?? settings
  }
}
