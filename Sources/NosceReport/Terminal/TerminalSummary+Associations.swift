import NosceCore
import NosceText
import NosceVerdicts

extension TerminalSummary.Page {
  /// One line for each pair of probes that may go together.
  mutating func addAssociations() {
    let associations = summary.associations ?? []
    guard !associations.isEmpty else { return }
    addHeading("together, from subject to subject", note: "correlation within arms; p two-sided")
    for association in associations {
      let probes = "\(association.probe) with \(association.otherProbe)"
      add(
        "  " + ColumnText.clean(probes) + "  r \(Number.difference(association.coefficient))"
          + "  p \(Number.probability(association.p))"
          + "  \(Number.count(association.subjects, "subject")) of "
          + ColumnText.clean(association.arms.joined(separator: ", ")))
    }
  }

  /// One line for each curve along training: which rises first; and what charts are without.
  mutating func addCurves() {
    let halfways = summary.curves.flatMap { $0.halfways ?? [] }
    if !halfways.isEmpty {
      addHeading("along training", note: "by when half of the change was made")
      for line in halfways { add("  " + ColumnText.clean(Wording.halfway(line))) }
    }
    var notes: [String] = []
    for note in summary.curves.flatMap(CurvePanel.panels).flatMap(\.notes)
    where !notes.contains(note) {
      notes.append(note)
    }
    if notes.isEmpty { return }
    addHeading("curves", note: "what they are without")
    for note in notes {
      for line in ColumnText.wrap(ColumnText.clean(note), width - 2) { add("  " + line) }
    }
  }
}
