import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRuns

/// A search for a recipe in the terminal.
package enum SearchText {
  package static func render(_ record: RecipeRecord, width: Int) -> String {
    var lines = [
      "Recipes of \(record.experiment) on \(record.model.name): the least training by which it is "
        + "learnt honestly",
      "",
    ]
    let names = record.trials.first?.gates.map(\.name) ?? []
    let head = ["recipe"] + names
    let rows = record.trials.map { trial in
      [(trial.isConfirmation ? "again: " : "") + trial.candidate.words]
        + names.map { name in
          cell(trial.gates.first { $0.name == name }, trial, margin: record.settings.margin)
        }
    }
    let widths = head.indices.map { column in
      ([head] + rows).map { ColumnText.width($0[column]) }.max() ?? 0
    }
    for row in [head] + rows {
      let cells = row.indices.map { ColumnText.pad(row[$0], widths[$0]) }
      lines.append("  " + cells.joined(separator: "  ").trimmingTrailingBlanks())
    }
    let thresholds = record.trials.first?.gates.compactMap { gate in
      gate.threshold.map { "\(gate.name) \(number($0))" }
    }
    lines.append("")
    let again =
      record.settings.margin > 0
      ? " Again, \(number(record.settings.margin)) more of what more training can help; ~ marks less."
      : ""
    lines += ColumnText.wrap(
      "Needed: \((thresholds ?? []).joined(separator: ", ")). \u{2717} marks what failed.\(again)",
      width)
    lines += ColumnText.wrap(sentence(record), width)
    return lines.joined(separator: "\n")
  }

  /// What came of it.
  package static func sentence(_ record: RecipeRecord) -> String {
    if let chosen = record.chosen { return "Found: \(chosen.words) (\(spent(record)))." }
    return "Not testable: none of \(untaught(record))"
  }

  /// Why nothing came of it, and what is missing: sentences of their own.
  package static func shortfall(_ record: RecipeRecord) -> String { "None of \(untaught(record))" }

  private static func untaught(_ record: RecipeRecord) -> String {
    let budget =
      record.isOutOfBudget
      ? "; no more than \(Counted.text(record.settings.budget, "training")) were allowed" : ""
    let recipes = Set(record.trials.map(\.candidate)).count
    return
      "\(Counted.text(recipes, "recipe")) is learnt honestly (\(spent(record))\(budget)). "
      + (nearest(record.trials, margin: record.settings.margin).map { "\($0) " } ?? "")
      + "--recipe gives one by hand."
  }

  /// What the recipe lacks that came nearest: of those that miss the fewest gates, the one with the widest
  /// margin.
  package static func nearest(_ trials: [RecipeTrial], margin: Double) -> String? {
    let missed = trials.map { trial in
      (trial, trial.gates.filter { !$0.passed || isNarrow($0, trial, margin: margin) })
    }
    // What passed the first look has missed nothing there, and was tried again.
    let nearest = missed.filter { !$0.1.isEmpty }.min {
      ($0.1.count, -$0.0.margin) < ($1.1.count, -$1.0.margin)
    }
    guard let (trial, gates) = nearest else { return nil }
    let lacks = gates.map { gate in
      let needed = gate.threshold.map(number) ?? "a number"
      let more = gate.passed ? " and \(number(margin)) more" : ""
      return "\(gate.name) \(gate.value.map(number) ?? "none") (needed \(needed)\(more))"
    }
    let again = trial.isConfirmation ? ", tried again," : ""
    return "Nearest comes \(trial.candidate.words)\(again) with " + lacks.joined(separator: ", ")
      + "."
  }

  private static func spent(_ record: RecipeRecord) -> String {
    "\(Counted.text(record.trainings, "training")) in \(minutes(record.seconds)), "
      + record.started.prefix(10)
  }

  private static func minutes(_ seconds: Double) -> String {
    seconds < 90
      ? "\(Int(seconds.rounded(.up))) s" : "\(Int((seconds / 60).rounded(.up))) min"
  }

  private static func cell(
    _ gate: RecipeTrial.GateValue?, _ trial: RecipeTrial, margin: Double
  ) -> String {
    guard let gate else { return "-" }
    return (gate.value.map(number) ?? "none")
      + (!gate.passed ? " \u{2717}" : isNarrow(gate, trial, margin: margin) ? " ~" : "")
  }

  /// Whether it is enough, and not enough for what is tried again.
  private static func isNarrow(
    _ gate: RecipeTrial.GateValue, _ trial: RecipeTrial, margin: Double
  ) -> Bool {
    trial.isConfirmation && gate.isReached && (gate.margin ?? margin) < margin
  }

  private static func number(_ value: Double) -> String { String(format: "%.2f", value) }
}

extension String {
  fileprivate func trimmingTrailingBlanks() -> String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
