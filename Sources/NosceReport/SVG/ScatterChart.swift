import NosceText
import NosceVerdicts

/// Two scores of each subject, with a mark for each.
struct ScatterChart {
  let association: RunSummary.AssociationResult
  let style: (String) -> SeriesStyle

  func markup() -> Markup {
    let points = association.points.filter { $0.x.isFinite && $0.y.isFinite }
    let axes = ChartAxes(x: points.map(\.x), y: points.map(\.y))
    var canvas = axes.canvas(xLabel: association.probe, yLabel: association.otherProbe)
    for point in points {
      canvas.mark(
        style(point.arm), x: axes.across.place(point.x), y: axes.up.place(point.y), size: 5)
    }
    return canvas.markup(
      title: association.name,
      description: "\(association.otherProbe) by \(association.probe), "
        + "\(Number.count(points.count, "subject")), correlation within arms "
        + Number.difference(association.coefficient))
  }
}
