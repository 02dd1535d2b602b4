import NosceExperiment
import NosceRuns

/// Tells which subjects were trained and asked to the end.
struct MeasuredSubjects {
  private let record: RunRecord
  private let trained: Set<String>
  private let answered: [String: [UnitKey: Int]]

  init(_ record: RunRecord) {
    self.record = record
    trained = Set(record.training.map(\.cell))
    answered = record.byUnit().mapValues { units in units.mapValues(\.count) }
  }

  /// Whether a subject has its adapter, where it is to have one, and has answered all of these probes that it
  /// is asked.
  func have(_ cell: PlannedCell, _ probes: Set<String>) -> Bool {
    (cell.isUntrained || trained.contains(cell.id))
      && cell.units.filter { probes.contains($0.probe) }.allSatisfy { unit in
        answered[cell.id]?[UnitKey(probe: unit.probe, step: unit.step)] == unit.items
      }
  }

  /// The probes that are asked, of those that are named and those that they are computed from.
  func asked(_ names: [String]) -> Set<String> {
    Set(
      names.flatMap { name -> [String] in
        record.plan.experiment.probe(name)?.difference.map { [$0.of, $0.minus] } ?? [name]
      })
  }
}
