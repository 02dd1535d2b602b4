import NosceRuns

/// Every text of every scored question with its log-probability, as a table.
package enum ScoredTextExport {
  /// One text of one answer.
  private struct Line {
    var measurement: Measurement
    var scored: ScoredTexts
    var place: Int
  }

  /// - Parameter records: every answer of the run; those that scored nothing, and those of earlier
  ///   versions, which kept no log-probabilities, have no line.
  package static func table(_ records: [Measurement]) -> ExportTable {
    let lines = records.flatMap { record -> [Line] in
      guard let scored = record.graded.scored else { return [] }
      return scored.texts.indices.map { Line(measurement: record, scored: scored, place: $0) }
    }
    return ExportTable(
      "scored_texts",
      "One row for each given text of each scored question: what its score is made of. Empty for runs "
        + "that were begun before these were kept.", lines,
      [
        .text("cell", "the planned subject (subjects.csv)") { $0.measurement.graded.cell },
        .text("arm", "the arm") { $0.measurement.arm },
        .text("task", "the task") { $0.measurement.task },
        .count("seed", "the seed; of an arm that is not trained, its persona") {
          $0.measurement.seed
        },
        .text("kind", "main for subjects that enter contrasts, else of which curve or dose") {
          $0.measurement.kind
        },
        .text("probe", "the probe") { $0.measurement.graded.probe },
        .count("step", "training step after which it was asked; 0 is after the last") {
          $0.measurement.graded.step
        },
        .count("item", "number of the question in the probe, from 0") {
          $0.measurement.graded.item
        },
        .count("place", "number of the text among those of the question, from 0") { $0.place },
        .text("candidate", "what is chosen or said by the text") { $0.scored.name($0.place) },
        .text("text", "the text whose probability was taken") { $0.scored.texts[$0.place] },
        .number("log_prob", "its log-probability in nats; empty where it is not known") {
          $0.scored.logProbabilities[$0.place]
        },
        .number(
          "base_log_prob", "base's of the same text, where the probe takes it away; empty elsewhere"
        ) { line in line.scored.base.flatMap { $0[line.place] } },
        .flag("is_answer", "it counts as the answer, as no point of a scale does") {
          $0.scored.counting.contains($0.place)
        },
      ])
  }
}
