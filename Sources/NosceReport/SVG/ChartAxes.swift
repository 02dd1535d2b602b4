import NosceCore
import NosceText

/// The frame of a chart: grid, ticks or categories, and what the axes are called.
struct ChartAxes {
  static let width = 520.0
  static let height = 300.0
  private static let categoryHeight = 13.0

  let across: LinearScale
  let up: LinearScale
  /// What stands across where that is no number: the n-th is at n.
  private let categories: [String]
  /// Labels that do not fit side by side stand in so many rows.
  private let rows: Int

  /// - Parameter unit: whether the axis across runs from zero to one where every number does.
  /// - Parameter margin: what is left free on the right.
  init(x: [Double], y: [Double], unit: Bool = true, tickCount: Int = 4, margin: Double = 14) {
    across = LinearScale.fitting(
      x, from: 50, to: Self.width - margin, unit: unit, tickCount: tickCount)
    up = LinearScale.fitting(y, from: Self.height - 44, to: 24)
    (categories, rows) = ([], 1)
  }

  /// Categories, evenly spaced.
  init(categories: [String], y: [Double], margin: Double = 14) {
    across = LinearScale(
      domain: 0.5...(Double(max(1, categories.count)) + 0.5), start: 50, end: Self.width - margin,
      ticks: [])
    up = LinearScale.fitting(y, from: Self.height - 44, to: 24)
    self.categories = categories.map { ColumnText.truncate(ColumnText.clean($0), 16) }
    let widest = self.categories.map { Double(ColumnText.width($0)) * 6.2 + 6 }.max() ?? 0
    let room = (across.end - across.start) / Double(max(1, categories.count))
    rows = Int(min(max((widest / room).rounded(.up), 1), 4))
  }

  /// An empty chart with its frame.
  func canvas(xLabel: String, yLabel: String) -> SVGCanvas {
    let below = Double(rows - 1) * Self.categoryHeight
    var canvas = SVGCanvas(width: Self.width, height: Self.height + below)
    for tick in up.ticks {
      canvas.line(across.start, up.place(tick), across.end, up.place(tick), "grid")
      canvas.text(Number.constant(tick), x: 42, y: up.place(tick) + 4, "tick", .end)
    }
    for tick in across.ticks {
      let x = across.place(tick)
      canvas.line(x, up.start, x, up.start + 4, "zero")
      canvas.text(Number.constant(tick), x: x, y: up.start + 17, "tick", .middle)
    }
    for (number, category) in categories.enumerated() {
      let y = up.start + 17 + Double(number % rows) * Self.categoryHeight
      canvas.text(category, x: across.place(Double(number + 1)), y: y, "tick", .middle)
    }
    canvas.line(across.start, up.start, across.end, up.start, "zero")
    canvas.text(
      xLabel, x: (across.start + across.end) / 2, y: Self.height + below - 6, "axis", .middle)
    canvas.text(yLabel, x: 8, y: 12, "axis", .start)
    return canvas
  }
}
