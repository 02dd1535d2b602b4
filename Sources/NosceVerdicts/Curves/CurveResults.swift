import NosceExperiment
import NosceRuns
import NosceStatistics

/// The curves of a run, from the subjects that were trained for them.
struct CurveResults {
  let record: RunRecord

  init(_ record: RunRecord) { self.record = record }

  /// The mean score of one subject on one probe.
  private struct Entry {
    var arm: String
    var probe: String
    var seed: Int
    /// By axis; along training the step that was asked after.
    var settings: [DoseSetting]
    var step: Int
    var mean: Double

    func x(_ axis: DoseSetting.Axis) -> Double? {
      if axis == .course { return Double(step) }
      return settings.first { $0.axis == axis }?.x
    }
  }

  func curves() throws -> [RunSummary.Curve] {
    let experiment = record.plan.experiment
    let single = try experiment.curves.map { try lines(entries(isGrid: false), of: $0, "") } ?? []
    guard let dose = experiment.dose else { return single }
    let measured = entries(isGrid: true)
    let course = measured.filter { $0.settings.first?.axis == .course }
    let combined = measured.filter { $0.settings.first?.axis != .course }
    return single + (try lines(course, of: dose, "Dose: ")) + (try grid(combined, of: dose))
  }

  private func entries(isGrid: Bool) -> [Entry] {
    let units = record.byUnit()
    return record.plan.cells.flatMap { cell -> [Entry] in
      guard case .dose(let settings, let grid) = cell.kind, grid == isGrid else { return [] }
      return cell.units.compactMap { unit in
        let rows = units[cell.id]?[UnitKey(probe: unit.probe, step: unit.step)] ?? []
        let scores = rows.compactMap(\.score)
        if scores.isEmpty { return nil }
        return Entry(
          arm: cell.arm, probe: unit.probe, seed: cell.seed, settings: settings, step: unit.step,
          mean: scores.reduce(0, +) / Double(scores.count))
      }
    }
  }

  // MARK: One setting at a time

  /// One curve for each axis, with a line for each arm and probe.
  private func lines(
    _ entries: [Entry], of dose: DoseSettings, _ prefix: String
  ) throws -> [RunSummary.Curve] {
    try DoseSetting.Axis.allCases.compactMap { axis in
      let own = entries.filter { $0.settings.contains { $0.axis == axis } }
      if own.isEmpty { return nil }
      let series = try dose.arms.flatMap { arm in
        try dose.probes.map { probe in
          RunSummary.Curve.Series(
            name: dose.arms.count > 1 ? "\(probe), \(arm)" : probe,
            points: try points(own.filter { $0.arm == arm && $0.probe == probe }, by: axis))
        }
      }
      let title = Self.title(axis)
      return RunSummary.Curve(
        title: prefix.isEmpty ? title : prefix + title.prefix(1).lowercased() + title.dropFirst(),
        xLabel: Self.xLabel(axis, own), yLabel: "mean score", series: series,
        halfways: axis == .course ? try halfways(own, of: dose) : nil)
    }
  }

  /// The steps by which half of each line's change was made, over the seeds that moved at all.
  private func halfways(
    _ entries: [Entry], of dose: DoseSettings
  ) throws -> [RunSummary.Curve.Halfway]? {
    let experiment = record.plan.experiment
    let scores = ScoreTable(record)
    guard let base = experiment.arms.first(where: { !$0.isTrained })?.name else { return nil }
    let halfways = try dose.arms.flatMap { arm in
      try dose.probes.compactMap { probe -> RunSummary.Curve.Halfway? in
        let before = scores.entries(arm: base, probe: probe)
        let own = Dictionary(grouping: entries.filter { $0.arm == arm && $0.probe == probe }) {
          $0.seed
        }
        if own.isEmpty || !before.contains(where: { $0.mean != nil }) { return nil }
        let steps = own.sorted { $0.key < $1.key }.compactMap { seed, course -> Double? in
          // The same persona before its training.
          let starts = before.filter { $0.seed == seed }.compactMap(\.mean)
          if starts.isEmpty { return nil }
          let start = starts.reduce(0, +) / Double(starts.count)
          return HalfwayPoint.step(from: start, course: Self.course(course))
        }
        let last = Double(own.values.joined().map(\.step).max() ?? 0)
        let estimate =
          steps.isEmpty
          ? nil : try Estimate.mean(of: steps, bounds: 0...last, seed: experiment.seed)
        return .init(
          name: dose.arms.count > 1 ? "\(probe), \(arm)" : probe, step: estimate?.mean,
          interval: estimate?.interval, moved: steps.count,
          seeds: own.count)
      }
    }
    return halfways.isEmpty ? nil : halfways
  }

  /// One seed's scores by step, the mean over its tasks.
  private static func course(_ entries: [Entry]) -> [(step: Int, score: Double)] {
    Dictionary(grouping: entries, by: \.step).map { step, entries in
      (step, entries.reduce(0) { $0 + $1.mean } / Double(entries.count))
    }
  }

  private func points(
    _ entries: [Entry], by axis: DoseSetting.Axis
  ) throws -> [RunSummary.Curve.Point] {
    var means: [Double: [Int: [Double]]] = [:]
    for entry in entries {
      guard let x = entry.x(axis) else { continue }
      means[x, default: [:]][entry.seed, default: []].append(entry.mean)
    }
    return try means.sorted { $0.key < $1.key }.map { x, seeds in
      let means = seeds.sorted { $0.key < $1.key }.map { $1.reduce(0, +) / Double($1.count) }
      let estimate = try Estimate.mean(of: means, seed: record.plan.experiment.seed)
      return .init(x: x, y: estimate.mean, interval: estimate.interval)
    }
  }

  // MARK: Every combination

  /// With two axes or more, a chart for each arm and probe and for each setting of the third axis
  /// and those behind it: the first axis goes across, the second makes the lines.
  private func grid(_ entries: [Entry], of dose: DoseSettings) throws -> [RunSummary.Curve] {
    let axes = entries.first?.settings.map(\.axis) ?? []
    let varied = axes.filter { axis in Set(entries.map { $0.x(axis) }).count > 1 }
    let order = varied + axes.filter { !varied.contains($0) }
    guard order.count > 1 else { return try lines(entries, of: dose, "Dose: ") }
    var curves: [RunSummary.Curve] = []
    for arm in dose.arms {
      for probe in dose.probes {
        let own = entries.filter { $0.arm == arm && $0.probe == probe }
        for rest in Self.combinations(own, of: Array(order.dropFirst(2))) {
          let some = own.filter { entry in rest.allSatisfy { entry.settings.contains($0) } }
          let series = try Self.combinations(some, of: [order[1]]).map { line in
            RunSummary.Curve.Series(
              name: line.map(Self.words).joined(separator: ", "),
              points: try points(
                some.filter { entry in line.allSatisfy { entry.settings.contains($0) } },
                by: order[0]))
          }
          let fixed = ([arm] + rest.map(Self.words)).joined(separator: ", ")
          let title = Self.title(order[0])
          curves.append(
            RunSummary.Curve(
              title: "Dose: \(probe) \(title.prefix(1).lowercased() + title.dropFirst()), \(fixed)",
              xLabel: Self.xLabel(order[0], some), yLabel: "mean score", series: series))
        }
      }
    }
    return curves
  }

  /// The combinations of settings that occur, in the order of their places; one that is empty for
  /// no axis.
  private static func combinations(
    _ entries: [Entry], of axes: [DoseSetting.Axis]
  ) -> [[DoseSetting]] {
    let found = Set(entries.map { $0.settings.filter { axes.contains($0.axis) } })
    return found.sorted { one, other in
      one.map(\.x).lexicographicallyPrecedes(other.map(\.x))
    }
  }

  // MARK: Words

  private static func words(_ setting: DoseSetting) -> String {
    switch setting.axis {
    case .course: "\(setting.label) steps"
    case .rows: "\(setting.label) rows"
    case .epochs: "\(setting.label) epochs"
    case .steps: "\(setting.label) steps"
    case .learningRate: "learning rate \(setting.label)"
    case .rank: "rank \(setting.label)"
    case .layers: "layers \(setting.label)"
    }
  }

  private static func title(_ axis: DoseSetting.Axis) -> String {
    switch axis {
    case .course: "Along training"
    case .rows: "By number of rows"
    case .epochs: "By times through the rows"
    case .steps: "By number of steps"
    case .learningRate: "By learning rate"
    case .rank: "By rank of the adapter"
    case .layers: "By layers of the adapter"
    }
  }

  private static func xLabel(_ axis: DoseSetting.Axis, _ entries: [Entry]) -> String {
    switch axis {
    case .course, .steps: return "training steps"
    case .rows: return "training rows"
    case .epochs: return "times through the rows"
    case .learningRate: return "learning rate"
    case .rank: return "rank"
    case .layers:
      let ranges = Set(entries.flatMap(\.settings).filter { $0.axis == .layers })
      let list = ranges.sorted { $0.x < $1.x }.map { "\(Int($0.x)): \($0.label)" }
      return "layers with an adapter (\(list.joined(separator: ", ")))"
    }
  }
}
