import NosceCore
import NosceText
import NosceVerdicts

extension TerminalSummary.Page {
  /// A line for each forecaster; nothing where no forecast was made.
  mutating func addForecasts() {
    let forecasts = summary.forecasts ?? []
    guard !forecasts.isEmpty else { return }
    addHeading("forecasts", note: "sealed before the run; bits are surprise")
    let names = forecasts.map { ColumnText.clean($0.forecaster) }
    let nameWidth = min(max(6, names.map(ColumnText.width).max() ?? 0), 20) + 2
    for (name, forecast) in zip(names, forecasts).prefix(6) {
      lines.append(
        ColumnText.truncate("  " + ColumnText.pad(name, nameWidth) + score(of: forecast), width))
    }
    if forecasts.count > 6 { lines.append("  and \(forecasts.count - 6) more, in the report") }
  }

  private func score(of forecast: RunSummary.ForecastResult) -> String {
    if let problem = forecast.problem { return "not scored: \(ColumnText.clean(problem))" }
    if forecast.afterTheFact { return "after the fact, not scored" }
    guard let brier = forecast.brier else { return "void: nothing was testable" }
    let primary = summary.contrasts.first { $0.primary }?.name
    let said = forecast.items.first { $0.contrast == primary }.map { item in
      "; primary said \(Number.constant(item.probability)), \(Number.value(item.surprise)) bits"
    }
    let void = forecast.items.count - forecast.scored
    return "Brier \(Number.probability(brier)), \(Number.value(forecast.logScore)) bits, "
      + Number.count(forecast.scored, "contrast") + (void > 0 ? " (\(void) void)" : "")
      + (said ?? "")
  }
}
