import NosceCore
import NosceRuns
import NosceText
import NosceVerdicts

/// The chart of a ladder, what follows from it, and its numbers.
struct LadderFigure {
  let ladder: RunSummary.Ladder
  /// A further row, of what training moved.
  var trained: Markup = ""

  func markup() -> Markup {
    let unit =
      ladder.isSquare ? "nats (diagonal less the rest)" : ladder.unit ?? "the probe's own unit"
    return """
      <figure class="wide"><figcaption>\(ladder.probe)</figcaption>\
      \(LadderChart(ladder: ladder).markup())</figure>
      <p>\(LadderText.sentence(ladder))</p>
      <div class="scroll"><table class="numbers"><caption>Difference to what the untrained model \
      says untold, in \(unit); 95% intervals over wordings.</caption>
      <thead><tr><th scope="col">condition</th><th scope="col">score</th>\
      <th scope="col">difference</th><th scope="col">wordings</th><th scope="col">kept</th>\
      <th scope="col" class="words">not asked</th></tr></thead>\
      <tbody>\(ladder.rungs.map(row))\(trained)</tbody></table></div>

      """
  }

  private func row(_ rung: RunSummary.Ladder.Rung) -> Markup {
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

  /// What all ladders are.
  static let meaning: Markup = """
    <p>Before any training the untrained model was asked as it is, told the answer, told its \
    opposite, told the facts (and, where a probe has them, those of the opposite), and shown the \
    rows. What telling moves is the ceiling of what training could be seen to move.</p>
    """
}
