import NosceCore
import NosceRuns
import NosceText
import NosceVerdicts

/// A run's result in a screenful of text.
///
/// The verdict's sentence comes first, then the arms, the gates, the contrasts, and where the
/// report is. A dash stands where there is no number, and n kept beside every rate.
package enum TerminalSummary {
  /// The summary as lines of at most `width` columns (60 to 100 are used).
  ///
  /// - Parameter reportPath: where the report lies, if one was written.
  package static func render(
    _ summary: RunSummary, width: Int = 80, style: TerminalStyle, reportPath: String? = nil
  ) -> String {
    var page = Page(
      index: SummaryIndex(summary), width: min(max(width, 60), 100), style: style)
    page.addChangedFiles()
    page.addVerdict()
    page.addFailures()
    page.addArms()
    page.addGates()
    if summary.unfinished == nil {
      page.addPrimaryContrast()
      page.addSecondaryContrasts()
    }
    page.addLadder()
    page.addAssociations()
    page.addCurves()
    page.addForecasts()
    page.addFooter(reportPath: reportPath)
    return page.lines.joined(separator: "\n") + "\n"
  }

  /// How far a run has come that is not at its end, and how it is gone on with, on one line.
  package static func line(of unfinished: RunSummary.Unfinished) -> String {
    let way = unfinished.resume.map { "; go on with `\(ColumnText.clean($0))`" } ?? ""
    return "The run is \(Wording.standing(unfinished))\(way)"
  }

  /// The lines written so far. The sections are in files of their own.
  struct Page {
    let index: SummaryIndex
    let width: Int
    let style: TerminalStyle
    var lines: [String] = []

    var summary: RunSummary { index.summary }

    /// Adds a line, cut to the width and without spaces at its end.
    mutating func add(_ line: String, _ paint: TerminalStyle.Paint? = nil) {
      var line = ColumnText.truncate(line, width)
      while line.last == " " { line.removeLast() }
      lines.append(paint.map { style.paint(line, $0) } ?? line)
    }

    mutating func addHeading(_ text: String, note: String = "") {
      let clean = ColumnText.truncate(ColumnText.clean(note), max(0, width - text.count - 2))
      lines.append("")
      lines.append(
        style.paint(text, .bold) + (clean.isEmpty ? "" : "  " + style.paint(clean, .dim)))
    }
  }
}

extension TerminalSummary.Page {
  mutating func addVerdict() {
    let kind = summary.verdict.kind
    let label = Wording.label(kind).uppercased()
    let sentence = ColumnText.clean(summary.verdict.sentence)
    for (number, line) in ColumnText.wrap("\(label): \(sentence)", width).enumerated() {
      if number == 0, line.hasPrefix(label + ":") {
        let rest = String(line.dropFirst(label.count + 1))
        lines.append(paint(label + ":", as: kind) + style.paint(rest, .bold))
      } else {
        lines.append(style.paint(line, .bold))
      }
    }
    for caveat in summary.verdict.caveats {
      for line in ColumnText.wrap(ColumnText.clean(caveat), width) { lines.append(line) }
    }
    if let unfinished = summary.unfinished { addWayOn(unfinished) }
    if let note = summary.subject.note {
      for line in ColumnText.wrap(ColumnText.clean(note), width) {
        lines.append(style.paint(line, .dim))
      }
    }
  }

  /// How the run is gone on with; the command is not broken, so that it can be copied.
  private mutating func addWayOn(_ unfinished: RunSummary.Unfinished) {
    guard let resume = unfinished.resume else {
      lines.append(ColumnText.truncate(Wording.onlyOldVersion(summary.provenance.version), width))
      return
    }
    lines.append(Wording.wayOn(summary))
    lines.append("  " + style.paint(ColumnText.clean(resume), .cyan))
  }

  /// What was changed in the run folder, before anything that is read from it.
  mutating func addChangedFiles() {
    let changes = summary.changedFiles ?? []
    for change in changes {
      let text = ColumnText.clean("CHANGED: \(change.words)")
      for line in ColumnText.wrap(text, width) { lines.append(style.paint(line, .bold, .red)) }
    }
    if !changes.isEmpty { lines.append("") }
  }

  /// The subjects that failed, and why.
  mutating func addFailures() {
    let failures = summary.failures ?? []
    if failures.isEmpty { return }
    addHeading("Failed", note: "nosce run --resume tries them again")
    for failure in failures {
      let text = ColumnText.clean("\(failure.subject): \(failure.error)")
      for line in ColumnText.wrap(text, width - 2) { lines.append("  " + line) }
    }
  }

  mutating func addFooter(reportPath: String?) {
    lines.append("")
    if let total = summary.seconds["total"] {
      let stages = ["train", "gate", "ask", "grade"].compactMap { stage in
        summary.seconds[stage].flatMap { Number.duration($0, within: total) }
          .map { "\(stage) \($0)" }
      }
      let detail = stages.isEmpty ? "" : " (\(stages.joined(separator: ", ")))"
      let text = Number.duration(total) + detail
      lines.append(label("time") + ColumnText.truncate(text, width - 8))
    }
    if let reportPath {
      lines.append(label("report") + style.paint(ColumnText.clean(reportPath), .cyan))
    }
    lines.append(label("again") + ColumnText.clean(summary.experiment.command))
  }

  private func label(_ text: String) -> String {
    style.paint(ColumnText.pad(text, 8), .dim)
  }

  func paint(_ text: String, as kind: Verdict) -> String {
    switch kind {
    case .stronglySupported, .supported: style.paint(text, .bold, .green)
    case .notSupported: style.paint(text, .bold, .blue)
    case .inconclusive, .incomplete, .unfinished, .exploratory: style.paint(text, .bold, .yellow)
    case .contrary, .notTestable: style.paint(text, .bold, .red)
    }
  }
}
