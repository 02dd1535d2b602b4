import NosceCore
import NosceRuns
import NosceText
import NosceVerdicts

extension TerminalSummary.Page {
  /// A line for each probe with a ladder: the ceiling, and what is inferred from the facts.
  mutating func addLadder() {
    let ladders = summary.ladder ?? []
    guard !ladders.isEmpty else { return }
    addHeading("ladder", note: "what the untrained model says when it is told")
    for ladder in ladders {
      let told = Number.difference(ladder.rung(.toldAnswer)?.shift)
      let facts = Number.difference(ladder.rung(.toldFacts)?.shift)
      let other = ladder.rung(.toldOppositeFacts)?.shift.map {
        ", the opposite facts \(Number.difference($0))"
      }
      let unit = ladder.shownUnit.map { " \($0)" } ?? ""
      let share = summary.contrasts.first { $0.name == ladder.contrast }?.shareOfCeiling.map {
        "; trained \(Number.percentage($0)) of told"
      }
      add(
        "  \(ladder.probe): told the answer \(told)\(unit), told the facts \(facts)\(other ?? "")"
          + (share ?? ""))
    }
  }
}
