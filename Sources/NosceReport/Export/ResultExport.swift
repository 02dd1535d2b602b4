import NosceCore
import NosceStatistics
import NosceVerdicts

/// What a run came to, as tables: contrasts, gates, associations, curves, forecasts.
package struct ResultExport {
  let summary: RunSummary

  package init(_ summary: RunSummary) { self.summary = summary }

  package var tables: [ExportTable] {
    [
      contrasts(), floors(), squares(), gates(), associations(), associationPoints(), curves(),
      curveFloors(),
      halfways(), forecasts(),
    ]
  }

  func origin<Value>() -> [ExportColumn<Value>] {
    [
      .text("experiment", "the experiment's short name") { _ in summary.experiment.name },
      .text("subject", "the model that was asked") { _ in summary.subject.name },
    ]
  }

  private func contrasts() -> ExportTable {
    ExportTable(
      "contrasts", "One row for each contrast: the treatment against its floors.",
      summary.contrasts,
      origin() + [
        .text("contrast", "the contrast") { $0.name },
        .flag("is_primary", "it carries the verdict") { $0.primary },
        .text("probe", "the probe") { $0.probe },
        .text("treatment", "the arm that is compared with the floors") { $0.treatment },
        .text("direction", "which way it is claimed to differ: greater or less") {
          $0.direction.rawValue
        },
        .text("verdict", "what came out; unfinished while subjects have not been run") {
          $0.verdict.rawValue
        },
        .flag(
          "is_uninferred",
          "an effect is ruled out, and the model does not infer the answer even from a page"
        ) {
          $0.isUninferred == true
        },
        .number("estimate", "treatment minus the hardest floor") { $0.estimate },
      ] + ExportColumn.interval { $0.interval } + [
        .number("p", "the largest p over the floors, one-sided") { $0.p },
        .number("adjusted_p", "Holm-adjusted among the secondary contrasts") { $0.adjustedP },
        .number("alpha", "level of the test") { $0.level },
        .number("smallest_effect", "smallest effect of interest, stated beforehand") {
          $0.smallestEffect
        },
        .count("seeds", "seeds that the estimate rests on") { $0.seeds },
        .number("smallest_p", "smallest p that so many seeds can give, after the adjustment") {
          $0.smallestP
        },
        .whole(
          "seeds_to_decide", "new seeds with which a run would decide an inconclusive contrast"
        ) {
          $0.seedsToDecide
        },
      ])
  }

  private func floors() -> ExportTable {
    typealias Row = (contrast: RunSummary.ContrastResult, floor: RunSummary.FloorComparison)
    let rows: [Row] = summary.contrasts.flatMap { contrast in
      contrast.floors.map { (contrast, $0) }
    }
    let columns: [ExportColumn<Row>] =
      origin() + [
        .text("contrast", "the contrast") { $0.contrast.name },
        .text("floor", "the arm that the treatment is compared with") { $0.floor.arm },
        .text("probe", "the probe that the floor is measured by") {
          $0.floor.probe ?? $0.contrast.probe
        },
        .flag("binds", "the treatment must beat it; base does not bind where it does not vary") {
          $0.floor.binds
        },
        .number("estimate", "treatment minus this floor") { $0.floor.estimate },
      ] + ExportColumn.interval { $0.floor.interval } + [
        .number("log_odds", "the same on log-odds, in nats") { $0.floor.logOdds?.estimate },
        .number("log_odds_lower", "lower end of its interval") { $0.floor.logOdds?.interval.lower },
        .number("log_odds_upper", "upper end of its interval") { $0.floor.logOdds?.interval.upper },
        .number("ruled_out_beyond", "an advantage beyond is ruled out at level / floors") {
          $0.floor.ruledOutBeyond
        },
        .flag("lone_blocks", "single seeds lie so far from the others that nothing is ruled out") {
          $0.floor.hasLoneBlocks
        },
        .number("p", "one-sided; empty where the floor does not bind") { $0.floor.p },
        .text("test", "the test") { $0.floor.test },
        .count("seeds", "seeds that the estimate rests on") { $0.floor.seeds },
      ]
    return ExportTable("floors", "One row for each contrast and floor.", rows, columns)
  }

  private func gates() -> ExportTable {
    ExportTable(
      "gates", "One row for each gate and arm: what must hold before a claim.", summary.gates,
      origin() + [
        .text("gate", "the gate") { $0.name },
        .text("arm", "the arm") { $0.arm },
        .text(
          "state", "passed, failed, exempted, or not yet where its subjects have not all been run"
        ) { $0.state.rawValue },
        .number("value", "what was found") { $0.value },
        .number("threshold", "what is needed at least") { $0.threshold },
        .text("detail", "what was found, in words") { $0.detail },
        .words("exemption", "why the arm is exempted, where the experiment says so") {
          $0.exemption
        },
      ])
  }

  private func associations() -> ExportTable {
    ExportTable(
      "associations", "One row for each pair of probes whose scores may go together.",
      summary.associations ?? [],
      origin() + [
        .text("association", "the association") { $0.name },
        .text("probe", "the probe") { $0.probe },
        .text("other_probe", "the other probe") { $0.otherProbe },
        .text("arms", "the arms, with commas between them") {
          $0.arms.joined(separator: ", ")
        },
        .number("coefficient", "Pearson's, within arms; empty where a score does not vary") {
          $0.coefficient
        },
        .number("p", "two-sided") { $0.p },
        .count("subjects", "subjects that it rests on") { $0.subjects },
        .text("test", "the test") { $0.test },
      ])
  }

  private func associationPoints() -> ExportTable {
    typealias Point = RunSummary.AssociationResult.Point
    typealias Row = (association: RunSummary.AssociationResult, point: Point)
    let rows: [Row] = (summary.associations ?? []).flatMap { association in
      association.points.map { (association, $0) }
    }
    let columns: [ExportColumn<Row>] =
      origin() + [
        .text("association", "the association") { $0.association.name },
        .text("arm", "the arm") { $0.point.arm },
        .count("seed", "the seed") { $0.point.seed },
        .number("x", "the seed's mean on the probe") { $0.point.x },
        .number("y", "the seed's mean on the other probe") { $0.point.y },
      ]
    return ExportTable(
      "association_points", "One row for each association, arm and seed.", rows, columns)
  }

  package func forecasts() -> ExportTable {
    typealias Row = (
      forecast: RunSummary.ForecastResult, item: RunSummary.ForecastResult.Item
    )
    let rows: [Row] = (summary.forecasts ?? []).flatMap { forecast in
      forecast.items.map { (forecast, $0) }
    }
    let columns: [ExportColumn<Row>] =
      origin() + [
        .text("forecaster", "who made it") { $0.forecast.forecaster },
        .flag("is_subject", "the forecaster is the model that the experiment is about") {
          $0.forecast.isSubject
        },
        .text("sealed", "when it was sealed, ISO 8601") { $0.forecast.sealed },
        .flag("after_the_fact", "there was a run already, so that it is not scored") {
          $0.forecast.afterTheFact
        },
        .text("contrast", "the contrast") { $0.item.contrast },
        .number("probability", "of ending as supported") { $0.item.probability },
        .text("verdict", "what came out") { $0.item.verdict.rawValue },
        .number("brier", "Brier score; empty where the contrast is void") { $0.item.brier },
        .number("surprise_bits", "how surprising the result was, in bits") { $0.item.surprise },
        .text("seal", "SHA-256 of the sealed document") { $0.forecast.seal },
      ]
    return ExportTable(
      "forecasts", "One row for each forecast of a contrast; none where no forecast was sealed.",
      rows, columns)
  }
}
