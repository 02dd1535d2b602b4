import NosceCore
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

  /// One line for each curve along training: which rises first.
  mutating func addHalfways() {
    let halfways = summary.curves.flatMap { $0.halfways ?? [] }
    guard !halfways.isEmpty else { return }
    addHeading("along training", note: "by when half of the change was made")
    for line in halfways { add("  " + ColumnText.clean(Wording.halfway(line))) }
  }
}
