import Foundation

/// Every measurement of a run as a flat table, in the order of the plan.
package struct MeasurementTable: Sendable {
  package struct Row: Codable, Sendable, Equatable {
    package var cell: String
    package var arm: String
    package var role: String
    package var task: String
    package var seed: Int
    /// `main`, the kind of curve, or `dose`.
    package var kind: String
    package var step: Int
    package var probe: String
    package var probeKind: String
    package var item: Int
    package var paraphrase: Int
    package var sample: Int
    package var system: String?
    package var question: String
    package var prefill: String?
    package var answer: String?
    package var outcome: String
    package var score: Double?
    package var detail: String?
  }

  package static let columns = [
    "cell", "arm", "role", "task", "seed", "kind", "step", "probe", "probeKind", "item",
    "paraphrase", "sample", "system", "question", "prefill", "answer", "outcome", "score", "detail",
  ]

  package var rows: [Row]

  package init(_ record: RunRecord) {
    let units = record.byUnit()
    let kinds = Dictionary(
      record.plan.experiment.probes.map { ($0.name, $0.kind.rawValue) },
      uniquingKeysWith: { first, _ in first })
    rows = record.plan.cells.flatMap { cell in
      cell.units.flatMap { unit in
        (units[cell.id]?[UnitKey(probe: unit.probe, step: unit.step)] ?? []).map { row in
          Row(
            cell: cell.id, arm: cell.arm, role: cell.role.rawValue, task: cell.task.name,
            seed: cell.seed, kind: cell.kind.name, step: unit.step, probe: unit.probe,
            probeKind: kinds[unit.probe] ?? "", item: row.item, paraphrase: row.paraphrase,
            sample: row.sample, system: row.messages.first { $0.role == .system }?.content,
            question: row.messages.last { $0.role == .user }?.content ?? "", prefill: row.prefill,
            answer: row.answer, outcome: row.outcome, score: row.score, detail: row.detail)
        }
      }
    }
  }

  /// The cells of a row in the order of `columns`; nil where there is nothing.
  package static func values(of row: Row) -> [String?] {
    [
      row.cell, row.arm, row.role, row.task, String(row.seed), row.kind, String(row.step),
      row.probe, row.probeKind, String(row.item), String(row.paraphrase), String(row.sample),
      row.system, row.question, row.prefill, row.answer, row.outcome,
      row.score.map { "\($0)" }, row.detail,
    ]
  }
}

extension PlannedCell.Kind {
  package var name: String {
    switch self {
    case .main: "main"
    case .dose(let settings, let isGrid):
      isGrid ? "dose" : settings.first?.axis.rawValue ?? "dose"
    }
  }
}

extension RunRecord {
  /// The answers of the subjects that enter contrasts, in the order of the plan.
  package func transcripts() -> [TranscriptRecord] {
    let units = byUnit()
    return plan.cells.filter(\.isMain).flatMap { cell in
      cell.units.flatMap { unit in
        (units[cell.id]?[UnitKey(probe: unit.probe, step: unit.step)] ?? []).map { row in
          TranscriptRecord(
            cell: cell.id, arm: cell.arm, seed: cell.seed, task: cell.task.name, probe: unit.probe,
            paraphrase: row.paraphrase, sample: row.sample, messages: row.messages,
            prefill: row.prefill, answer: row.answer, score: row.score, outcome: row.outcome,
            detail: row.detail)
        }
      }
    }
  }
}
