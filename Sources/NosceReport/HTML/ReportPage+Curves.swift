import NosceText
import NosceVerdicts

extension ReportPage {
  /// Charts asked for with `--curves` or `--dose`.
  func curvesSection() -> Section? {
    guard !summary.curves.isEmpty else { return nil }
    let panels = summary.curves.flatMap(CurvePanel.panels)
    return Section(
      anchor: "curves", title: "Curves", short: "Curves",
      body: """
        <p>\(curveKey(panels))</p><div class="charts">\(behaviourFigure())\(panels.map(curveFigure))</div>
        """)
  }

  /// How the charts are read: only of what is in them.
  private func curveKey(_ panels: [CurvePanel]) -> String {
    func hasIntervals(_ panels: [CurvePanel]) -> Bool {
      panels.flatMap(\.lines).flatMap(\.series.points).contains { $0.interval != nil }
    }
    var sentences: [String] = []
    let isBanded = hasIntervals(panels.filter { $0.curve.categories == nil })
    let isBarred = hasIntervals(panels.filter { $0.curve.categories != nil })
    let signs = [isBanded ? "shaded bands" : nil, isBarred ? "bars through marks" : nil]
      .compactMap { $0 }.joined(separator: " and ")
    if !signs.isEmpty {
      sentences.append("\(signs.prefix(1).uppercased())\(signs.dropFirst()) are intervals.")
    }
    if let base = panels.lazy.compactMap(\.base).first {
      sentences.append("A hollow mark at 0 is \(base), which is not trained.")
    }
    if panels.contains(where: { !$0.drawnFloors.isEmpty }) {
      sentences.append(
        "Dotted lines across are the floors of the primary contrast, as the main subjects scored.")
    }
    if panels.contains(where: { $0.curve.categories != nil }) {
      sentences.append("Over categories there are marks alone: nothing lies between two of them.")
    }
    return sentences.joined(separator: " ")
  }

  private func curveFigure(_ panel: CurvePanel) -> Markup {
    let entries = panel.lines.map { ($0.series.name, SeriesStyle(index: $0.number)) }
    let floors = panel.floorWords.map { words -> Markup in
      "<p class=\"small\">Floors: \(words).</p>"
    }
    let notes = panel.notes.map { note -> Markup in "<p class=\"small\">\(note)</p>" }
    return """
      <figure><figcaption>\(panel.title)</figcaption>\(Legend(entries: entries).markup())\
      \(CurveChart(panel: panel).markup())
      \(floors ?? Markup())\(notes)\(halfways(of: panel))
      <details><summary>The numbers</summary>\(curveTable(panel))</details></figure>

      """
  }

  /// Which line rises first.
  private func halfways(of panel: CurvePanel) -> Markup {
    let items = panel.halfways.map { line -> Markup in "<li>\(Wording.halfway(line))</li>" }
    return items.isEmpty ? Markup() : "<p>Half of the change was made:</p><ul>\(items)</ul>"
  }

  private func curveTable(_ panel: CurvePanel) -> Markup {
    let points = panel.lines.map(\.series).flatMap { series in
      series.points.map { point -> Markup in
        """
        <tr><th scope="row">\(series.name)</th><td>\(panel.across(point))</td>\
        <td>\(Number.value(point.y))</td><td>\(Number.interval(point.interval))</td>\
        <td>\(Self.count(of: point))</td></tr>

        """
      }
    }
    let floors = panel.drawnFloors.map { floor -> Markup in
      """
      <tr><th scope="row">\(floor.name)</th><td>floor</td><td>\(Number.value(floor.mean))</td>\
      <td>\(Number.interval(floor.interval))</td><td>\(CurvePanel.count(of: floor))</td></tr>

      """
    }
    return """
      <div class="scroll"><table class="numbers"><thead><tr><th scope="col">line</th>\
      <th scope="col">\(panel.curve.xLabel)</th><th scope="col">\(panel.curve.yLabel)</th>\
      <th scope="col">interval</th><th scope="col">of</th></tr></thead>\
      <tbody>\(points)\(floors)</tbody></table></div>
      """
  }

  /// What the mean of a point rests on.
  private static func count(of point: RunSummary.Curve.Point) -> String {
    point.base ?? point.seeds.map { Number.count($0, "seed") } ?? Number.none
  }
}
