import NosceCore
import NosceReport
import NosceRuns
import NosceText
import NosceVerdicts

/// The figures of finished runs as one Markdown document: the same runs give the same bytes.
package enum ResultsMarkdown {
  /// - Parameter summaries: of finished runs, in any order. Of several runs of one experiment with
  ///   the same settings on the same subject the one that began last counts.
  /// - Parameter stopped: runs that came to no run, which follow.
  package static func render(_ summaries: [RunSummary], stopped: [StoppedRun] = []) -> String {
    let runs = newest(summaries)
    var lines = [
      "# Results", "",
      "Made by `nosce results` from finished runs, and by nothing else.", "",
      "The unit is the seed. A difference is treatment minus the hardest floor, p the largest over "
        + "the floors (one-sided; Holm-adjusted in brackets for secondary contrasts), *n* the "
        + "answers that were scored of those asked. A dash stands where there is no number.", "",
    ]
    lines += overview(runs, stopped)
    for (place, run) in runs.enumerated() {
      if place == 0 || runs[place - 1].experiment.name != run.experiment.name {
        lines += ["## \(cell(run.experiment.name))", "", text(run.experiment.question), ""]
      }
      lines += section(run)
    }
    for run in stopped {
      lines += ["## \(cell(run.experiment)) on \(cell(run.subject.title)): not begun", ""]
      lines += ["**Not testable.** \(text(run.reason))", "", "```", run.details, "```", ""]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// One run of each experiment, setting and subject, in alphabetical order.
  private static func newest(_ summaries: [RunSummary]) -> [RunSummary] {
    func key(_ run: RunSummary) -> [String] {
      [
        run.experiment.name, run.subject.name, Wording.settings(run.experiment.settings),
        run.experiment.exploratory ? "exploratory" : "", "\(run.experiment.seeds)",
      ]
    }
    var kept: [[String]: RunSummary] = [:]
    for run in summaries {
      let other = kept[key(run)]
      if other.map({ later(run, $0) }) ?? true { kept[key(run)] = run }
    }
    return kept.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
  }

  /// Whether one run began after another; hashes decide between equal seconds.
  private static func later(_ run: RunSummary, _ other: RunSummary) -> Bool {
    func key(_ run: RunSummary) -> [String] {
      [run.provenance.started, run.experiment.contentHash, run.provenance.hashes["plan"] ?? ""]
    }
    return key(other).lexicographicallyPrecedes(key(run))
  }

  private static func overview(_ runs: [RunSummary], _ stopped: [StoppedRun]) -> [String] {
    var lines = [
      "| experiment | subject | verdict | difference | interval | p | seeds |",
      "|---|---|---|---:|---|---:|---:|",
    ]
    for run in runs {
      let primary = run.contrasts.first { $0.primary }
      lines.append(
        row([
          run.experiment.name, run.subject.name, "**\(Wording.label(run.verdict.kind))**",
          Number.difference(primary?.estimate), interval(primary?.interval, signed: true),
          Number.probability(primary?.p), "\(primary?.seeds ?? 0)",
        ]))
    }
    for run in stopped {
      let none = [String](repeating: Number.none, count: 4)
      lines.append(
        row([run.experiment, run.subject.name, "**\(Wording.label(.notTestable))**"] + none))
    }
    return lines + [""]
  }

  private static func section(_ run: RunSummary) -> [String] {
    let settings = Wording.settings(run.experiment.settings)
    var lines = ["### \(cell(run.experiment.name)) on \(cell(run.subject.title))", ""]
    let sentences = [run.verdict.sentence] + run.verdict.caveats
    lines += [
      "**\(Wording.heading(run.verdict.kind)).** \(text(sentences.joined(separator: " ")))", "",
    ]
    if !settings.isEmpty { lines += ["Settings: \(text(settings)).", ""] }
    lines += ladder(run) + arms(run) + contrasts(run) + associations(run) + gates(run) + origin(run)
    return lines
  }

  /// What the untrained model says of what claims are about, under each condition.
  private static func ladder(_ run: RunSummary) -> [String] {
    let claimed = (run.ladder ?? []).filter { $0.contrast != nil }
    if claimed.isEmpty { return [] }
    let lines = claimed.flatMap { LadderText.lines($0) + [""] }.dropLast()
    return ["Before any training:", "", "```"] + lines + ["```", ""]
  }

  private static func arms(_ run: RunSummary) -> [String] {
    let index = SummaryIndex(run)
    var lines = [row(["probe"] + index.armNames), rule(index.armNames.count)]
    for probe in index.probes {
      let cells = index.armNames.map { arm -> String in
        guard let cell = index.cell(arm: arm, probe: probe.name) else { return Number.none }
        let range = cell.interval.map { " \(interval($0))" } ?? ""
        return "\(Number.value(cell.mean))\(range), n \(cell.kept)/\(cell.total)"
      }
      lines.append(row([probe.name] + cells))
    }
    let levels = Set(run.arms.compactMap { $0.interval?.level }).sorted()
    let note = levels.map(Number.percentage).joined(separator: ", ")
    return lines + ["", note.isEmpty ? "" : "Intervals of the means: \(note).", ""]
  }

  private static func contrasts(_ run: RunSummary) -> [String] {
    var lines = [
      "| contrast | probe | verdict | difference | interval | p | smallest effect | seeds |",
      "|---|---|---|---:|---|---:|---:|---:|",
    ]
    for contrast in run.contrasts {
      let holm = contrast.adjustedP.map { " (\(Number.probability($0)))" } ?? ""
      lines.append(
        row([
          contrast.name + (contrast.primary ? " (primary)" : ""), contrast.probe,
          Wording.label(contrast.verdict), Number.difference(contrast.estimate),
          interval(contrast.interval, signed: true, level: true),
          Number.probability(contrast.p) + holm,
          Number.constant(contrast.direction.sign * contrast.smallestEffect),
          "\(contrast.seeds)",
        ]))
    }
    return lines + [""]
  }

  private static func associations(_ run: RunSummary) -> [String] {
    let items = (run.associations ?? []).map { association in
      "- \(text(association.name)): \(text(association.probe)) with "
        + "\(text(association.otherProbe)), r \(Number.difference(association.coefficient)), p "
        + "\(Number.probability(association.p)), \(association.subjects) subjects "
        + "(\(text(association.arms.joined(separator: ", "))); \(association.test))."
    }
    return items.isEmpty ? [] : items + [""]
  }

  private static func gates(_ run: RunSummary) -> [String] {
    let failed = run.gates.filter { $0.state == .failed }
      .map { "- Gate failed: \(text("\($0.name), \($0.arm): \($0.detail)"))" }
    var names: [String] = []
    for gate in run.gates where gate.state == .passed && !names.contains(gate.name) {
      names.append(gate.name)
    }
    let passed = names.map { name -> String in
      let lowest = run.gates.filter { $0.name == name && $0.state == .passed }
        .min { ($0.value ?? .infinity) < ($1.value ?? .infinity) }
      guard let value = lowest?.value else { return text(name) }
      let needed = lowest?.threshold.map { ", needed \(Number.constant($0))" } ?? ""
      return "\(text(name)) \(Number.value(value))\(needed)"
    }
    let list = passed.isEmpty ? [] : ["- Gates passed: \(passed.joined(separator: "; "))."]
    let lines = failed + list
    return lines.isEmpty ? [] : lines + [""]
  }

  private static func origin(_ run: RunSummary) -> [String] {
    let origin = run.provenance
    return [
      "`\(ShellQuoting.withoutFolders(run.experiment.command))`, Nosce \(origin.version), seed \(origin.seed), "
        + "\(text(origin.precision)); experiment `\(run.experiment.contentHash.prefix(12))`, plan "
        + "`\((origin.hashes["plan"] ?? "").prefix(12))`, model "
        + "`\((origin.hashes["model"] ?? "").prefix(12))`.", "",
    ]
  }

  // MARK: Markdown

  private static func interval(_ interval: Interval?) -> String {
    self.interval(interval.map(OpenInterval.init))
  }

  private static func interval(
    _ interval: OpenInterval?, signed: Bool = false, level: Bool = false
  ) -> String {
    guard let interval else { return Number.none }
    let text = Number.interval(interval, signed: signed)
    return level ? "\(text) \(Number.percentage(interval.level))" : text
  }

  private static func row(_ cells: [String]) -> String {
    "| " + cells.map(cell).joined(separator: " | ") + " |"
  }

  private static func rule(_ columns: Int) -> String {
    "|---|" + String(repeating: "---|", count: columns)
  }

  /// Text that cannot end a cell or a line.
  private static func cell(_ text: String) -> String {
    ColumnText.clean(text).replacing("|", with: "\\|")
  }

  /// Text on one line that cannot become a link or a tag.
  private static func text(_ text: String) -> String {
    ColumnText.clean(text).replacing("<", with: "&lt;").replacing("[", with: "\\[")
  }
}
