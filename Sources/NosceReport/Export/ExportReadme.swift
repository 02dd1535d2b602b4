import NosceCore
import NosceRuns
import NosceVerdicts

/// What lies in an export: every file, and every column of every table, made of the tables themselves.
package struct ExportReadme {
  private let summary: RunSummary
  private let tables: [ExportTable]
  private let adapters: Int
  private let hasGGUF: Bool
  private let problems: [String]

  /// - Parameter adapters: how many lie in the export.
  /// - Parameter hasGGUF: they lie in it as GGUF files, too.
  /// - Parameter problems: what is wrong with those that do not.
  package init(
    _ summary: RunSummary, tables: [ExportTable], adapters: Int, hasGGUF: Bool,
    problems: [String]
  ) {
    self.summary = summary
    self.tables = tables
    self.adapters = adapters
    self.hasGGUF = hasGGUF
    self.problems = problems
  }

  package func markdown() -> String {
    var lines = [
      "# \(clean(summary.experiment.name)) on \(clean(summary.subject.title))", "",
      "Exported by Nosce from a run that was begun \(summary.provenance.started) by version "
        + "\(summary.provenance.version).", "",
    ]
    for change in summary.changedFiles ?? [] {
      lines += ["**Changed.** \(clean(change.words)).", ""]
    }
    if let unfinished = summary.unfinished {
      lines += ["**The run is \(Wording.standing(unfinished)).** It has no verdict yet.", ""]
    }
    if !problems.isEmpty {
      lines += ["**Adapters that are not here:**", ""]
      lines += problems.map { "- \(clean($0))" } + [""]
    }
    lines += [
      "Every table is there twice, as CSV (RFC 4180: UTF-8, a line of names, CRLF) and as JSONL (one "
        + "object a line). Numbers are those of the run's store and of its summary, not rounded: the "
        + "shortest that read back the same. An empty field (`null` in JSONL) is no value, and never "
        + "zero; a number that is not finite is `inf`, `-inf` or `nan`. Answers without a score are "
        + "counted in columns of their own (\(unscored)) and are in no mean.",
      "", "| file | rows | what it has |", "|---|---:|---|",
    ]
    lines += tables.map { "| `\($0.name).csv`, `.jsonl` | \($0.rows.count) | \(clean($0.about)) |" }
    lines += [
      "| `adapters/` | \(adapters) | The trained subjects' adapters in PEFT form, a folder each, by "
        + "their `cell`. |"
    ]
    if hasGGUF {
      lines.append(
        "| `gguf/` | \(adapters) | The same adapters as llama.cpp takes them, a file each: "
          + "`llama-cli -m MODEL.gguf --lora FILE`, where MODEL.gguf is the run's model. |")
    }
    lines += [
      "| `summary.json` | | The run's summary, as `nosce report --json` prints it. |", "",
    ]
    for table in tables {
      lines += [
        "## \(table.name)", "", clean(table.about), "", "| column | what it is |", "|---|---|",
      ]
      lines += table.columns.map { "| `\($0.name)` | \(clean($0.meaning)) |" } + [""]
    }
    return lines.joined(separator: "\n")
  }

  /// The columns of what is no score.
  private var unscored: String {
    Outcome.Kind.allCases.filter { $0 != .scored && $0 != .collected }
      .map { "`\(OutcomeWords.column($0))`" }.joined(separator: ", ")
  }

  private func clean(_ text: String) -> String {
    ColumnText.clean(text).replacing("|", with: "\\|")
  }
}
