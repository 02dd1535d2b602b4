import NosceCore
import NosceText
import NosceVerdicts

/// A suite in a line for each experiment.
package enum SuiteText {
  package static func render(
    _ suite: SuiteSummary, width: Int = 80, style: TerminalStyle, index: String? = nil
  ) -> String {
    let names = suite.entries.map { ColumnText.clean($0.experiment) }
    let column = max(10, names.map(ColumnText.width).max() ?? 0) + 2
    var lines = suite.entries.map { line($0, column: column, width: width, style: style) }
    let count = Number.count(suite.entries.count, "experiment")
    let heading = "\(count) on \(ColumnText.clean(suite.subject.title))"
    lines.insert(style.paint(heading, .bold), at: 0)
    if let primaries = suite.primaries {
      lines += [""] + ColumnText.paragraph(chance(primaries), hanging: 2, width: width)
    }
    if let index {
      lines += ["", style.paint(ColumnText.pad("index", 8), .dim) + ColumnText.clean(index)]
    }
    return lines.joined(separator: "\n")
  }

  /// How many claims there were, and how many of them chance would have made.
  package static func chance(_ primaries: SuiteSummary.Primaries) -> String {
    "Of \(Number.count(primaries.tested, "primary claim")) tested \(primaries.supported) "
      + "\(primaries.supported == 1 ? "is" : "are") supported, "
      + "\(primaries.afterAdjustment) after Holm's adjustment among them; by chance alone at most "
      + "\(Number.constant(primaries.byChance)) would be, on average. Each verdict is its own "
      + "experiment's and is not adjusted for the others."
  }

  private static func line(
    _ entry: SuiteSummary.Entry, column: Int, width: Int, style: TerminalStyle
  ) -> String {
    let name = "  " + ColumnText.pad(ColumnText.clean(entry.experiment), column)
    if let error = entry.error {
      let room = max(10, width - ColumnText.width(name) - 8)
      return name + style.paint("FAILED", .bold, .red) + ": "
        + ColumnText.truncate(ColumnText.clean(error), room)
    }
    if let unfinished = entry.unfinished {
      return name + style.paint(Wording.standing(unfinished), .yellow)
    }
    let kind = entry.verdict?.kind ?? .notTestable
    if entry.folder == nil, let reason = entry.verdict?.sentence {
      let label = "\(Wording.label(kind)): "
      let room = max(10, width - ColumnText.width(name) - ColumnText.width(label))
      return name + paint(label, as: kind, style)
        + ColumnText.truncate(ColumnText.clean(reason), room)
    }
    let primary = entry.primary
    let numbers =
      ColumnText.pad(Number.difference(primary?.estimate), 7)
      + "p " + ColumnText.pad(Number.probability(primary?.p), 7)
      + "Holm " + ColumnText.pad(Number.probability(entry.primaryAdjustedP), 7)
      + (primary.map { $0.seeds == 0 ? "no seed" : Number.count($0.seeds, "seed") } ?? "")
    return name + paint(ColumnText.pad(Wording.label(kind), 19), as: kind, style)
      + ColumnText.truncate(numbers, max(20, width - ColumnText.width(name) - 19))
  }

  private static func paint(
    _ text: String, as kind: Verdict, _ style: TerminalStyle
  ) -> String {
    switch kind {
    case .stronglySupported, .supported: style.paint(text, .green)
    case .notSupported: style.paint(text, .blue)
    case .inconclusive, .incomplete, .unfinished, .exploratory: style.paint(text, .yellow)
    case .contrary, .notTestable: style.paint(text, .red)
    }
  }
}
