import NosceCore
import NosceVerdicts

/// Lines over an axis, each with its own colour, dashes and marks, and a band for its interval.
struct CurveChart {
  let curve: RunSummary.Curve

  func markup() -> Markup {
    let points = curve.series.flatMap(\.points)
    let heights = points.flatMap {
      [$0.y, $0.interval?.lower, $0.interval?.upper].compactMap { $0 }
    }
    let axes = ChartAxes(x: points.map(\.x), y: heights, unit: false, tickCount: 5)
    var canvas = axes.canvas(xLabel: curve.xLabel, yLabel: curve.yLabel)
    for (number, series) in curve.series.enumerated() {
      draw(series, SeriesStyle(index: number), axes.across, axes.up, on: &canvas)
    }
    return canvas.markup(title: curve.title, description: description)
  }

  private func draw(
    _ series: RunSummary.Curve.Series, _ style: SeriesStyle, _ across: LinearScale,
    _ up: LinearScale, on canvas: inout SVGCanvas
  ) {
    let points = series.points.filter { $0.x.isFinite && $0.y.isFinite }.sorted { $0.x < $1.x }
    let banded = points.filter { $0.interval != nil }
    if banded.count > 1 {
      let upper = banded.map { (across.place($0.x), up.place($0.interval?.upper ?? $0.y)) }
      let lower = banded.map { (across.place($0.x), up.place($0.interval?.lower ?? $0.y)) }
      canvas.path(upper + lower.reversed(), closed: true, "band \(style.colorClass)")
    }
    let places = points.map { (x: across.place($0.x), y: up.place($0.y)) }
    canvas.path(places, "curve \(style.colorClass) \(style.dashClass)")
    let every = max(1, places.count / 12)
    for (number, place) in places.enumerated()
    where number % every == 0 || number == places.count - 1 {
      canvas.mark(style, x: place.x, y: place.y, size: 3.4)
    }
  }

  private var description: String {
    let ends = curve.series.map { series in
      let first = series.points.first.map { Number.value($0.y) } ?? Number.none
      let last = series.points.last.map { Number.value($0.y) } ?? Number.none
      return "\(series.name) from \(first) to \(last)"
    }
    return "\(curve.yLabel) by \(curve.xLabel): \(ends.joined(separator: "; "))"
  }
}
