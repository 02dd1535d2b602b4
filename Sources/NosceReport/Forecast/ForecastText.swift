import NosceCore
import NosceStatistics
import NosceStudy
import NosceText

/// Scores and calibration as text, with a chart of characters.
package enum ForecastText {
  package static func render(_ book: ForecastBook, width: Int = 80) -> String {
    var lines: [String] = []
    if let everybody = book.everybody {
      let groups = book.forecasters.map { (ColumnText.clean($0.name), $0.calibration) }
      let name = min(24, max(10, groups.map { ColumnText.width($0.0) }.max() ?? 0)) + 2
      lines.append(
        ColumnText.pad("forecaster", name) + "    n   Brier  bits    said  happened")
      for (forecaster, calibration) in groups { lines.append(row(forecaster, calibration, name)) }
      if groups.count > 1 { lines.append(row("everybody", everybody, name)) }
      for (forecaster, calibration) in groups {
        lines += ["", forecaster] + chart(calibration, width: width)
      }
      if groups.count > 1 { lines += ["", "everybody"] + chart(everybody, width: width) }
      lines += [
        "",
        "o said, x happened, * both; dashes are the exact 95% interval of what happened.",
        "Brier: 0 is perfect, 0.25 knows nothing. Bits: the mean surprise, 1 knows nothing.",
        "Contrasts of one run are not independent of each other.",
      ]
    } else {
      lines.append(
        "No forecast has a score yet. `nosce forecast EXPERIMENT` seals one before a run.")
    }
    if book.void > 0 {
      lines.append("\(book.void) void: not testable, incomplete, or exploratory.")
    }
    if book.afterTheFact > 0 { lines.append("\(book.afterTheFact) after the fact, not scored.") }
    lines += book.problems.map { "Not scored: \(ColumnText.clean($0))" }
    return lines.joined(separator: "\n")
  }

  private static func row(_ name: String, _ calibration: Calibration, _ width: Int) -> String {
    let share = Double(calibration.happened) / Double(calibration.count)
    return ColumnText.pad(name, width) + ColumnText.pad("\(calibration.count)", 5, right: true)
      + ColumnText.pad(Number.probability(calibration.brier), 8, right: true)
      + ColumnText.pad(Number.value(calibration.logScore), 6, right: true)
      + ColumnText.pad(Number.value(calibration.meanForecast), 8, right: true)
      + ColumnText.pad(Number.value(share), 10, right: true)
  }

  /// A line for each bin: where the forecasts lie and where what happened lies.
  private static func chart(_ calibration: Calibration, width: Int) -> [String] {
    let columns = min(51, max(21, width - 45))
    func place(_ share: Double) -> Int { Int((share * Double(columns - 1)).rounded()) }
    return calibration.bins.map { bin in
      var bar = [Character](repeating: " ", count: columns)
      for column in place(bin.interval.lower)...place(bin.interval.upper) { bar[column] = "-" }
      bar[place(bin.meanForecast)] = "o"
      bar[place(bin.share)] = place(bin.share) == place(bin.meanForecast) ? "*" : "x"
      let range = "\(Number.constant(bin.lower))-\(Number.constant(bin.upper))"
      return "  \(ColumnText.pad(range, 8)) \(ColumnText.pad("n \(bin.count)", 6)) "
        + "|\(String(bar))| \(Number.value(bin.share)) "
        + Number.interval(bin.interval)
    }
  }
}
