import NosceCore
import NosceText
import NosceVerdicts

/// One probe's result by arm: the mean with its interval, and a dot for every seed below it.
struct ArmChart {
  struct Row {
    let arm: RunSummary.ArmResult
    let style: SeriesStyle
  }

  let title: String
  let rows: [Row]

  private static let width = 520.0
  private static let labelWidth = 112.0
  private static let valueWidth = 70.0
  private static let rowHeight = 34.0
  private static let axisHeight = 26.0

  func markup() -> Markup {
    let bottom = 6 + Double(rows.count) * Self.rowHeight
    var canvas = SVGCanvas(width: Self.width, height: bottom + Self.axisHeight)
    let scale = LinearScale.fitting(
      numbers, from: Self.labelWidth + 8, to: Self.width - Self.valueWidth - 10)
    for tick in scale.ticks {
      let x = scale.place(tick)
      canvas.line(x, 4, x, bottom, "grid")
      canvas.text(Number.constant(tick), x: x, y: bottom + 15, "tick", .middle)
    }
    if let chance = rows.compactMap(\.arm.chance).first, scale.domain.contains(chance) {
      let x = scale.place(chance)
      canvas.line(x, 4, x, bottom, "chance")
    }
    for (number, row) in rows.enumerated() {
      draw(row, top: 6 + Double(number) * Self.rowHeight, scale, on: &canvas)
    }
    return canvas.markup(title: title, description: description)
  }

  private func draw(
    _ row: Row, top: Double, _ scale: LinearScale, on canvas: inout SVGCanvas
  ) {
    let y = top + 11
    let label = ColumnText.truncate(row.arm.arm, 18)
    canvas.text(label, x: Self.labelWidth, y: y + 4, "label", .end)
    if let interval = row.arm.interval {
      let left = scale.place(interval.lower)
      let right = scale.place(interval.upper)
      let name = "whisker \(row.style.colorClass)"
      canvas.line(left, y, right, y, name)
      canvas.line(left, y - 4, left, y + 4, name)
      canvas.line(right, y - 4, right, y + 4, name)
    }
    drawSeeds(row, top: top + 19, scale, on: &canvas)
    if let mean = row.arm.mean, mean.isFinite {
      canvas.mark(row.style, x: scale.place(mean), y: y, size: 5)
    }
    let right = Self.width - 4
    canvas.text(Number.value(row.arm.mean), x: right, y: y + 4, "value", .end)
    canvas.text("n \(row.arm.kept)/\(row.arm.total)", x: right, y: y + 17, "tick", .end)
  }

  /// Seeds at the same place are stacked, so that each can be counted.
  private func drawSeeds(
    _ row: Row, top: Double, _ scale: LinearScale, on canvas: inout SVGCanvas
  ) {
    let places = row.arm.perSeed.compactMap(\.mean).filter(\.isFinite).map(scale.place).sorted()
    var group: [Double] = []
    func flush() {
      let step = group.count < 2 ? 0 : min(3.4, 12 / Double(group.count - 1))
      for (number, x) in group.enumerated() {
        canvas.circle(
          x: x, y: top + 1.7 + Double(number) * step, radius: 1.7,
          "seed \(row.style.colorClass)")
      }
      group = []
    }
    for place in places {
      if let first = group.first, place - first > 3.4 { flush() }
      group.append(place)
    }
    flush()
  }

  private var numbers: [Double] {
    rows.flatMap { row in
      [row.arm.mean, row.arm.interval?.lower, row.arm.interval?.upper, row.arm.chance]
        .compactMap { $0 } + row.arm.perSeed.compactMap(\.mean)
    }
  }

  private var description: String {
    rows.map { row in
      let interval = row.arm.interval.map { " \(Number.interval($0))" } ?? ""
      return "\(row.arm.arm) \(Number.value(row.arm.mean))\(interval)"
    }.joined(separator: "; ")
  }
}
