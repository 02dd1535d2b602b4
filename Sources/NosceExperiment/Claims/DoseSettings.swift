import NoscePorts

/// What is measured beside the main subjects when asked for: more or less of what the arms are
/// trained with. It never enters a contrast.
package struct DoseSettings: Codable, Sendable, Hashable {
  package var arms: [String]
  package var probes: [String]
  /// Every combination of the settings below, or one of them at a time with the others as usual.
  package var isGrid: Bool
  /// Ask after every so many training steps.
  package var everySteps: Int?
  /// Train on so many rows.
  package var rows: [Int]
  /// Go through the rows so many times.
  package var epochs: [Double]
  /// Train for so many steps.
  package var steps: [Int]
  /// Train for so many times the usual steps.
  package var times: [Double]
  package var learningRates: [Double]
  package var ranks: [Int]
  /// Train an adapter on these layers only: first and last layer of each range.
  package var layers: [[Int]]
  /// Ask the main subjects with their adapters counting so strongly; nothing is trained.
  package var scales: [Double]
  /// How many seeds take part; nil for all.
  package var seeds: Int?
  /// How many tasks take part, the first ones; nil for all.
  package var tasks: Int?

  package init(
    arms: [String], probes: [String], isGrid: Bool = false, everySteps: Int? = nil,
    rows: [Int] = [], epochs: [Double] = [], steps: [Int] = [], times: [Double] = [],
    learningRates: [Double] = [], ranks: [Int] = [], layers: [[Int]] = [], scales: [Double] = [],
    seeds: Int? = nil,
    tasks: Int? = nil
  ) {
    self.arms = arms
    self.probes = probes
    self.isGrid = isGrid
    self.everySteps = everySteps
    self.rows = rows
    self.epochs = epochs
    self.steps = steps
    self.times = times
    self.learningRates = learningRates
    self.ranks = ranks
    self.layers = layers
    self.scales = scales
    self.seeds = seeds
    self.tasks = tasks
  }

  /// What is varied, each with its values.
  private var axes: [[DoseSetting]] {
    [
      rows.map { .rows($0) }, epochs.map { .epochs($0) }, steps.map { .steps($0) },
      times.map { .times($0) }, learningRates.map { .learningRate($0) }, ranks.map { .rank($0) },
      layers.enumerated().compactMap { place, range in
        guard let first = range.first, let last = range.last, first <= last else { return nil }
        return .layers(first, last, place: place + 1)
      },
      scales.map { .scale($0) },
    ].filter { !$0.isEmpty }
  }

  /// The settings of each subject, apart from one that is asked along the way.
  package var points: [[DoseSetting]] {
    guard isGrid else { return axes.flatMap { $0 }.map { [$0] } }
    if axes.isEmpty { return [] }
    return axes.reduce([[]]) { points, axis in
      points.flatMap { point in axis.map { point + [$0] } }
    }
  }
}

/// Plans before there were scales and times leave them out.
extension DoseSettings {
  private enum Key: String, CodingKey {
    case arms, probes, isGrid, everySteps, rows, epochs, steps, times, learningRates, ranks, layers,
      scales, seeds, tasks
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    arms = try container.decode([String].self, forKey: .arms)
    probes = try container.decode([String].self, forKey: .probes)
    isGrid = try container.decode(Bool.self, forKey: .isGrid)
    everySteps = try container.decodeIfPresent(Int.self, forKey: .everySteps)
    rows = try container.decode([Int].self, forKey: .rows)
    epochs = try container.decode([Double].self, forKey: .epochs)
    steps = try container.decode([Int].self, forKey: .steps)
    times = try container.decodeIfPresent([Double].self, forKey: .times) ?? []
    learningRates = try container.decode([Double].self, forKey: .learningRates)
    ranks = try container.decode([Int].self, forKey: .ranks)
    layers = try container.decode([[Int]].self, forKey: .layers)
    scales = try container.decodeIfPresent([Double].self, forKey: .scales) ?? []
    seeds = try container.decodeIfPresent(Int.self, forKey: .seeds)
    tasks = try container.decodeIfPresent(Int.self, forKey: .tasks)
  }
}

/// One setting that differs from the usual.
package enum DoseSetting: Codable, Sendable, Hashable {
  /// Asked along the way of the usual training, which has so many steps.
  case course(steps: Int)
  case rows(Int)
  case epochs(Double)
  case steps(Int)
  /// Of the usual steps.
  case times(Double)
  case learningRate(Double)
  case rank(Int)
  case layers(_ first: Int, _ last: Int, place: Int)
  /// Of an adapter that was trained as usual.
  case scale(Double)

  package enum Axis: String, Codable, Sendable, CaseIterable {
    case course = "steps"
    case rows, epochs
    case steps = "all-steps"
    case times
    case learningRate = "learning-rate"
    case rank, layers, scale
  }

  package var axis: Axis {
    switch self {
    case .course: .course
    case .rows: .rows
    case .epochs: .epochs
    case .steps: .steps
    case .times: .times
    case .learningRate: .learningRate
    case .rank: .rank
    case .layers: .layers
    case .scale: .scale
    }
  }

  /// The place on the axis.
  package var x: Double {
    switch self {
    case .course(let number), .rows(let number), .steps(let number), .rank(let number):
      Double(number)
    case .epochs(let number), .times(let number), .learningRate(let number), .scale(let number):
      number
    case .layers(_, _, let place): Double(place)
    }
  }

  /// The value as it is written.
  package var label: String {
    switch self {
    case .course: "all"
    case .rows(let number), .steps(let number), .rank(let number): "\(number)"
    case .epochs(let number), .times(let number), .scale(let number):
      number == number.rounded() ? "\(Int(number))" : "\(number)"
    case .learningRate(let number): "\(number)"
    case .layers(let first, let last, _): "\(first)-\(last)"
    }
  }

  /// The settings with this one. Of how many rows it is a matter is known to whoever makes them.
  ///
  /// An adapter of another rank keeps its scale: alpha changes with it.
  package func applied(to settings: TrainingSettings, rows: Int) -> TrainingSettings {
    var result = settings
    switch self {
    case .course, .rows, .scale: break
    case .epochs(let epochs):
      let batch = min(settings.batchRows ?? rows, rows)
      let steps = (epochs * Double(rows) / Double(max(1, batch))).rounded(.up)
      result.steps = max(1, Int(min(steps, 1e9)))
    case .steps(let steps): result.steps = steps
    case .times(let factor):
      result.steps = max(1, Int(min((factor * Double(settings.steps)).rounded(), 1e9)))
    case .learningRate(let rate): result.learningRate = rate
    case .rank(let rank):
      let ratio = Double(rank) / Double(max(1, settings.rank))
      result.rank = rank
      result.alpha *= settings.rankStabilised ? ratio.squareRoot() : ratio
    case .layers(let first, let last, _): result.layers = Array(first...last)
    }
    return result
  }
}
