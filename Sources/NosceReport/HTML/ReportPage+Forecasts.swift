import NosceText
import NosceVerdicts

extension ReportPage {
  /// What was expected before the run, and how surprising the results were.
  func forecastsSection() -> Section {
    let forecasts = summary.forecasts ?? []
    let body: Markup
    if forecasts.isEmpty {
      body = """
        <p>No forecast was sealed before this run. Surprise can only be measured against what \
        somebody expected: <code>nosce forecast \(summary.experiment.name)</code> records it.</p>
        """
    } else {
      body = """
        <p>Probabilities of ending as supported, sealed before the run. Bits say how surprising a \
        result was: 0 was certain, 1 a coin's toss. What is not testable is void.</p>
        \(forecasts.map(table))
        """
    }
    return Section(
      anchor: "forecasts", title: "Forecasts", short: "Forecasts", body: body)
  }

  private func table(_ forecast: RunSummary.ForecastResult) -> Markup {
    if let problem = forecast.problem {
      return "<p class=\"bad\"><strong>Not scored.</strong> \(problem)</p>"
    }
    var caption = "\(forecast.forecaster)"
    if forecast.isSubject { caption += ", the subject itself, asked before training" }
    caption += ", sealed \(forecast.sealed), seal \(forecast.seal.prefix(12))."
    if forecast.afterTheFact { caption += " AFTER THE FACT: not scored." }
    if let brier = forecast.brier {
      caption +=
        " Brier \(Number.probability(brier)), log score \(Number.value(forecast.logScore)) bits "
        + "over \(Number.count(forecast.scored, "contrast"))."
    }
    var table = PageTable(
      caption: caption,
      columns: [
        ("contrast", true), ("said", false), ("verdict", true), ("surprise, bits", false),
        ("Brier", false),
      ])
    table.rows = forecast.items.map { item -> [Markup] in
      [
        "\(item.contrast)", "\(Number.constant(item.probability))",
        VerdictTag.markup(item.verdict), "\(Number.value(item.surprise))",
        "\(Number.probability(item.brier))",
      ]
    }
    return table.markup()
  }
}
