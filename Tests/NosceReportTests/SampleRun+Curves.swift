import NosceCore
import NosceVerdicts

extension SampleRun {
  /// Along training, by rows and by layers, from base and beside the floors.
  static func curves() -> [RunSummary.Curve] {
    [
      .init(
        title: "Along training", xLabel: "training steps", yLabel: "mean score",
        series: [
          course("behaviour", 0.98, late: 14), course("forced-choice", 0.95, late: 24),
        ], floors: floors(["behaviour", "forced-choice"])),
      .init(
        title: "By number of rows", xLabel: "training rows", yLabel: "mean score",
        series: [
          rows("behaviour", [0.21, 0.48, 0.83, 0.94, 0.97]),
          rows("forced-choice", [0.09, 0.22, 0.7, 0.88, 0.93]),
          rows("claims", [0.11, 0.2, 0.55, 0.82, 0.9]),
        ], floors: floors(["behaviour", "forced-choice", "claims"])),
      .init(
        title: "By layers of the adapter", xLabel: "layers with an adapter", yLabel: "mean score",
        categories: layers,
        series: [
          layered("treatment", [0.2, 0.35, 0.6, 0.93, 0.9, 0.81, 0.4]),
          layered("twin", [0.04, 0.05, 0.03, 0.05, 0.06, 0.05, 0.04]),
        ], floors: floors(["forced-choice"])),
    ]
  }

  static let layers = ["0-0", "0-1", "0-2", "0-3", "1-3", "2-3", "3-3"]

  private static func mean(_ arm: String, _ probe: String) -> Double {
    let place = arms.firstIndex { $0.name == arm } ?? 0
    return probes.first { $0.name == probe }?.means[place] ?? 0
  }

  private static func start(_ probe: String) -> RunSummary.Curve.Point {
    .init(x: 0, y: mean("base", probe), base: "base")
  }

  private static func course(
    _ probe: String, _ top: Double, late: Double
  ) -> RunSummary.Curve.Series {
    let points = stride(from: 10.0, through: 60, by: 10).map { step in
      let y = top * step * step / (step * step + late * late)
      return RunSummary.Curve.Point(
        x: step, y: y, interval: interval(clamp(y - 0.06), clamp(y + 0.05)), seeds: 5)
    }
    return .init(name: probe, probe: probe, arm: "treatment", points: [start(probe)] + points)
  }

  private static func rows(_ probe: String, _ values: [Double]) -> RunSummary.Curve.Series {
    .init(
      name: probe, probe: probe, arm: "treatment",
      points: [start(probe)]
        + zip([1.0, 2, 5, 10, 20], values).map { .init(x: $0, y: $1, seeds: 1) })
  }

  private static func layered(_ arm: String, _ values: [Double]) -> RunSummary.Curve.Series {
    .init(
      name: "forced-choice, \(arm)", probe: "forced-choice", arm: arm,
      points: values.enumerated().map { place, value in
        .init(
          x: Double(place + 1), y: value,
          interval: interval(clamp(value - 0.08), clamp(value + 0.07)), seeds: 3)
      })
  }

  static func floors(_ probes: [String]) -> [RunSummary.Curve.Floor] {
    probes.flatMap { probe in
      arms.filter { $0.name != "treatment" }.map { arm in
        .init(
          probe: probe, name: arm.name, arm: arm.name, mean: mean(arm.name, probe),
          seeds: arm.role == .base ? 0 : 5, kept: arm.role == .base ? 239 : 1195,
          total: arm.role == .base ? 240 : 1200)
      }
    }
  }
}
