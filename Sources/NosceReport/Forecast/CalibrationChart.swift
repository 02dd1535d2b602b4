import NosceCore
import NosceStatistics
import NosceText

/// What happened beside what was said: a mark for each bin on a square, with the diagonal.
struct CalibrationChart {
  let title: String
  let calibration: Calibration
  let style: SeriesStyle

  private static let width = 420.0
  private static let height = 380.0

  func markup() -> Markup {
    var canvas = SVGCanvas(width: Self.width, height: Self.height)
    let across = LinearScale.fitting([0, 1], from: 56, to: Self.width - 14)
    let up = LinearScale.fitting([0, 1], from: Self.height - 50, to: 24)
    for tick in up.ticks {
      let (x, y) = (across.place(tick), up.place(tick))
      canvas.line(across.start, y, across.end, y, "grid")
      canvas.line(x, up.start, x, up.end, "grid")
      canvas.text(Number.constant(tick), x: 48, y: y + 4, "tick", .end)
      canvas.text(Number.constant(tick), x: x, y: up.start + 17, "tick", .middle)
    }
    canvas.line(across.start, up.start, across.end, up.end, "chance")
    canvas.text(
      "probability that was said", x: (across.start + across.end) / 2, y: Self.height - 10,
      "axis", .middle)
    canvas.text("share that happened", x: 8, y: 12, "axis", .start)
    for bin in calibration.bins {
      let (x, y) = (across.place(bin.meanForecast), up.place(bin.share))
      let (low, high) = (up.place(bin.interval.lower), up.place(bin.interval.upper))
      let name = "whisker \(style.colorClass)"
      canvas.line(x, low, x, high, name)
      canvas.line(x - 4, low, x + 4, low, name)
      canvas.line(x - 4, high, x + 4, high, name)
      canvas.mark(style, x: x, y: y, size: 5)
      canvas.text("n \(bin.count)", x: x + 8, y: y - 6, "tick", .start)
    }
    return canvas.markup(title: title, description: description)
  }

  private var description: String {
    calibration.bins.map { bin in
      "said \(Number.value(bin.meanForecast)), happened \(bin.happened) of \(bin.count)"
    }.joined(separator: "; ")
  }
}
