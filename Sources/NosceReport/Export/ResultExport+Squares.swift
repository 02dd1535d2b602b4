import NosceVerdicts

extension ResultExport {
  /// One value of a square.
  private struct Cell {
    var contrast: RunSummary.ContrastResult
    var family: Int
    var trained: String
    var asked: String
    var value: Double
  }

  func squares() -> ExportTable {
    let cells = summary.contrasts.flatMap { contrast in
      (contrast.square?.families ?? []).enumerated().flatMap { number, family in
        zip(family.names, family.values).flatMap { trained, values in
          zip(family.names, values).map { asked, value in
            Cell(
              contrast: contrast, family: number + 1, trained: trained, asked: asked, value: value)
          }
        }
      }
    }
    return ExportTable(
      "squares",
      "One row for each name that was trained and each that was asked for in its family.",
      cells,
      origin() + [
        .text("contrast", "the contrast") { $0.contrast.name },
        .count("family", "number of the family, from 1") { $0.family },
        .text("trained", "the name that the subject was trained on") { $0.trained },
        .text("asked", "the name that it was asked for") { $0.asked },
        .number("value", "log-probability less base's in nats, averaged over asks and replicates") {
          $0.value
        },
      ])
  }
}
