import NosceRuns
import NosceText
import NosceVerdicts

extension ReportPage {
  /// The rows that each arm was trained on.
  func trainingSection() -> Section? {
    let named = index.armNames.filter { trainingRows[$0] != nil }
    let others = trainingRows.keys.filter { !named.contains($0) }.sorted()
    let arms = (named + others).filter { !(trainingRows[$0] ?? []).isEmpty }
    guard !arms.isEmpty else { return nil }
    let parts = arms.map { arm -> Markup in
      let rows = trainingRows[arm, default: []].map { row -> Markup in "<li><pre>\(row)</pre></li>"
      }
      let open = Markup(trusted: arm == index.treatment ? " open" : "")
      return """
        <details\(open)><summary><strong>\(arm)</strong> \(index.words(of: arm))\
        <span class="kindnote">\(Number.count(rows.count, "row")) shown</span></summary>
        <ol class="rows">\(rows)</ol></details>

        """
    }
    return Section(
      anchor: "training", title: "What the arms were trained on", short: "Training rows",
      body: "<p>The base model was trained on nothing.</p>\(parts)")
  }

  /// The command, the machine, the hashes and the time.
  func provenanceSection() -> Section? {
    let experiment = summary.experiment
    let origin = summary.provenance
    var rows: [(String, String)] = [
      ("experiment", experiment.name), ("content hash", experiment.contentHash),
      ("settings", Wording.settings(experiment.settings)),
      ("subject", "\(summary.subject.name): \(summary.subject.description)"),
      (
        "chat template",
        summary.subject.template.map { "\($0.name), SHA-256 \($0.sha256)" } ?? ""
      ),
      ("Nosce", origin.version), ("started", origin.started), ("machine", origin.machine),
      ("threads", "\(origin.threads)"), ("precision", origin.precision),
      ("seed", "\(origin.seed)"), ("summary schema", summary.schema),
    ]
    rows += origin.hashes.keys.sorted().map { ("hash of \($0)", origin.hashes[$0] ?? "") }
    rows += stages().map { ("time: \($0)", time(of: $0)) }
    let lines = rows.filter { !$0.1.isEmpty }.map { name, value -> Markup in
      "<tr><th scope=\"row\">\(name)</th><td>\(value)</td></tr>\n"
    }
    return Section(
      anchor: "provenance", title: "Run it again", short: "Run it again",
      body: """
        <div class="command"><code id="command">\(experiment.command)</code>\
        <button type="button" id="copy" hidden>Copy</button></div>
        <table class="facts"><caption>Where this result comes from.</caption>
        <tbody>\(lines)</tbody></table>
        """)
  }

  private func time(of stage: String) -> String {
    let seconds = summary.seconds[stage] ?? 0
    guard stage != "total", let total = summary.seconds["total"] else {
      return Number.duration(seconds)
    }
    return Number.duration(seconds, within: total)
      ?? "under " + Number.duration(Number.unit(of: total))
  }

  /// The stages that were timed, in the order in which they run.
  private func stages() -> [String] {
    let known = ["train", "gate", "ask", "grade"]
    let others = summary.seconds.keys.filter { !known.contains($0) && $0 != "total" }.sorted()
    return (known + others + ["total"]).filter { summary.seconds[$0] != nil }
  }
}
