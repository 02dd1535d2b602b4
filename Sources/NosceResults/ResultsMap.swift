import NosceCore
import NosceReport
import NosceRuns
import NosceText
import NosceVerdicts

/// What of each experiment each model could be read in, what it learnt, and what was found: one Markdown
/// table, which the same runs give with the same bytes.
package enum ResultsMap {
  /// - Parameters:
  ///   - summaries: of finished runs, in any order. Of one experiment and model what began last counts.
  ///   - stopped: runs that came to no run.
  package static func render(_ summaries: [RunSummary], stopped: [StoppedRun]) -> String {
    var newest: [[String]: (started: String, row: [String])] = [:]
    func add(_ experiment: String, _ model: String, _ started: String, _ cells: [String]) {
      let key = [experiment, model]
      if let other = newest[key], other.started >= started { return }
      newest[key] = (started, [experiment, model] + cells)
    }
    for run in summaries where !run.experiment.exploratory {
      add(run.experiment.name, model(run), run.provenance.started, cells(of: run))
    }
    for run in stopped {
      add(
        run.experiment, "\(run.subject.title), \(run.precision)", run.started, cells(of: run))
    }
    let rows = newest.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value.row)
    var lines = [
      "# The map", "",
      "Made by `nosce map` from runs, and by nothing else. *Read*: what the untrained model's answers "
        + "move by when it is told the answer, and what it could infer it from, beside the smallest effect. "
        + "*Learnt*: the gates, with the "
        + "number and the threshold where one failed. *Found*: the verdict of the primary claim, the "
        + "difference and its interval, and its share of what telling does. What stopped an experiment "
        + "is in bold.", "",
      row(["experiment", "model", "read", "learnt", "found"]), "|---|---|---|---|---|",
    ]
    lines += rows.map(row)
    return lines.joined(separator: "\n") + "\n"
  }

  private static func model(_ run: RunSummary) -> String {
    "\(run.subject.title), \(run.provenance.precision)"
  }

  private static func cells(of run: RunSummary) -> [String] {
    let primary = run.contrasts.first { $0.primary }
    let ladder = run.ladder?.first { $0.probe == primary?.probe }
    return [read(ladder), learnt(run), found(run, primary)]
  }

  private static func cells(of run: StoppedRun) -> [String] {
    switch run.stage {
    case .ladder: ["**no**: \(run.reason)", "not trained", "**not testable**"]
    case .recipe: [read(run.ladder?.first), "**no**: \(run.reason)", "**not testable**"]
    }
  }

  private static func read(_ ladder: RunSummary.Ladder?) -> String {
    guard let ladder else { return "no ladder" }
    var shift =
      "told \(Number.difference(ladder.ceiling))\(ladder.shownUnit.map { " \($0)" } ?? "")"
    if let facts = ladder.rung(.toldFacts)?.shift {
      let other = ladder.rung(.toldOppositeFacts)?.shift.map {
        " (the opposite's \(Number.difference($0)))"
      }
      let words = "the facts \(Number.difference(facts))\(other ?? "")"
      shift += ladder.infers == false ? ", **\(words)**" : ", \(words)"
    }
    let least = ladder.smallestEffect.map { ", needed \(Number.constant($0))" } ?? ""
    guard let reads = ladder.reads else { return shift }
    return reads ? shift + least : "**no**: \(shift)\(least)"
  }

  private static func learnt(_ run: RunSummary) -> String {
    let gates = run.gates.filter { $0.state != .exempted }
    let failed = gates.filter { $0.state == .failed }
    if gates.isEmpty { return "no gate" }
    if failed.isEmpty { return Wording.all(gates.count, "gate") + " passed" }
    return "**no**: "
      + failed.map { gate in
        let threshold = gate.threshold.map { ", needed \(Number.constant($0))" } ?? ""
        return "\(gate.name), \(gate.arm): \(Number.value(gate.value))\(threshold)"
      }.joined(separator: "; ")
  }

  private static func found(
    _ run: RunSummary, _ primary: RunSummary.ContrastResult?
  ) -> String {
    var text = "**\(Wording.label(run.verdict.kind))**"
    guard let primary, primary.estimate != nil else { return text }
    let unit = run.ladder?.first { $0.contrast == primary.name }?.unit
    text += " \(Number.difference(primary.estimate))"
    text += primary.square == nil ? unit.map { " \($0)" } ?? "" : " nats"
    if let interval = primary.interval {
      text += " \(Number.interval(interval))"
    }
    if let share = primary.shareOfCeiling {
      text += ", \(Number.percentage(share)) of telling"
    }
    return text + ", n \(primary.seeds)"
  }

  private static func row(_ cells: [String]) -> String {
    "| "
      + cells.map { $0.replacing("|", with: "\\|").replacing("\n", with: " ") }
      .joined(separator: " | ") + " |"
  }
}
