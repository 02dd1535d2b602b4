import NosceLab

/// Two scores of each subject, with a mark for each.
struct ScatterChart {
  let association: RunSummary.Association
  let style: (String) -> SeriesStyle

  private static let width = 520.0
  private static let height = 300.0

  func markup() -> Markup {
    var canvas = SVGCanvas(width: Self.width, height: Self.height)
    let points = association.points.filter { $0.x.isFinite && $0.y.isFinite }
    let across = LinearScale.fitting(points.map(\.x), from: 50, to: Self.width - 14)
    let up = LinearScale.fitting(points.map(\.y), from: Self.height - 44, to: 24)
    for tick in up.ticks {
      canvas.line(across.start, up.place(tick), across.end, up.place(tick), "grid")
      canvas.text(Number.constant(tick), x: 42, y: up.place(tick) + 4, "tick", .end)
    }
    for tick in across.ticks {
      let x = across.place(tick)
      canvas.line(x, up.start, x, up.end, "grid")
      canvas.text(Number.constant(tick), x: x, y: up.start + 17, "tick", .middle)
    }
    canvas.text(
      association.probe, x: (across.start + across.end) / 2, y: Self.height - 6, "axis", .middle)
    canvas.text(association.otherProbe, x: 8, y: 12, "axis", .start)
    for point in points {
      canvas.mark(style(point.arm), x: across.place(point.x), y: up.place(point.y), size: 5)
    }
    return canvas.markup(
      title: association.name,
      description: "\(association.otherProbe) by \(association.probe), "
        + "\(Number.count(points.count, "subject")), correlation within arms "
        + Number.difference(association.coefficient))
  }
}
