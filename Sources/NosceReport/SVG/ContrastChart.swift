import NosceCore
import NosceText
import NosceVerdicts

/// A contrast's difference from each floor, beside zero and the smallest effect of interest.
struct ContrastChart {
  let contrast: RunSummary.ContrastResult
  let style: SeriesStyle

  private static let width = 720.0
  private static let rowHeight = 30.0

  func markup() -> Markup {
    let top = 24.0
    let bottom = top + Double(contrast.floors.count) * Self.rowHeight
    var canvas = SVGCanvas(width: Self.width, height: bottom + 26)
    let scale = LinearScale.fitting(
      numbers, from: 150, to: Self.width - 130, unit: false, tickCount: 5)
    for tick in scale.ticks {
      let x = scale.place(tick)
      canvas.line(x, top, x, bottom, tick == 0 ? "zero" : "grid")
      canvas.text(Number.difference(tick), x: x, y: bottom + 16, "tick", .middle)
    }
    let effect = scale.place(smallestEffect)
    canvas.line(effect, top - 6, effect, bottom, "chance")
    let caption = "smallest effect of interest \(Number.constant(smallestEffect))"
    let late = effect > Self.width * 0.6
    canvas.text(
      caption, x: effect + (late ? -6 : 6), y: top - 6, "tick", late ? .end : .start)
    for (number, floor) in contrast.floors.enumerated() {
      let y = top + (Double(number) + 0.5) * Self.rowHeight
      draw(floor, y: y, scale, on: &canvas)
    }
    return canvas.markup(
      title: "\(contrast.treatment) minus each floor on \(contrast.probe)",
      description: contrast.floors.map { floor in
        "\(floor.name) \(Number.difference(floor.estimate)) "
          + "\(Number.interval(floor.interval, signed: true)), p \(Number.probability(floor.p))"
      }.joined(separator: "; "))
  }

  private func draw(
    _ floor: RunSummary.FloorComparison, y: Double, _ scale: LinearScale,
    on canvas: inout SVGCanvas
  ) {
    canvas.text(
      "minus " + ColumnText.truncate(floor.name, 16), x: 140, y: y + 4, "label", .end)
    if let interval = floor.interval {
      // A whisker without a bar at its end goes on: the design could not bound it.
      let left = interval.lower.map(scale.place) ?? 150
      let right = interval.upper.map(scale.place) ?? Self.width - 130
      let name = "whisker \(style.colorClass)"
      canvas.line(left, y, right, y, name)
      if interval.lower != nil { canvas.line(left, y - 5, left, y + 5, name) }
      if interval.upper != nil { canvas.line(right, y - 5, right, y + 5, name) }
    }
    if let estimate = floor.estimate, estimate.isFinite {
      canvas.mark(style, x: scale.place(estimate), y: y, size: 5.5)
    }
    canvas.text(
      Number.difference(floor.estimate), x: Self.width - 74, y: y + 4, "value", .end)
    canvas.text(
      "p \(Number.probability(floor.p))", x: Self.width - 4, y: y + 4, "label", .end)
  }

  /// On the side of zero on which the treatment is claimed to be.
  private var smallestEffect: Double { contrast.direction.sign * contrast.smallestEffect }

  private var numbers: [Double] {
    [0, smallestEffect]
      + contrast.floors.flatMap {
        [$0.estimate, $0.interval?.lower, $0.interval?.upper].compactMap { $0 }
      }
  }
}
