import NosceCore
import NosceText
import NosceVerdicts

extension ReportPage {
  /// Charts of every probe by arm, and the table with every denominator.
  func armsSection() -> Section? {
    guard !index.probes.isEmpty else { return nil }
    let legend = index.armNames.map { arm -> Markup in
      """
      <li>\(mark(of: arm))<span><strong>\(arm)</strong> \
      \(index.words(of: arm))</span></li>
      """
    }
    return Section(
      anchor: "arms", title: "What each arm did and said", short: "Arms",
      body: """
        <p>A large mark is an arm's mean, the whisker its interval, and each small dot below it \
        one seed. The dashed line is chance. n counts the answers that were scored, of all asked.</p>
        <ul class="legend">\(legend)</ul>
        <div class="charts">\(index.probes.map(chart))</div>
        <h3>The numbers</h3>
        \(armsTable())
        """)
  }

  private func mark(of arm: String) -> Markup {
    var canvas = SVGCanvas(width: 16, height: 16)
    canvas.mark(style(of: arm), x: 8, y: 8, size: 5)
    return canvas.decoration()
  }

  private func chart(of probe: SummaryIndex.AskedProbe) -> Markup {
    let cells = index.arms(asked: probe.name)
    let chart = ArmChart(
      title: "\(probe.name) by arm",
      rows: cells.map { ArmChart.Row(arm: $0, style: style(of: $0.arm)) })
    return """
      <figure><figcaption>\(probe.name) \(kindNote(probe))</figcaption>\(chart.markup())</figure>

      """
  }

  private func kindNote(_ probe: SummaryIndex.AskedProbe) -> Markup {
    let kind = Wording.probeKind(probe.kind)
    let primary: Markup = probe.isPrimary ? " <span class=\"tag\">primary</span>" : Markup()
    let isNamedSo = kind == probe.name.replacing("-", with: " ").lowercased()
    return isNamedSo ? primary : "<span class=\"kindnote\">\(kind)</span>\(primary)"
  }

  private func armsTable() -> Markup {
    let heading = Wording.intervalHeading(summary.arms.map(\.interval?.level))
    let hasWorst = summary.arms.contains { $0.worstTask != nil && $0.perTask.count > 1 }
    let worst: Markup =
      hasWorst ? "<th scope=\"col\">worst \(index.taskWord)</th>" : Markup()
    let bodies = index.probes.map { probe -> Markup in
      let rows = index.arms(asked: probe.name).map { row(of: $0, showsWorst: hasWorst) }
      return """
        <tbody><tr class="group"><th colspan="\(hasWorst ? 11 : 10)" scope="rowgroup">\
        \(probe.name) \(kindNote(probe))</th></tr>
        \(rows)</tbody>

        """
    }
    return """
      <div class="scroll"><table class="numbers">
      <caption>Means over seeds. An answer that could not be scored is counted by its reason and \
      left out of the mean.</caption>
      <thead><tr><th scope="col">arm</th><th scope="col">mean</th><th scope="col">\(heading)</th>\
      <th scope="col">chance</th><th scope="col">n kept / asked</th><th scope="col">refused</th>\
      <th scope="col">unparse&shy;able</th><th scope="col">no answer</th><th scope="col">in&shy;coherent</th>\
      <th scope="col">missing</th>\
      <th scope="col" title="How probable all given texts together are; the median">mass</th>\
      <th scope="col">seeds</th>\(worst)</tr></thead>
      \(bodies)</table></div>
      """
  }

  private func row(of cell: RunSummary.ArmResult, showsWorst: Bool) -> Markup {
    var worst = Markup()
    if showsWorst {
      let mean = cell.perTask.first { $0.task == cell.worstTask }?.mean
      let shown = cell.perTask.count > 1 && cell.role == .treatment ? cell.worstTask : nil
      worst = "<td>\(shown.map { "\($0) \(Number.value(mean))" } ?? Number.none)</td>"
    }
    return """
      <tr\(cell.arm == index.treatment ? Markup(trusted: " class=\"treated\"") : Markup())>\
      <th scope="row">\(mark(of: cell.arm)) \(cell.arm)</th><td>\(Number.value(cell.mean))</td>\
      <td>\(Number.interval(cell.interval))</td>\
      <td>\(cell.chance.map(Number.constant) ?? Number.none)</td>\
      <td>\(link(to: cell, outcome: .scored, count: cell.kept)) / \
      \(link(to: cell, outcome: nil, count: cell.total))</td>\
      <td>\(link(to: cell, outcome: .refused, count: cell.refused))</td>\
      <td>\(link(to: cell, outcome: .unparseable, count: cell.unparseable))</td>\
      <td>\(link(to: cell, outcome: .noAnswer, count: cell.noAnswer))</td>\
      <td>\(link(to: cell, outcome: .incoherent, count: cell.incoherent))</td>\
      <td>\(link(to: cell, outcome: .missing, count: cell.missing))</td>\
      <td>\(cell.mass.map(ProbabilityText.of) ?? Number.none)</td>\
      <td>\(cell.seeds > 0 ? String(cell.seeds) : Number.none)</td>\(worst)</tr>

      """
  }

  /// A count that leads to its transcripts: of one outcome, or nil for all.
  private func link(
    to cell: RunSummary.ArmResult, outcome: Outcome.Kind?, count: Int
  ) -> Markup {
    guard count > 0, !transcripts.isEmpty else { return "\(count)" }
    return """
      <a class="count" href="#transcripts" data-arm="\(cell.arm)" data-probe="\(cell.probe)" \
      data-outcome="\(outcome?.rawValue ?? "")">\(count)</a>
      """
  }
}
