import NosceLab

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
      <p class="kind">\(verdictIcon(kind)) \(Wording.heading(kind))</p>
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
  static func verdictClass(_ kind: VerdictKind) -> String {
    switch kind {
    case .supported: "good"
    case .notSupported: "null"
    case .inconclusive, .exploratory: "open"
    case .contrary, .notTestable: "bad"
    }
  }

  /// The verdict as a small label.
  func verdictTag(_ kind: VerdictKind) -> Markup {
    """
    <span class="tag \(Self.verdictClass(kind))">\(verdictIcon(kind)) \
    \(Wording.label(kind))</span>
    """
  }

  /// A sign for the verdict, so that it does not hang on colour.
  private func verdictIcon(_ kind: VerdictKind) -> Markup {
    let strokes: Markup
    switch kind {
    case .supported: strokes = "<path d=\"M4.5 8.5l2.5 2.5 4.5-5.5\"/>"
    case .notSupported: strokes = "<path d=\"M4.5 8h7\"/>"
    case .inconclusive:
      strokes = "<path d=\"M6 6.4a2 2 0 1 1 2.7 1.9c-.5.2-.7.5-.7 1.1M8 11.6v.1\"/>"
    case .contrary: strokes = "<path d=\"M8 4.5v7M5 9l3 3 3-3\"/>"
    case .notTestable: strokes = "<path d=\"M5 5l6 6M11 5l-6 6\"/>"
    case .exploratory: strokes = "<path d=\"M5 8h.1M8 8h.1M11 8h.1\"/>"
    }
    return """
      <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">\
      <circle cx="8" cy="8" r="7"/>\(strokes)</svg>
      """
  }

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
      let hardest = primary.floors.filter { $0.estimate != nil }.min {
        ($0.estimate ?? .infinity) < ($1.estimate ?? .infinity)
      }
      let floor = hardest.map { " (\($0.arm))" } ?? ""
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
