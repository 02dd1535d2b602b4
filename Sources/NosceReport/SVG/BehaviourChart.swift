import NosceText
import NosceVerdicts

/// What subjects report over what they do: a mark for each setting, joined in the order of the setting,
/// beside the untrained model and what it reports when it is told the answer.
struct BehaviourChart {
  let results: RunSummary.ReportByBehaviour

  private typealias Point = RunSummary.ReportByBehaviour.Point
  private static let near = 24.0

  var title: String { "\(results.reportProbe) by \(results.behaviourProbe)" }

  func markup() -> Markup {
    let all = results.lines.flatMap(\.points) + (results.base.map { [$0] } ?? [])
    let axes = ChartAxes(
      x: all.map(\.behaviour), y: all.map(\.report) + (results.ceiling.map { [$0] } ?? []))
    var canvas = axes.canvas(xLabel: results.behaviourProbe, yLabel: yLabel)
    if let ceiling = results.ceiling {
      let y = axes.up.place(ceiling)
      canvas.line(axes.across.start, y, axes.across.end, y, "floor")
      canvas.text(
        "told the answer \(Number.value(ceiling))", x: axes.across.end, y: y - 5, "tick", .end)
    }
    for (number, line) in results.lines.enumerated() {
      let style = SeriesStyle(index: number)
      let points = finite(line.points)
      let start = line.beginsWithBase ? finite(results.base.map { [$0] } ?? []) : []
      let places = (start + points).map {
        (axes.across.place($0.behaviour), axes.up.place($0.report))
      }
      canvas.path(places, "curve \(style.colorClass) \(style.dashClass)")
      for point in points {
        canvas.mark(
          style, x: axes.across.place(point.behaviour), y: axes.up.place(point.report), size: 4)
      }
      // The ends say which way the setting goes. Beside base its name is enough.
      for end in Set([0, points.count - 1]).sorted() where points.indices.contains(end) {
        if end == 0, let base = results.base, isBeside(base, points[end], axes) { continue }
        label(points[end].label, points[end], axes, on: &canvas)
      }
    }
    if let base = results.base, base.behaviour.isFinite, base.report.isFinite {
      canvas.mark(
        SeriesStyle(index: 0), x: axes.across.place(base.behaviour), y: axes.up.place(base.report),
        size: 5.5, isHollow: true)
      label(base.label, base, axes, on: &canvas)
    }
    return canvas.markup(title: title, description: description)
  }

  var yLabel: String {
    results.isSquare ? "\(results.reportProbe): own less the others, nats" : results.reportProbe
  }

  private func finite(_ points: [Point]) -> [Point] {
    points.filter { $0.behaviour.isFinite && $0.report.isFinite }
  }

  private func isBeside(_ point: Point, _ other: Point, _ axes: ChartAxes) -> Bool {
    abs(axes.across.place(point.behaviour) - axes.across.place(other.behaviour)) < Self.near
      && abs(axes.up.place(point.report) - axes.up.place(other.report)) < Self.near
  }

  /// Beside a point and below it, or above it where that is the frame.
  private func label(
    _ text: String, _ point: Point, _ axes: ChartAxes, on canvas: inout SVGCanvas
  ) {
    let (x, y) = (axes.across.place(point.behaviour), axes.up.place(point.report))
    let isRight = x > (axes.across.start + axes.across.end) / 2
    let isLow = y > axes.up.start - Self.near
    canvas.text(
      text, x: x + (isRight ? -8 : 8), y: y + (isLow ? -8 : 15), "tick", isRight ? .end : .start)
  }

  private var description: String {
    let lines = results.lines.map { line in
      let points = line.points.map {
        "\($0.label) \(Number.value($0.behaviour)) and \(Number.value($0.report))"
      }
      return "\(line.name): \(points.joined(separator: ", "))"
    }
    let base = results.base.map {
      ["\($0.label) \(Number.value($0.behaviour)) and \(Number.value($0.report))"]
    }
    let ceiling = results.ceiling.map { ["told the answer \(Number.value($0))"] }
    return ((base ?? []) + (ceiling ?? []) + lines).joined(separator: "; ")
  }
}
