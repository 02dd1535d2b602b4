import NosceCore
import NosceText
import NosceVerdicts

extension TerminalSummary.Page {
  /// A primary contrast that is a square: each family, and all of them together.
  mutating func addSquare(_ square: RunSummary.Square, of contrast: RunSummary.ContrastResult) {
    addHeading(
      "primary contrast",
      note: "\(contrast.probe), own \(square.variable) minus the others, nats above base; smallest "
        + "effect \(Number.constant(contrast.smallestEffect))")
    let names = square.families.map { ColumnText.clean($0.names.joined(separator: ", ")) }
    let longest = names.map(ColumnText.width).max() ?? 0
    let nameWidth = min(max(6, longest), 40) + 2
    for (family, names) in zip(square.families, names) {
      let text =
        "  " + ColumnText.pad(ColumnText.truncate(names, nameWidth - 2), nameWidth)
        + Number.difference(family.effect)
      lines.append(ColumnText.truncate(text, width))
    }
    let text =
      "  " + ColumnText.pad("all", nameWidth)
      + ColumnText.pad(Number.difference(contrast.estimate), 7)
      + ColumnText.pad(Number.interval(contrast.interval, signed: true), 16)
      + "p \(ColumnText.pad(Number.probability(contrast.p), 7))"
      + "\(Number.count(square.names, "name")), \(ColumnText.clean(square.test))"
    lines.append(ColumnText.truncate(text, width))
  }
}
