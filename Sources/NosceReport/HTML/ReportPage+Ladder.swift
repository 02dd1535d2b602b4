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
    let figures = ladders.map { LadderFigure(ladder: $0, trained: trained($0)).markup() }
    return Section(
      anchor: "ladder", title: "Can the probe read this model?", short: "Ladder",
      body: "\(LadderFigure.meaning)\(figures)")
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
