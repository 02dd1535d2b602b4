import NosceCore
import NosceText
import NosceVerdicts

extension ReportPage {
  /// A square with what every subject gave to every name.
  func squareDetail(
    _ square: RunSummary.Square, of contrast: RunSummary.ContrastResult
  ) -> Markup {
    let tag: Markup = contrast.primary ? " <span class=\"tag\">primary</span> " : " "
    return """
      <h3>\(contrast.name)\(tag)\(verdictTag(contrast.verdict))</h3>
      <p>Each \(square.variable) has its subjects in <strong>\(contrast.treatment)</strong> and each is asked \
      for in its family on <strong>\(contrast.probe)</strong>. The effect is the mean of the diagonal \
      minus the mean of the rest, in nats above base: \
      \(Number.difference(contrast.estimate)) \
      \(Number.interval(contrast.interval, signed: true)), p \(Number.probability(contrast.p)), \
      \(Number.count(square.names, "name")), \
      \(Number.count(square.replicates, "subject")) of each (\(square.test)). Smallest effect of \
      interest \(Number.constant(contrast.smallestEffect)).</p>
      \(square.families.map(table))
      """
  }

  private func table(of family: RunSummary.Square.Family) -> Markup {
    let head = family.names.map { name -> Markup in "<th scope=\"col\">\(name)</th>" }
    let rows = zip(family.names, family.values).enumerated().map { row, entry -> Markup in
      let cells = entry.1.enumerated().map { column, value -> Markup in
        row == column
          ? "<td><strong>\(Number.difference(value))</strong></td>"
          : "<td>\(Number.difference(value))</td>"
      }
      return "<tr><th scope=\"row\">\(entry.0)</th>\(cells)</tr>\n"
    }
    return """
      <div class="scroll"><table class="numbers">
      <caption>Trained in rows, asked for in columns; effect \(Number.difference(family.effect)).</caption>
      <thead><tr><th scope="col">trained</th>\(head)</tr></thead>
      <tbody>\(rows)</tbody></table></div>
      """
  }
}
