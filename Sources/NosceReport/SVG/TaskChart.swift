import NosceCore
import NosceText

/// One probe by task: a row for each task, a mark for each arm.
struct TaskChart {
  struct Series {
    let name: String
    let style: SeriesStyle
    let means: [String: Double]
  }

  let title: String
  /// From the best to the worst.
  let tasks: [String]
  /// The treatment first; it is drawn last, on top.
  let series: [Series]
  let chance: Double?

  private static let width = 720.0
  private static let rowHeight = 26.0
  /// Marks of other arms stand a little above and below, so that equal means can be seen.
  private static let lift = 4.5

  func markup() -> Markup {
    let bottom = 6 + Double(tasks.count) * Self.rowHeight
    var canvas = SVGCanvas(width: Self.width, height: bottom + 24)
    let scale = LinearScale.fitting(
      series.flatMap { $0.means.values } + [chance].compactMap { $0 }, from: 120,
      to: Self.width - 60)
    for tick in scale.ticks {
      let x = scale.place(tick)
      canvas.line(x, 4, x, bottom, "grid")
      canvas.text(Number.constant(tick), x: x, y: bottom + 15, "tick", .middle)
    }
    if let chance, scale.domain.contains(chance) {
      canvas.line(scale.place(chance), 4, scale.place(chance), bottom, "chance")
    }
    for (number, task) in tasks.enumerated() {
      let y = 6 + (Double(number) + 0.5) * Self.rowHeight
      canvas.line(scale.start, y, scale.end, y, "grid")
      canvas.text(ColumnText.truncate(task, 18), x: 110, y: y + 4, "label", .end)
      for (place, line) in series.enumerated().reversed() {
        guard let mean = line.means[task], mean.isFinite else { continue }
        let lift = place == 0 ? 0 : (Double(place) - Double(series.count) / 2) * Self.lift
        canvas.mark(line.style, x: scale.place(mean), y: y + lift, size: 4.6)
      }
      canvas.text(
        Number.value(series.first?.means[task]), x: Self.width - 4, y: y + 4, "value", .end)
    }
    return canvas.markup(title: title, description: description)
  }

  private var description: String {
    guard let first = series.first else { return "" }
    let values = tasks.map { "\($0) \(Number.value(first.means[$0]))" }
    return "\(first.name): \(values.joined(separator: "; "))"
  }
}
