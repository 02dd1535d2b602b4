import NosceCore
import NosceFormats
import NosceRuns
import NosceVerdicts

/// A run's measurements and transcripts as tables.
package enum MeasurementExport {
  /// One row for each arm and probe, with its interval and every denominator.
  package static func arms(_ summary: RunSummary) -> ExportTable {
    ExportTable(
      columns: [
        "experiment", "subject", "arm", "role", "probe", "probe_kind", "mean", "lower", "upper",
        "level", "chance", "kept", "total", "refused", "unparseable", "incoherent", "missing",
        "seeds", "worst_task",
      ],
      rows: summary.arms.map { arm in
        [
          .text(summary.experiment.name), .text(summary.subject.name), .text(arm.arm),
          .text(arm.role.rawValue), .text(arm.probe), .text(arm.probeKind.rawValue),
          .optional(arm.mean),
          .optional(arm.interval?.lower), .optional(arm.interval?.upper),
          .optional(arm.interval?.level), .optional(arm.chance), .integer(arm.kept),
          .integer(arm.total), .integer(arm.refused), .integer(arm.unparseable),
          .integer(arm.incoherent), .integer(arm.missing), .integer(arm.seeds),
          .optional(arm.worstTask),
        ]
      })
  }

  /// One row for each arm, probe and seed: the values that the tests are made on.
  package static func seeds(_ summary: RunSummary) -> ExportTable {
    ExportTable(
      columns: [
        "experiment", "subject", "arm", "role", "probe", "probe_kind", "seed", "mean", "kept",
        "total",
      ],
      rows: summary.arms.flatMap { arm in
        arm.perSeed.map { value in
          [
            .text(summary.experiment.name), .text(summary.subject.name), .text(arm.arm),
            .text(arm.role.rawValue), .text(arm.probe), .text(arm.probeKind.rawValue),
            .integer(value.seed),
            .optional(value.mean), .integer(value.kept), .integer(value.total),
          ]
        }
      })
  }

  /// One row for each arm, probe and task (in hello, each word).
  package static func tasks(_ summary: RunSummary) -> ExportTable {
    ExportTable(
      columns: [
        "experiment", "subject", "arm", "role", "probe", "probe_kind", "task", "mean", "worst",
      ],
      rows: summary.arms.flatMap { arm in
        arm.perTask.map { value in
          [
            .text(summary.experiment.name), .text(summary.subject.name), .text(arm.arm),
            .text(arm.role.rawValue), .text(arm.probe), .text(arm.probeKind.rawValue),
            .text(value.task),
            .optional(value.mean), .integer(value.task == arm.worstTask ? 1 : 0),
          ]
        }
      })
  }

  /// One row for each forecast of a contrast; none where no forecast was sealed.
  package static func forecasts(_ summary: RunSummary) -> ExportTable {
    ExportTable(
      columns: [
        "experiment", "subject", "forecaster", "is_subject", "sealed", "after_the_fact",
        "contrast", "probability", "verdict", "brier", "surprise_bits", "seal",
      ],
      rows: (summary.forecasts ?? []).flatMap { forecast in
        forecast.items.map { item in
          [
            .text(summary.experiment.name), .text(summary.subject.name),
            .text(forecast.forecaster), .integer(forecast.isSubject ? 1 : 0),
            .text(forecast.sealed), .integer(forecast.afterTheFact ? 1 : 0),
            .text(item.contrast), .number(item.probability), .text(item.verdict.rawValue),
            .optional(item.brier), .optional(item.surprise), .text(forecast.seal),
          ]
        }
      })
  }

  /// One row for each answer of the subjects that enter contrasts; the messages are a JSON array.
  package static func transcripts(_ records: [Measurement]) -> ExportTable {
    ExportTable(
      columns: [
        "cell", "arm", "seed", "task", "probe", "paraphrase", "sample", "messages", "prefill",
        "answer", "score", "outcome", "detail",
      ],
      rows: records.map { record -> [ExportTable.Cell] in
        let graded = record.graded
        return [
          .text(graded.cell), .text(record.arm), .integer(record.seed), .text(record.task),
          .text(graded.probe), .integer(graded.paraphrase), .integer(graded.sample),
          .json(messages(of: graded)), .optional(graded.prefill), .optional(graded.answer),
          .optional(graded.score), .text(graded.outcome.kind.rawValue), .optional(graded.detail),
        ]
      })
  }

  private static func messages(of graded: GradedAnswer) -> String {
    let items = graded.messages.map { message in
      "{\"role\":\(JSONText.quote(message.role.rawValue)),"
        + "\"content\":\(JSONText.quote(message.content))}"
    }
    return "[\(items.joined(separator: ","))]"
  }
}
