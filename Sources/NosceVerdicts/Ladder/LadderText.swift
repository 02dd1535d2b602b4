import NosceCore
import NoscePorts
import NosceRuns

/// A ladder in the terminal.
package enum LadderText {
  package static func render(_ results: [RunSummary.Ladder], of record: LadderRecord) -> String {
    var lines = [
      "Ladder of \(record.experiment) on \(record.model.name): can its probes read the untrained "
        + "model?",
      "",
    ]
    for ladder in results { lines += self.lines(ladder) + [""] }
    lines.append(
      "\(Counted.text(record.answers.count, "answer")) in \(Int(record.seconds.rounded(.up))) s, "
        + String(record.started.prefix(10)))
    return lines.joined(separator: "\n")
  }

  /// Every condition of a probe, and what follows for claims.
  package static func lines(_ ladder: RunSummary.Ladder) -> [String] {
    let unit =
      ladder.isSquare ? "nats, diagonal less the rest" : ladder.unit ?? "the probe's own unit"
    let least = ladder.smallestEffect.map { ", smallest effect \(SentenceNumber.text($0))" } ?? ""
    var lines = ["\(ladder.probe) (\(unit)\(least))"]
    let width = max(18, (ladder.rungs.map(\.condition.rawValue.count).max() ?? 0) + 1)
    for rung in ladder.rungs {
      let name = rung.condition.rawValue
      var line = "  \(name)\(String(repeating: " ", count: max(1, width - name.count)))"
      if let gap = rung.gap {
        lines.append(line + "not asked: \(gap)")
        continue
      }
      if rung.condition == .neutral, ladder.isSquare { line += "0" }
      if let mean = rung.mean, !ladder.isSquare { line += SentenceNumber.text(mean) }
      if let shift = rung.shift {
        if !ladder.isSquare { line += "  " }
        line += SentenceNumber.signed(shift)
        if let interval = rung.interval {
          line +=
            " (\(SentenceNumber.signed(interval.lower)) to \(SentenceNumber.signed(interval.upper)))"
        }
        line += ", \(Counted.text(rung.wordings, "wording"))"
      }
      if let first = rung.first, let names = rung.names {
        line += ", the told one first in \(first) of \(names)"
      }
      if rung.kept < rung.total { line += "; \(rung.kept) of \(rung.total) answers scored" }
      lines.append(line)
    }
    return lines + ColumnText.wrap(sentence(ladder), 96).map { "  " + $0 }
  }

  /// What follows for claims.
  package static func sentence(_ ladder: RunSummary.Ladder) -> String {
    guard let reads = ladder.reads else { return "No contrast is about it." }
    if !reads {
      return "Not testable: this probe cannot read this model (\(ladder.reason ?? "no reason"))."
    }
    if ladder.infers == true {
      return "It reads this model, which also infers the answer from the facts."
    }
    return "It reads this model, which does not infer the answer even from a page"
      + (ladder.factsReason.map { " (\($0))" } ?? "")
      + ": where nothing is found, the claim is inconclusive and not ruled out."
  }
}
