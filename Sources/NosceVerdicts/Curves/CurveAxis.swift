import NosceExperiment

/// What stands across a curve: numbers or categories, and what they are called.
struct CurveAxis {
  let axis: DoseSetting.Axis
  /// The labels in their order; nil for numbers.
  let categories: [String]?

  init(_ axis: DoseSetting.Axis, of dose: DoseSettings) {
    self.axis = axis
    switch axis {
    case .course, .rows, .epochs, .steps, .times, .learningRate, .scale: categories = nil
    case .rank: categories = dose.ranks.sorted().map { DoseSetting.rank($0).label }
    case .layers:
      categories = dose.layers.enumerated().compactMap { place, range in
        guard let first = range.first, let last = range.last else { return nil }
        return DoseSetting.layers(first, last, place: place + 1).label
      }
    }
  }

  /// Whether a subject of which there is nothing on this axis is the untrained one.
  var beginsWithBase: Bool {
    switch axis {
    case .course, .rows, .epochs, .steps, .times, .scale: true
    case .learningRate, .rank, .layers: false
    }
  }

  /// Where a subject of these settings stands, that was asked after this step.
  func x(_ settings: [DoseSetting], step: Int) -> Double? {
    if axis == .course { return Double(step) }
    guard let setting = settings.first(where: { $0.axis == axis }) else { return nil }
    guard let categories else { return setting.x }
    return categories.firstIndex(of: setting.label).map { Double($0 + 1) }
  }

  // MARK: Words

  /// A setting beside others.
  static func words(_ setting: DoseSetting) -> String {
    switch setting.axis {
    case .course: "\(setting.label) steps"
    case .rows: "\(setting.label) rows"
    case .epochs: "\(setting.label) epochs"
    case .steps: "\(setting.label) steps"
    case .times: "\(setting.label) times the steps"
    case .learningRate: "learning rate \(setting.label)"
    case .rank: "rank \(setting.label)"
    case .layers: "layers \(setting.label)"
    case .scale: "scale \(setting.label)"
    }
  }

  var title: String {
    switch axis {
    case .course: "Along training"
    case .rows: "By number of rows"
    case .epochs: "By times through the rows"
    case .steps: "By number of steps"
    case .times: "By times the usual steps"
    case .learningRate: "By learning rate"
    case .rank: "By rank of the adapter"
    case .layers: "By layers of the adapter"
    case .scale: "By strength of the adapter"
    }
  }

  /// The title behind other words.
  var titleInside: String { title.prefix(1).lowercased() + title.dropFirst() }

  var label: String {
    switch axis {
    case .course, .steps: "training steps"
    case .rows: "training rows"
    case .epochs: "times through the rows"
    case .times: "times the usual steps"
    case .learningRate: "learning rate"
    case .rank: "rank of the adapter"
    case .layers: "layers with an adapter"
    case .scale: "scale of the adapter when asked"
    }
  }
}
