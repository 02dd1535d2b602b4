import NosceCore
import NosceRuns
import NosceText
import NosceVerdicts

extension ReportPage {
  /// The verdict in a sentence, what it means, and what must be known to read it.
  func header() -> Markup {
    let experiment = summary.experiment
    let kind = summary.verdict.kind
    let note: Markup =
      summary.subject.note.map { "<p class=\"note\"><strong>Read this first.</strong> \($0)</p>" }
      ?? Markup()
    return """
      <header>
      <p class="kicker">Nosce report · \(experiment.name) on \(summary.subject.title)</p>
      <h1>\(experiment.title)</h1>
      <p class="question">\(experiment.question)</p>
      \(changedFiles())
      <div class="verdict \(Self.verdictClass(kind))">
      <p class="kind">\(VerdictTag.icon(kind)) \(Wording.heading(kind))</p>
      <p class="sentence">\(summary.verdict.sentence)</p>
      \(summary.verdict.caveats.map { caveat -> Markup in "<p class=\"caveat\">\(caveat)</p>" })
      <p class="meaning"><strong>What that means.</strong> \
      \(Wording.meaning(kind, of: index.primary))</p>
      \(wayOn())
      \(keyFigures())
      </div>
      \(note)
      </header>
      """
  }

  /// The class that colours a verdict.
  static func verdictClass(_ kind: Verdict) -> String { VerdictTag.className(kind) }

  /// The verdict as a small label.
  func verdictTag(_ kind: Verdict) -> Markup { VerdictTag.markup(kind) }

  /// What was changed in the run folder, before anything that is read from it.
  private func changedFiles() -> Markup {
    guard let changes = summary.changedFiles, !changes.isEmpty else { return Markup() }
    let items = changes.map { change -> Markup in
      let now: Markup = change.found.map { "<code>\($0)</code> now" } ?? "not there any more"
      return """
        <li><code>\(change.file)</code>: SHA-256 <code>\(change.recorded)</code> when it was \
        written, \(now)</li>
        """
    }
    return """
      <div class="note changed" role="alert"><strong>\(Number.count(changes.count, "file")) of this \
      run changed since it began.</strong> What follows is made of plan.json and \
      run.sqlite as they are now.
      <ul>\(items)</ul></div>
      """
  }

  /// How a run is gone on with that is not at its end.
  private func wayOn() -> Markup {
    guard let unfinished = summary.unfinished else { return Markup() }
    guard let resume = unfinished.resume else {
      return "<p class=\"meaning\">\(Wording.onlyOldVersion(summary.provenance.version))</p>"
    }
    return "<p class=\"meaning\">\(Wording.wayOn(summary)) <code>\(resume)</code></p>"
  }

  private func keyFigures() -> Markup {
    var figures: [(value: String, label: String)] = []
    if let unfinished = summary.unfinished {
      figures.append(("\(unfinished.done) of \(unfinished.subjects)", "subjects are done"))
      if unfinished.failed > 0 { figures.append(("\(unfinished.failed)", "subjects failed")) }
    } else {
      figures += measured()
    }
    figures.append(
      (
        "\(summary.experiment.seeds)",
        summary.experiment.seeds == 1
          ? "seed per trained arm" : "seeds per trained arm"
      ))
    let items = figures.map { figure -> Markup in
      "<div><dt>\(figure.label)</dt><dd>\(figure.value)</dd></div>"
    }
    return "<dl class=\"figures\">\(items)</dl>"
  }

  private func measured() -> [(value: String, label: String)] {
    var figures: [(value: String, label: String)] = []
    if let treatment = index.treatment,
      let behaviour = index.probes.first(where: { $0.isBehaviour }),
      let cell = index.cell(arm: treatment, probe: behaviour.name)
    {
      figures.append(
        (
          Number.value(cell.mean),
          "\(behaviour.name), \(treatment), n\u{A0}\(cell.kept)/\(cell.total)"
        ))
    }
    if let primary = index.primary {
      if let cell = index.cell(arm: primary.treatment, probe: primary.probe) {
        figures.append(
          (
            Number.value(cell.mean),
            "\(primary.probe), \(primary.treatment), n\u{A0}\(cell.kept)/\(cell.total)"
          ))
      }
      let floor = primary.hardestFloor.map { " (\($0.name))" } ?? ""
      let isSquare = primary.square != nil
      let difference =
        isSquare ? "own minus the others, nats above base" : "minus the hardest floor\(floor)"
      figures.append(
        (
          Number.difference(primary.estimate),
          "\(difference) \(Number.interval(primary.interval, signed: true))"
        ))
      figures.append(
        (
          Number.probability(primary.p),
          isSquare
            ? "exact over all orders within families, one-sided"
            : "largest p over the floors, one-sided"
        ))
    }
    return figures
  }
}
