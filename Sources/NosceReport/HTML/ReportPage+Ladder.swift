import NosceCore
import NosceRuns
import NosceText
import NosceVerdicts

extension ReportPage {
  /// How far the untrained model moves when it is told the answer, its opposite or the facts, or shown
  /// the rows.
  func ladderSection() -> Section? {
    let ladders = summary.ladder ?? []
    guard !ladders.isEmpty else { return nil }
    let figures = ladders.map { ladder -> Markup in
      let chart = LadderChart(ladder: ladder)
      let rows = ladder.rungs.map { rung -> Markup in
        let first = rung.first.flatMap { first in
          rung.names.map { ", the told one first in \(first) of \($0)" }
        }
        let shift = Number.difference(rung.shift)
        let interval = Number.interval(rung.interval.map(OpenInterval.init), signed: true)
        return """
          <tr><th scope="row">\(rung.condition.rawValue)</th><td>\(Number.value(rung.mean))</td>\
          <td>\(shift) \(interval)\(first ?? "")</td><td>\(rung.wordings)</td>\
          <td>\(rung.kept)/\(rung.total)</td><td class="words">\(rung.gap ?? "")</td></tr>

          """
      }
      return """
        <figure class="wide"><figcaption>\(ladder.probe)</figcaption>\(chart.markup())</figure>
        <p>\(LadderText.sentence(ladder))</p>
        <div class="scroll"><table class="numbers"><caption>Difference to what the untrained model \
        says untold, in \(ladder.isSquare ? "nats (diagonal less the rest)" : ladder.unit ?? "the probe's own unit"); \
        95% intervals over wordings.</caption>
        <thead><tr><th scope="col">condition</th><th scope="col">score</th>\
        <th scope="col">difference</th><th scope="col">wordings</th><th scope="col">kept</th>\
        <th scope="col" class="words">not asked</th></tr></thead><tbody>\(rows)\(trained(ladder))</tbody></table></div>

        """
    }
    return Section(
      anchor: "ladder", title: "Can the probe read this model?", short: "Ladder",
      body: """
        <p>Before any training the untrained model was asked as it is, told the answer, told its \
        opposite, told the facts (and where there are such, those of the opposite), and shown the rows. What telling moves is the ceiling of what \
        training could be seen to move.</p>
        \(figures)
        """)
  }

  /// What training moved, beside what telling does; nothing where no contrast about the probe has come to
  /// a number.
  private func trained(_ ladder: RunSummary.Ladder) -> Markup {
    guard let contrast = summary.contrasts.first(where: { $0.name == ladder.contrast }),
      let estimate = contrast.estimate
    else { return "" }
    let interval = Number.interval(contrast.interval, signed: true)
    let share = contrast.shareOfCeiling.map { ", \(Number.percentage($0)) of telling" } ?? ""
    return """
      <tr><th scope="row">trained (\(contrast.name))</th><td></td>\
      <td>\(Number.difference(estimate)) \(interval)\(share)</td><td></td><td></td>\
      <td class="words"></td></tr>

      """
  }
}
