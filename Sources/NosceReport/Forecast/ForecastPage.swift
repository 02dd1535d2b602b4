import NosceStatistics
import NosceStudy
import NosceText

/// Scores and calibration of all forecasters as one page.
package enum ForecastPage {
  package static func render(_ book: ForecastBook, version: String) throws -> String {
    try PlainPage(
      kicker: "Nosce forecasts · \(Number.count(book.runs, "run"))",
      heading: "How good were the forecasts?", version: version, body: body(book)
    ).document().source
  }

  private static func body(_ book: ForecastBook) -> Markup {
    guard let everybody = book.everybody else {
      return "<p>No forecast has a score yet.</p>\(remarks(book))"
    }
    var groups = book.forecasters.map { ($0.name, $0.calibration) }
    if groups.count > 1 { groups.append(("everybody", everybody)) }
    let charts = groups.enumerated().map { number, group -> Markup in
      let chart = CalibrationChart(
        title: "Calibration of \(group.0)", calibration: group.1,
        style: SeriesStyle(index: number))
      return """
        <figure><figcaption>\(group.0), n \(group.1.count)</figcaption>\(chart.markup())</figure>

        """
    }
    return """
      <p>A forecast is a probability, sealed before the run, that a contrast ends as supported. On \
      the dashed line what was said is what happened. Bars are exact 95% intervals. Contrasts of \
      one run are not independent of each other, so the intervals are, if anything, too short.</p>
      \(scores(groups))
      <h2>Calibration</h2>
      <div class="charts">\(charts)</div>
      <h2>Every forecast</h2>
      \(entries(book))
      \(remarks(book))
      """
  }

  private static func scores(_ groups: [(String, Calibration)]) -> Markup {
    var table = PageTable(
      caption: "Brier: 0 is perfect, 0.25 knows nothing. Bits: the mean surprise, 1 knows nothing.",
      columns: [
        ("forecaster", true), ("n", false), ("Brier", false), ("bits", false),
        ("mean said", false), ("happened", false),
      ])
    table.rows = groups.map { name, calibration -> [Markup] in
      [
        "\(name)", "\(calibration.count)", "\(Number.probability(calibration.brier))",
        "\(Number.value(calibration.logScore))", "\(Number.value(calibration.meanForecast))",
        "\(calibration.happened)/\(calibration.count)",
      ]
    }
    return table.markup()
  }

  private static func entries(_ book: ForecastBook) -> Markup {
    var table = PageTable(
      caption: "In the order in which they were sealed.",
      columns: [
        ("forecaster", true), ("experiment", true), ("subject", true), ("contrast", true),
        ("said", false), ("verdict", true), ("bits", false), ("sealed", true), ("seal", true),
      ])
    table.rows = book.entries.map { entry -> [Markup] in
      [
        "\(entry.forecaster)", "\(entry.experiment)", "\(entry.subject)", "\(entry.contrast)",
        "\(Number.constant(entry.probability))", VerdictTag.markup(entry.verdict),
        "\(Number.value(entry.surprise))", "\(entry.sealed)", "\(String(entry.seal.prefix(12)))",
      ]
    }
    return table.markup()
  }

  private static func remarks(_ book: ForecastBook) -> Markup {
    var items: [Markup] = []
    if book.void > 0 {
      items.append(
        "<li>\(book.void) void: the contrast was not testable, incomplete, or exploratory.</li>")
    }
    if book.afterTheFact > 0 {
      items.append("<li>\(book.afterTheFact) made after the fact, and not scored.</li>")
    }
    items += book.problems.map { "<li>Not scored: \($0)</li>" }
    return items.isEmpty ? Markup() : "<h2>Not scored</h2><ul>\(items)</ul>"
  }
}
