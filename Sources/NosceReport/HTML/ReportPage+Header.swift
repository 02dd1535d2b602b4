import NosceCore
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
      <p class="kicker">Nosce report · \(experiment.name) on \(summary.subject.name)</p>
      <h1>\(experiment.title)</h1>
      <p class="question">\(experiment.question)</p>
      <div class="verdict \(Self.verdictClass(kind))">
      <p class="kind">\(VerdictTag.icon(kind)) \(Wording.heading(kind))</p>
      <p class="sentence">\(summary.verdict.sentence)</p>
      <p class="meaning"><strong>What that means.</strong> \
      \(Wording.meaning(kind, of: index.primary))</p>
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

  private func keyFigures() -> Markup {
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
      figures.append(
        (
          Number.difference(primary.estimate),
          "minus the hardest floor\(floor) \(Number.interval(primary.interval, signed: true))"
        ))
      figures.append((Number.probability(primary.p), "largest p over the floors, one-sided"))
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
}
