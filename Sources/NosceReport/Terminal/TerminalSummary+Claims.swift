import NosceCore
import NosceText
import NosceVerdicts

extension TerminalSummary.Page {
  /// One line where no gate failed; otherwise a line for each that did.
  mutating func addGates() {
    let gates = summary.gates
    guard !gates.isEmpty else { return }
    let failed = gates.filter { $0.state == .failed }
    let exempted = gates.count { $0.state == .exempted }
    let notYet = gates.count { $0.state == .notYet }
    let held = gates.count { $0.state == .passed }
    lines.append("")
    let exempt =
      (notYet == 0 ? "" : ", \(notYet) not yet")
      + (exempted == 0 ? "" : ", \(exempted) exempted (see the report)")
    if failed.isEmpty, notYet > 0 {
      lines.append(style.paint("gates", .bold) + "  \(held) passed\(exempt)")
      return
    }
    if failed.isEmpty {
      lines.append(
        style.paint("gates", .bold) + "  "
          + style.paint(held == 0 ? "none to pass" : "all \(held) passed", .green) + exempt)
      return
    }
    lines.append(
      style.paint("gates", .bold) + "  "
        + style.paint("\(failed.count) failed", .bold, .red) + ", \(held) passed\(exempt)")
    for gate in failed.prefix(6) { addFailure(gate) }
    if failed.count > 6 { lines.append("  and \(failed.count - 6) more, in the report") }
  }

  private mutating func addFailure(_ gate: RunSummary.GateResult) {
    var measured = Number.value(gate.value)
    if let threshold = gate.threshold { measured += " (needs \(Number.constant(threshold)))" }
    var text = "  FAILED \(gate.name), \(gate.arm): "
    // A gate that found nothing to measure says why.
    if gate.value != nil || gate.detail.isEmpty { text += measured }
    if !gate.detail.isEmpty { text += gate.value == nil ? gate.detail : "; \(gate.detail)" }
    lines.append(ColumnText.truncate(ColumnText.clean(text), width))
  }

  /// The treatment against each floor of the primary contrast.
  mutating func addPrimaryContrast() {
    guard let contrast = summary.contrasts.first(where: { $0.primary }) else { return }
    if let square = contrast.square { return addSquare(square, of: contrast) }
    let effect = Number.constant(contrast.direction.sign * contrast.smallestEffect)
    addHeading(
      "primary contrast",
      note: "\(contrast.probe), \(contrast.treatment) minus floor; smallest effect \(effect)")
    let longest = contrast.floors.map { ColumnText.width(ColumnText.clean($0.name)) }.max() ?? 0
    let nameWidth = min(max(6, longest), 20) + 2
    for floor in contrast.floors {
      let text =
        "  " + ColumnText.pad(ColumnText.clean(floor.name), nameWidth)
        + ColumnText.pad(Number.difference(floor.estimate), 7)
        + ColumnText.pad(Number.interval(floor.interval, signed: true), 16)
        + "p \(ColumnText.pad(Number.probability(floor.p), 7))"
        + "\(Number.count(floor.seeds, "seed")), \(ColumnText.clean(floor.test))"
      lines.append(ColumnText.truncate(text, width))
    }
    if contrast.verdict == .inconclusive, let seeds = contrast.seedsToDecide {
      lines.append("  a new run with about \(Number.count(seeds, "new seed")) would decide")
    }
  }

  /// One line for each secondary contrast.
  mutating func addSecondaryContrasts() {
    let secondary = summary.contrasts.filter { !$0.primary }
    guard !secondary.isEmpty else { return }
    addHeading("secondary contrasts", note: "against the hardest floor; p Holm-adjusted")
    let limit = 8
    let longest = secondary.map { ColumnText.width(ColumnText.clean($0.name)) }.max() ?? 0
    let nameWidth = min(max(6, longest), 32, width - 49) + 2
    for contrast in secondary.prefix(limit) {
      let p = contrast.adjustedP ?? contrast.p
      let text =
        "  "
        + ColumnText.pad(
          ColumnText.truncate(ColumnText.clean(contrast.name), nameWidth - 1), nameWidth)
        + ColumnText.pad(Number.difference(contrast.estimate), 7)
        + ColumnText.pad(Number.interval(contrast.interval, signed: true), 16)
        + "p " + ColumnText.pad(Number.probability(p), 7)
      let room = max(0, width - ColumnText.width(text))
      let verdict = ColumnText.truncate(Wording.label(contrast.verdict), room)
      lines.append(text + paint(verdict, as: contrast.verdict))
    }
    if secondary.count > limit {
      lines.append("  and \(secondary.count - limit) more, in the report")
    }
  }
}
