import NosceCore
import NosceRuns
import NosceText
import NosceVerdicts

/// How far each condition moves the untrained model on one probe, beside zero, the smallest effect of
/// interest, and what training moved.
struct LadderChart {
  let ladder: RunSummary.Ladder

  private static let width = 720.0
  private static let rowHeight = 26.0
  private static let left = 170.0

  func markup() -> Markup {
    let rungs = ladder.rungs.filter { $0.shift != nil }
    let top = 24.0
    let bottom = top + Double(max(1, rungs.count)) * Self.rowHeight
    var canvas = SVGCanvas(width: Self.width, height: bottom + 26)
    let least = ladder.smallestEffect ?? 0
    let ends: [[Double]] = rungs.map { rung in
      [rung.shift, rung.interval?.lower, rung.interval?.upper].compactMap { $0 }
    }
    let numbers = [0, least] + ends.joined()
    let scale = LinearScale.fitting(
      numbers, from: Self.left, to: Self.width - 80, unit: false, tickCount: 5)
    for tick in scale.ticks {
      let x = scale.place(tick)
      canvas.line(x, top, x, bottom, tick == 0 ? "zero" : "grid")
      canvas.text(Number.difference(tick), x: x, y: bottom + 16, "tick", .middle)
    }
    if least > 0 {
      let x = scale.place(least)
      canvas.line(x, top - 6, x, bottom, "chance")
      canvas.text(
        "smallest effect \(Number.constant(least))", x: x + 6, y: top - 8, "tick", .start)
    }
    let style = SeriesStyle(index: 0)
    for (number, rung) in rungs.enumerated() {
      let y = top + (Double(number) + 0.5) * Self.rowHeight
      canvas.text(rung.condition.rawValue, x: Self.left - 10, y: y + 4, "label", .end)
      if let interval = rung.interval {
        let name = "whisker \(style.colorClass)"
        canvas.line(scale.place(interval.lower), y, scale.place(interval.upper), y, name)
      }
      if let shift = rung.shift { canvas.mark(style, x: scale.place(shift), y: y, size: 5.5) }
      canvas.text(Number.difference(rung.shift), x: Self.width - 4, y: y + 4, "value", .end)
    }
    return canvas.markup(
      title: "What telling moves on \(ladder.probe)",
      description: rungs.map { "\($0.condition.rawValue) \(Number.difference($0.shift))" }
        .joined(separator: "; "))
  }
}
