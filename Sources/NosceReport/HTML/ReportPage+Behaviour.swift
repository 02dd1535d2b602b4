import NosceText
import NosceVerdicts

extension ReportPage {
  /// What subjects report over what they do, for every setting of the curves.
  func behaviourFigure() -> Markup {
    guard let results = summary.reportByBehaviour else { return Markup() }
    let chart = BehaviourChart(results: results)
    let entries = results.lines.enumerated().map { ($1.name, SeriesStyle(index: $0)) }
    let base = results.base.map { " The hollow mark is \($0.label), which is not trained." }
    let ceiling =
      results.ceiling == nil
      ? nil : " The dotted line is what the untrained model reports when it is told the answer."
    let square =
      results.isSquare
      ? " Up is what a subject gives to its own name, less what it gives to the others of its family "
        + "that take part, in nats."
      : nil
    return """
      <figure><figcaption>Report by behaviour</figcaption>\(Legend(entries: entries).markup())\
      \(chart.markup())
      <p class="small">A mark for each setting, joined in its order; the ends are named. Along is \
      the mean on \(results.behaviourProbe), up \(results.reportProbe).\(square ?? "")\(base ?? "")\
      \(ceiling ?? "")</p>
      <details><summary>The numbers</summary>\(table(results))</details></figure>

      """
  }

  private func table(_ results: RunSummary.ReportByBehaviour) -> Markup {
    func row(_ line: String, _ point: RunSummary.ReportByBehaviour.Point) -> Markup {
      """
      <tr><th scope="row">\(line)</th><td>\(point.label)</td>\
      <td>\(Number.value(point.behaviour))</td><td>\(Number.value(point.report))</td>\
      <td>\(Number.count(point.subjects, "subject"))</td></tr>

      """
    }
    let points = results.lines.flatMap { line in line.points.map { row(line.name, $0) } }
    let base = results.base.map { row("untrained", $0) }
    return """
      <div class="scroll"><table class="numbers"><thead><tr><th scope="col">line</th>\
      <th scope="col">setting</th><th scope="col">\(results.behaviourProbe)</th>\
      <th scope="col">\(results.reportProbe)</th><th scope="col">of</th></tr></thead>\
      <tbody>\(points)\(base ?? Markup())</tbody></table></div>
      """
  }
}
