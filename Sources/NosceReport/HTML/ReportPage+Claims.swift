import NosceCore
import NosceStatistics
import NosceText
import NosceVerdicts

extension ReportPage {
  /// The primary contrast with its floors, and the secondary ones.
  func contrastsSection() -> Section? {
    guard !summary.contrasts.isEmpty else { return nil }
    if summary.unfinished != nil {
      return Section(
        anchor: "contrasts", title: "Contrasts and floors", short: "Contrasts",
        body: "<p>They are tested once every planned subject was run.</p>\(plannedContrasts())")
    }
    let primary = summary.contrasts.filter(\.primary).map(detail).joined()
    let secondary = summary.contrasts.filter { !$0.primary }
    var body = primary
    if !secondary.isEmpty {
      body += """
        <h3>Secondary contrasts</h3>
        <p>These are Holm-adjusted among themselves and never carry the verdict.</p>
        \(secondaryTable(secondary))
        <details class="paper-open"><summary>Each floor of the secondary contrasts</summary>
        \(secondary.map(floors))
        </details>
        """
    }
    return Section(
      anchor: "contrasts", title: "Contrasts and floors", short: "Contrasts", body: body)
  }

  /// What will be compared, without a number.
  private func plannedContrasts() -> Markup {
    let items = summary.contrasts.map { contrast -> Markup in
      let primary: Markup = contrast.primary ? " <span class=\"tag\">primary</span>" : Markup()
      return """
        <li><strong>\(contrast.name)</strong>\(primary): \(contrast.treatment) on \
        \(contrast.probe), smallest effect of interest \
        \(Number.constant(contrast.direction.sign * contrast.smallestEffect))</li>
        """
    }
    return "<ul>\(items)</ul>"
  }

  private func detail(of contrast: RunSummary.ContrastResult) -> Markup {
    if let square = contrast.square { return squareDetail(square, of: contrast) }
    let chart = ContrastChart(contrast: contrast, style: style(of: contrast.treatment))
    let decide: Markup =
      contrast.seedsToDecide.map {
        "<p>A new run with about \(Number.count($0, "new seed")) would decide.</p>"
      } ?? Markup()
    return """
      <h3>\(contrast.name) <span class="tag">primary</span> \(verdictTag(contrast.verdict))</h3>
      <p><strong>\(contrast.treatment)</strong> against every floor on \
      <strong>\(contrast.probe)</strong>. Each floor is compared \
      seed by seed, one-sided at \(Number.constant(contrast.level)), and the largest p counts.\
      \(reach(of: contrast))</p>
      \(decide)<figure class="wide">\(chart.markup())</figure>
      \(floors(of: contrast))
      """
  }

  /// What so many seeds can show at all.
  private func reach(of contrast: RunSummary.ContrastResult) -> Markup {
    contrast.smallestP.map { " The smallest p within reach is \(Number.probability($0))." }
      ?? Markup()
  }

  private func floors(of contrast: RunSummary.ContrastResult) -> Markup {
    if let square = contrast.square { return squareDetail(square, of: contrast) }
    let heading = Wording.intervalHeading(contrast.floors.map(\.interval?.level))
    let rows = contrast.floors.map { floor -> Markup in
      """
      <tr><th scope="row">\(floor.name)</th><td>\(Number.difference(floor.estimate))</td>\
      <td>\(Number.interval(floor.interval, signed: true))</td>\
      <td>\(Number.difference(floor.logOdds?.estimate)) \
      \(Number.interval(floor.logOdds?.interval, signed: true))</td>\
      <td>\(Number.probability(floor.p))</td><td class="words">\(floor.test)</td>\
      <td>\(floor.seeds)</td></tr>

      """
    }
    return """
      <div class="scroll"><table class="numbers">
      <caption>\(contrast.name) on \(contrast.probe): \(Wording.comparison(contrast)). \
      Smallest effect of interest \
      \(Number.constant(contrast.direction.sign * contrast.smallestEffect)).</caption>
      <thead><tr><th scope="col">floor</th><th scope="col">difference</th>\
      <th scope="col">\(heading)</th><th scope="col">on log-odds</th><th scope="col">p</th>\
      <th scope="col" class="words">test</th>\
      <th scope="col">seeds</th></tr></thead>
      <tbody>\(rows)</tbody></table></div>
      """
  }

  private func secondaryTable(_ contrasts: [RunSummary.ContrastResult]) -> Markup {
    let heading = Wording.intervalHeading(contrasts.map(\.interval?.level))
    let rows = contrasts.map { contrast -> Markup in
      """
      <tr><th scope="row">\(contrast.name)</th><td class="words">\(contrast.probe)</td>\
      <td class="words">\(verdictTag(contrast.verdict))</td>\
      <td>\(Number.difference(contrast.estimate))</td>\
      <td>\(Number.interval(contrast.interval, signed: true))</td>\
      <td>\(Number.probability(contrast.p))</td><td>\(Number.probability(contrast.adjustedP))</td>\
      <td>\(Number.constant(contrast.direction.sign * contrast.smallestEffect))</td><td>\(contrast.seeds)</td></tr>

      """
    }
    return """
      <div class="scroll"><table class="numbers">
      <caption>Treatment minus the hardest floor.</caption>
      <thead><tr><th scope="col">contrast</th><th scope="col" class="words">probe</th>\
      <th scope="col" class="words">verdict</th><th scope="col">difference</th>\
      <th scope="col">\(heading)</th><th scope="col">p</th><th scope="col">p, Holm</th>\
      <th scope="col">smallest effect</th><th scope="col">seeds</th></tr></thead>
      <tbody>\(rows)</tbody></table></div>
      """
  }

  /// Folded where every gate holds; failures and exemptions always in sight.
  func gatesSection() -> Section? {
    let gates = summary.gates
    guard !gates.isEmpty else { return nil }
    let failed = gates.filter { $0.state == .failed }
    let exempted = gates.filter { $0.state == .exempted }
    let held = gates.count { $0.state == .passed }
    let notYet = gates.count { $0.state == .notYet }
    let open: Markup =
      notYet == 0
      ? Markup()
      : """
       \(notYet) not yet: subjects that they rest on have not been run.
      """
    var body: Markup =
      !failed.isEmpty
      ? """
      <p class="gates bad">\(Number.count(failed.count, "gate")) failed; \(held) passed. \
      Where a gate failed, no claim is made.\(open)</p>
      """
      : notYet > 0
        ? "<p class=\"gates\">\(Number.count(held, "gate")) passed.\(open)</p>"
        : """
        <p class="gates good">\(Wording.all(held, "gate")) passed: what the claim rests on holds.</p>
        """
    if !failed.isEmpty { body += gateTable(failed, caption: "Gates that failed.") }
    if !exempted.isEmpty { body += gateTable(exempted, caption: "Arms exempted, with the reason.") }
    body += """
      <details class="paper-open"><summary>\(Wording.all(gates.count, "gate"))</summary>
      \(gateTable(gates, caption: "What must hold before a claim."))
      </details>
      """
    return Section(anchor: "gates", title: "Gates", short: "Gates", body: body)
  }

  private func gateTable(
    _ gates: [RunSummary.GateResult], caption: String
  ) -> Markup {
    let rows = gates.map { gate -> Markup in
      let name =
        switch gate.state {
        case .passed: "good"
        case .failed: "bad"
        case .notYet, .exempted: "open"
        }
      let reason: Markup = gate.exemption.map { "<br><em>Exempted: \($0)</em>" } ?? Markup()
      return """
        <tr><th scope="row">\(gate.name)</th><td class="words">\(gate.arm)</td>\
        <td class="words"><span class="tag \(name)">\(gate.state.rawValue)</span></td>\
        <td>\(Number.value(gate.value))</td>\
        <td>\(gate.threshold.map(Number.constant) ?? Number.none)</td>\
        <td class="words">\(gate.detail)\(reason)</td></tr>

        """
    }
    return """
      <div class="scroll"><table class="numbers">
      <caption>\(caption)</caption>
      <thead><tr><th scope="col">gate</th><th scope="col" class="words">arm</th>\
      <th scope="col" class="words">state</th><th scope="col">value</th>\
      <th scope="col">threshold</th><th scope="col" class="words">what was found</th></tr></thead>
      <tbody>\(rows)</tbody></table></div>
      """
  }
}
