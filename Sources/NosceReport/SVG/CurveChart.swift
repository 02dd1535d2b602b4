import NosceCore
import NosceText
import NosceVerdicts

/// Lines over an axis of numbers, each with its own colour, dashes and marks and a band for its
/// interval, or marks alone over categories; floors lie across both.
struct CurveChart {
  let panel: CurvePanel

  private static let floorMargin = 142.0
  private static let floorGap = 13.0

  private var curve: RunSummary.Curve { panel.curve }

  func markup() -> Markup {
    let margin = panel.drawnFloors.isEmpty ? 14 : Self.floorMargin
    let axes =
      if let categories = curve.categories {
        ChartAxes(categories: categories, y: heights, margin: margin)
      } else {
        ChartAxes(
          x: curve.series.flatMap(\.points).map(\.x), y: heights, unit: false,
          tickCount: margin > 14 ? 4 : 5, margin: margin)
      }
    var canvas = axes.canvas(xLabel: curve.xLabel, yLabel: curve.yLabel)
    drawFloors(axes, on: &canvas)
    for (place, line) in panel.lines.enumerated() {
      if curve.categories == nil {
        draw(line, axes.across, axes.up, on: &canvas)
      } else {
        drawMarks(line, place, axes.across, axes.up, on: &canvas)
      }
    }
    return canvas.markup(title: panel.title, description: description)
  }

  /// Of the whole curve, so that the charts of its probes can be compared.
  private var heights: [Double] {
    curve.series.flatMap(\.points).flatMap {
      [$0.y, $0.interval?.lower, $0.interval?.upper].compactMap { $0 }
    } + (curve.floors ?? []).compactMap(\.mean)
  }

  /// A line across for each floor, with its name and mean beside its end.
  private func drawFloors(_ axes: ChartAxes, on canvas: inout SVGCanvas) {
    let floors = panel.drawnFloors
    let places = floors.map { axes.up.place($0.mean ?? 0) }
    let labels = LabelPlaces.spread(
      places, gap: Self.floorGap, within: axes.up.end...axes.up.start)
    let end = axes.across.end
    for (floor, (place, label)) in zip(floors, zip(places, labels)) {
      canvas.line(axes.across.start, place, end, place, "floor")
      canvas.line(end, place, end + 12, label, "leader")
      let name = ColumnText.truncate(ColumnText.clean(floor.name), 16)
      canvas.text(
        "\(name) \(Number.value(floor.mean))", x: end + 16, y: label + 4, "tick", .start)
    }
  }

  private var firstFromBase: Int? {
    panel.lines.first { $0.series.points.contains { $0.base != nil } }?.number
  }

  private func finite(_ line: CurvePanel.Line) -> [RunSummary.Curve.Point] {
    line.series.points.filter { $0.x.isFinite && $0.y.isFinite }.sorted { $0.x < $1.x }
  }

  private func draw(
    _ line: CurvePanel.Line, _ across: LinearScale, _ up: LinearScale,
    on canvas: inout SVGCanvas
  ) {
    let style = SeriesStyle(index: line.number)
    let points = finite(line)
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
      let isBase = points[number].base != nil
      // All lines of a chart begin with the same base: one mark, or each would cover the last.
      if isBase, line.number != firstFromBase { continue }
      canvas.mark(style, x: place.x, y: place.y, size: isBase ? 4.2 : 3.4, isHollow: isBase)
    }
  }

  /// Nothing lies between two categories: marks side by side, and no line.
  private func drawMarks(
    _ line: CurvePanel.Line, _ place: Int, _ across: LinearScale, _ up: LinearScale,
    on canvas: inout SVGCanvas
  ) {
    let style = SeriesStyle(index: line.number)
    let spacing = across.place(2) - across.place(1)
    let step = min(14, spacing * 0.7 / Double(panel.lines.count))
    let shift = (Double(place) - Double(panel.lines.count - 1) / 2) * step
    for point in finite(line) {
      let x = across.place(point.x) + shift
      if let interval = point.interval {
        let (top, bottom) = (up.place(interval.upper), up.place(interval.lower))
        let name = "whisker \(style.colorClass)"
        canvas.line(x, top, x, bottom, name)
        canvas.line(x - 3, top, x + 3, top, name)
        canvas.line(x - 3, bottom, x + 3, bottom, name)
      }
      canvas.mark(style, x: x, y: up.place(point.y), size: 4.2)
    }
  }

  private var description: String {
    let lines = panel.lines.map { line -> String in
      let points = finite(line)
      if curve.categories != nil {
        let values = points.map { "\(panel.across($0)) \(Number.value($0.y))" }
        return "\(line.series.name) \(values.joined(separator: ", "))"
      }
      let first = points.first.map { point in
        Number.value(point.y) + (point.base.map { " (\($0), untrained)" } ?? "")
      }
      let last = points.last.map { Number.value($0.y) }
      return "\(line.series.name) from \(first ?? Number.none) to \(last ?? Number.none)"
    }
    let floors = panel.floorWords.map { "; floors: \($0)" } ?? ""
    return "\(curve.yLabel) by \(curve.xLabel): \(lines.joined(separator: "; "))\(floors)"
  }
}
