/// The frame of a chart over two axes of numbers: grid, ticks, and what the axes are called.
struct ChartAxes {
  static let width = 520.0
  static let height = 300.0

  let across: LinearScale
  let up: LinearScale

  /// - Parameter unit: whether the axis across runs from zero to one where every number does.
  init(x: [Double], y: [Double], unit: Bool = true, tickCount: Int = 4) {
    across = LinearScale.fitting(x, from: 50, to: Self.width - 14, unit: unit, tickCount: tickCount)
    up = LinearScale.fitting(y, from: Self.height - 44, to: 24)
  }

  /// An empty chart with its frame.
  func canvas(xLabel: String, yLabel: String) -> SVGCanvas {
    var canvas = SVGCanvas(width: Self.width, height: Self.height)
    for tick in up.ticks {
      canvas.line(across.start, up.place(tick), across.end, up.place(tick), "grid")
      canvas.text(Number.constant(tick), x: 42, y: up.place(tick) + 4, "tick", .end)
    }
    for tick in across.ticks {
      let x = across.place(tick)
      canvas.line(x, up.start, x, up.start + 4, "zero")
      canvas.text(Number.constant(tick), x: x, y: up.start + 17, "tick", .middle)
    }
    canvas.line(across.start, up.start, across.end, up.start, "zero")
    canvas.text(xLabel, x: (across.start + across.end) / 2, y: Self.height - 6, "axis", .middle)
    canvas.text(yLabel, x: 8, y: 12, "axis", .start)
    return canvas
  }
}
