import NosceVerdicts

/// The charts asked for with `--curves` or `--dose`, as tables.
extension ResultExport {
  func curves() -> ExportTable {
    typealias Row = (
      panel: CurvePanel, series: RunSummary.Curve.Series, point: RunSummary.Curve.Point
    )
    let rows: [Row] = summary.curves.flatMap { curve in
      let panel = CurvePanel(curve: curve, title: curve.title, lines: [], floors: [])
      return curve.series.flatMap { series in series.points.map { (panel, series, $0) } }
    }
    let columns: [ExportColumn<Row>] =
      origin() + [
        .text("curve", "the chart's title") { $0.panel.curve.title },
        .text("line", "the line of the chart") { $0.series.name },
        .text("probe", "the probe") { $0.series.probe },
        .text("arm", "the arm that is trained on more or less") { $0.series.arm },
        .text("x_label", "what x is") { $0.panel.curve.xLabel },
        .number(
          "x", "the setting, or the step; of a category its place among them, from 1"
        ) { $0.point.x },
        .words("category", "the setting where it is no number; empty where x is one") {
          $0.panel.curve.categories == nil ? nil : $0.panel.across($0.point)
        },
        .text("y_label", "what y is") { $0.panel.curve.yLabel },
        .number("y", "mean over seeds of the mean over tasks") { $0.point.y },
      ] + ExportColumn.interval { $0.point.interval } + [
        .whole("seeds", "seeds that y rests on; empty for base") { $0.point.seeds },
        .words(
          "base",
          "the untrained arm with whose score the line begins (seeds.csv has its answers); empty for "
            + "subjects that are trained"
        ) { $0.point.base },
      ]
    return ExportTable(
      "curves",
      "One row for each point of a curve, as the report draws it; doses.csv has the subjects.",
      rows, columns)
  }

  func curveFloors() -> ExportTable {
    typealias Row = (curve: RunSummary.Curve, floor: RunSummary.Curve.Floor)
    let rows: [Row] = summary.curves.flatMap { curve in
      (curve.floors ?? []).map { (curve, $0) }
    }
    let columns: [ExportColumn<Row>] =
      origin() + [
        .text("curve", "the chart's title") { $0.curve.title },
        .text("probe", "the probe of the lines that it stands beside") { $0.floor.probe },
        .text("floor", "its name: the arm, and its own probe in brackets where it has one") {
          $0.floor.name
        },
        .text("arm", "the arm") { $0.floor.arm },
        .number("mean", "what the main subjects scored; empty where it is left out") {
          $0.floor.mean
        },
      ] + ExportColumn.interval { $0.floor.interval } + [
        .count("seeds", "trained subjects per task; 0 for an untrained arm") { $0.floor.seeds },
        .count("kept", "answers that were scored") { $0.floor.kept },
        .count("total", "answers that were planned") { $0.floor.total },
        .words("left_out", "why it has no mean; empty where it has one") { $0.floor.leftOut },
      ]
    return ExportTable(
      "curve_floors",
      "One row for each chart, probe and floor of the primary contrast: the lines across the charts.",
      rows, columns)
  }

  func halfways() -> ExportTable {
    typealias Row = (curve: RunSummary.Curve, halfway: RunSummary.Curve.Halfway)
    let rows: [Row] = summary.curves.flatMap { curve in
      (curve.halfways ?? []).map { (curve, $0) }
    }
    let columns: [ExportColumn<Row>] =
      origin() + [
        .text("curve", "the chart's title") { $0.curve.title },
        .text("line", "the line of the chart") { $0.halfway.name },
        .number("step", "mean over the seeds that moved; empty where none did") {
          $0.halfway.step
        },
      ] + ExportColumn.interval { $0.halfway.interval } + [
        .count("moved", "seeds whose score ended at least 0.1 from where it began") {
          $0.halfway.moved
        },
        .count("seeds", "seeds") { $0.halfway.seeds },
      ]
    return ExportTable(
      "halfways", "One row for each line along training: by when half of its change was made.",
      rows, columns)
  }
}
