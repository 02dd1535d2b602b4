import NosceStatistics

/// The curves of a run, from its curve subjects.
struct CurveResults {
  let record: RunRecord

  init(_ record: RunRecord) { self.record = record }

  private struct Place: Hashable {
    var curve: PlannedCell.Curve
    var probe: String
    var x: Double
  }

  func curves() throws -> [RunSummary.Curve] {
    let units = record.byUnit()
    var means: [Place: [Int: [Double]]] = [:]
    var ranges: [Double: String] = [:]
    for cell in record.plan.cells {
      guard case .curve(let curve, let x, let label) = cell.kind else { continue }
      if curve == .layers { ranges[x] = label }
      for unit in cell.units {
        let rows = units[cell.id]?[UnitKey(probe: unit.probe, step: unit.step)] ?? []
        let scores = rows.compactMap(\.score)
        if scores.isEmpty { continue }
        let place = Place(
          curve: curve, probe: unit.probe, x: curve == .steps ? Double(unit.step) : x)
        means[place, default: [:]][cell.seed, default: []]
          .append(scores.reduce(0, +) / Double(scores.count))
      }
    }
    return try PlannedCell.Curve.allCases.compactMap { curve in
      let own = means.filter { $0.key.curve == curve }
      if own.isEmpty { return nil }
      let series = try (record.plan.experiment.curves?.probes ?? []).map { probe in
        let points = try own.filter { $0.key.probe == probe }
          .sorted { $0.key.x < $1.key.x }
          .map { place, seeds in try point(place.x, seeds) }
        return RunSummary.Curve.Series(name: probe, points: points)
      }
      return RunSummary.Curve(
        title: Self.title(curve), xLabel: Self.xLabel(curve, ranges: ranges), yLabel: "mean score",
        series: series)
    }
  }

  private func point(
    _ x: Double, _ seeds: [Int: [Double]]
  ) throws -> RunSummary.Curve.Point {
    let means = seeds.sorted { $0.key < $1.key }.map { $1.reduce(0, +) / Double($1.count) }
    let estimate = try Estimate.mean(of: means, seed: record.plan.experiment.seed)
    return .init(x: x, y: estimate.mean, interval: estimate.interval.map(IntervalSummary.init))
  }

  private static func title(_ curve: PlannedCell.Curve) -> String {
    switch curve {
    case .steps: "Along training"
    case .rows: "By number of rows"
    case .layers: "By layers of the adapter"
    }
  }

  private static func xLabel(_ curve: PlannedCell.Curve, ranges: [Double: String]) -> String {
    switch curve {
    case .steps: return "training steps"
    case .rows: return "training rows"
    case .layers:
      let list = ranges.sorted { $0.key < $1.key }.map { "\(Int($0.key)): \($0.value)" }
      return "layers with an adapter (\(list.joined(separator: ", ")))"
    }
  }
}
