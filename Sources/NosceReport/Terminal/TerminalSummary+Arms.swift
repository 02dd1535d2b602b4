import NosceCore
import NosceText
import NosceVerdicts

extension TerminalSummary.Page {
  /// Behaviour and the primary probe in full by arm; every other probe in a line.
  mutating func addArms() {
    let experiment = summary.experiment
    let settings = Wording.settings(experiment.settings, limit: 3)
    addHeading(
      "\(ColumnText.clean(experiment.name)) on \(ColumnText.clean(summary.subject.title))",
      note: Number.count(experiment.seeds, "seed") + (settings.isEmpty ? "" : "; " + settings))
    let behaviour = index.probes.first { $0.isBehaviour }
    let asked = index.probes.first { !$0.isBehaviour }
    let full = [behaviour, asked].compactMap { $0 }
    guard !full.isEmpty else { return }
    addTable(of: full)
    let rest = index.probes.filter { probe in !full.contains { $0.name == probe.name } }
    if let treatment = index.treatment, !rest.isEmpty {
      addOtherProbes(rest, treatment: treatment)
    }
  }

  private mutating func addTable(of probes: [SummaryIndex.AskedProbe]) {
    let nameWidth = min(max(6, index.armNames.map(cleanWidth).max() ?? 0), 20) + 2
    let columns = max(20, (width - nameWidth - 3 * (probes.count - 1)) / probes.count)
    let headings = probes.map { probe in
      let name = ColumnText.clean(probe.name)
      let kind = probe.isPrimary ? "primary" : Wording.probeKind(probe.kind)
      return ColumnText.pad(name == kind ? name : "\(name) (\(kind))", columns)
    }
    let indent = String(repeating: " ", count: nameWidth)
    add(indent + headings.joined(separator: "   "), .bold)
    let cells = summary.arms
    let heading = Wording.intervalHeading(cells.map(\.interval?.level))
    let subheads = probes.map { _ in
      ColumnText.pad("mean  \(ColumnText.pad(heading, 13)) kept/asked", columns)
    }
    add(ColumnText.pad("arm", nameWidth) + subheads.joined(separator: "   "), .dim)
    for arm in index.armNames {
      let values = probes.map { probe in
        ColumnText.pad(
          index.cell(arm: arm, probe: probe.name).map(full) ?? Number.none, columns)
      }
      let line =
        ColumnText.pad(ColumnText.clean(arm), nameWidth) + values.joined(separator: "   ")
      if arm == index.treatment { add(line, .bold) } else { add(line) }
    }
  }

  private mutating func addOtherProbes(_ probes: [SummaryIndex.AskedProbe], treatment: String) {
    let nameWidth = min(max(6, probes.map { cleanWidth($0.name) }.max() ?? 0), 24) + 2
    let columns = 29
    let floorWidth = max(0, width - nameWidth - columns - 1)
    let heads =
      ColumnText.pad("also asked", nameWidth)
      + ColumnText.pad(ColumnText.clean(treatment), columns) + " hardest floor"
    lines.append("")
    add(heads, .dim)
    for probe in probes {
      let treated = index.cell(arm: treatment, probe: probe.name).map(full) ?? Number.none
      let floor = index.hardestFloor(of: probe.name).map { floor -> String in
        let name = floor.probe == probe.name ? floor.arm : "\(floor.arm) (\(floor.probe))"
        return "\(Number.value(floor.mean))  \(floor.kept)/\(floor.total) \(ColumnText.clean(name))"
      }
      add(
        ColumnText.pad(ColumnText.clean(probe.name), nameWidth)
          + ColumnText.pad(treated, columns) + " "
          + ColumnText.truncate(floor ?? Number.none, floorWidth))
    }
  }

  /// `0.93  [0.88, 0.97]  240/240`
  private func full(_ cell: RunSummary.ArmResult) -> String {
    let mean = ColumnText.pad(Number.value(cell.mean), 5)
    let interval = ColumnText.pad(Number.interval(cell.interval), 13)
    return "\(mean) \(interval) \(cell.kept)/\(cell.total)"
  }

  private func cleanWidth(_ name: String) -> Int { ColumnText.width(ColumnText.clean(name)) }
}
