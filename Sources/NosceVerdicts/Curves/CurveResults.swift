import NosceExperiment
import NosceRuns
import NosceStatistics

/// The curves of a run, from the subjects that were trained for them.
struct CurveResults {
  let record: RunRecord
  private let main: MainResults

  init(_ record: RunRecord) {
    self.record = record
    main = MainResults(record)
  }

  /// The mean score of one subject on one probe.
  private struct Entry {
    var arm: String
    var probe: String
    var seed: Int
    /// By axis; along training the step that was asked after.
    var settings: [DoseSetting]
    var step: Int
    var mean: Double
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
      let across = CurveAxis(axis, of: dose)
      let series = try dose.arms.flatMap { arm in
        try dose.probes.map { probe in
          try line(
            dose.arms.count > 1 ? "\(probe), \(arm)" : probe, arm: arm, probe: probe, own, across)
        }
      }
      return RunSummary.Curve(
        title: prefix.isEmpty ? across.title : prefix + across.titleInside,
        xLabel: across.label, yLabel: "mean score", categories: across.categories, series: series,
        floors: try main.floors(of: dose.probes),
        halfways: axis == .course ? try halfways(own, of: dose) : nil)
    }
  }

  /// One line, which begins with the untrained arm where there is nothing of what stands across.
  private func line(
    _ name: String, arm: String, probe: String, _ entries: [Entry], _ across: CurveAxis
  ) throws -> RunSummary.Curve.Series {
    let own = entries.filter { $0.arm == arm && $0.probe == probe }
    var line = RunSummary.Curve.Series(
      name: name, probe: probe, arm: arm, points: try points(own, by: across))
    guard across.beginsWithBase, let first = line.points.first, first.x > 0 else { return line }
    switch try main.base(on: probe) {
    case .result(let result, let mean):
      line.points.insert(.init(x: 0, y: mean, base: result.arm), at: 0)
    case .none(let reason): line.withoutBase = reason
    }
    return line
  }

  /// The steps by which half of each line's change was made, over the seeds that moved at all.
  private func halfways(
    _ entries: [Entry], of dose: DoseSettings
  ) throws -> [RunSummary.Curve.Halfway]? {
    let experiment = record.plan.experiment
    let scores = ScoreTable(record)
    guard let base = main.base?.name else { return nil }
    let personas = experiment.differentSeeds
    let halfways = try dose.arms.flatMap { arm in
      try dose.probes.compactMap { probe -> RunSummary.Curve.Halfway? in
        let before = scores.entries(arm: base, probe: probe)
        let own = Dictionary(grouping: entries.filter { $0.arm == arm && $0.probe == probe }) {
          $0.seed
        }
        if own.isEmpty || !before.contains(where: { $0.mean != nil }) { return nil }
        let steps = own.sorted { $0.key < $1.key }.compactMap { seed, course -> Double? in
          // The same persona before its training, which several seeds may share.
          let starts = before.filter { ($0.seed - seed).isMultiple(of: personas) }
            .compactMap(\.mean)
          if starts.isEmpty { return nil }
          let start = starts.reduce(0, +) / Double(starts.count)
          return HalfwayPoint.step(from: start, course: Self.course(course))
        }
        let last = Double(own.values.joined().map(\.step).max() ?? 0)
        let estimate =
          steps.isEmpty
          ? nil : try Estimate.mean(of: steps, bounds: 0...last)
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
    _ entries: [Entry], by across: CurveAxis
  ) throws -> [RunSummary.Curve.Point] {
    var means: [Double: [Int: [Double]]] = [:]
    for entry in entries {
      guard let x = across.x(entry.settings, step: entry.step) else { continue }
      means[x, default: [:]][entry.seed, default: []].append(entry.mean)
    }
    return try means.sorted { $0.key < $1.key }.map { x, seeds in
      let means = seeds.sorted { $0.key < $1.key }.map { $1.reduce(0, +) / Double($1.count) }
      let estimate = try Estimate.mean(of: means)
      return .init(x: x, y: estimate.mean, interval: estimate.interval, seeds: means.count)
    }
  }

  // MARK: Every combination

  /// With two axes or more, a chart for each arm and probe and for each setting of the third axis
  /// and those behind it: the first axis goes across, the second makes the lines.
  private func grid(_ entries: [Entry], of dose: DoseSettings) throws -> [RunSummary.Curve] {
    let axes = entries.first?.settings.map(\.axis) ?? []
    let varied = axes.filter { axis in
      Set(entries.map { $0.settings.first { $0.axis == axis } }).count > 1
    }
    let order = varied + axes.filter { !varied.contains($0) }
    guard order.count > 1 else { return try lines(entries, of: dose, "Dose: ") }
    let across = CurveAxis(order[0], of: dose)
    var curves: [RunSummary.Curve] = []
    for arm in dose.arms {
      for probe in dose.probes {
        let own = entries.filter { $0.arm == arm && $0.probe == probe }
        for rest in Self.combinations(own, of: Array(order.dropFirst(2))) {
          let some = own.filter { entry in rest.allSatisfy { entry.settings.contains($0) } }
          let series = try Self.combinations(some, of: [order[1]]).map { settings in
            try line(
              settings.map(CurveAxis.words).joined(separator: ", "), arm: arm, probe: probe,
              some.filter { entry in settings.allSatisfy { entry.settings.contains($0) } }, across)
          }
          let fixed = ([arm] + rest.map(CurveAxis.words)).joined(separator: ", ")
          curves.append(
            RunSummary.Curve(
              title: "Dose: \(probe) \(across.titleInside), \(fixed)",
              xLabel: across.label, yLabel: "mean score", categories: across.categories,
              series: series, floors: try main.floors(of: [probe])))
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
}
