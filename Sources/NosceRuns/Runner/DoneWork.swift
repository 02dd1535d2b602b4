import Foundation

/// What a run folder has already.
struct DoneWork: Sendable {
  let items: [String: [UnitKey: Set<Int>]]
  /// What each training came to.
  let trained: [String: TrainingRecord]
  /// The copies along the way by subject and step, with the names of those that are served.
  let snapshots: [String: [Int: String?]]
  /// Why subjects failed, by subject.
  let failures: [String: String]

  init(_ folder: RunFolder) async throws {
    items = try await folder.store.answeredItems()
    trained = Dictionary(
      try await folder.store.trainingRecords().map { ($0.cell, $0) },
      uniquingKeysWith: { first, _ in first })
    snapshots = try await folder.store.snapshots()
    failures = Dictionary(
      try await folder.store.failures().map { ($0.cell, $0.error) },
      uniquingKeysWith: { first, _ in first })
  }

  func items(of unit: PlannedUnit, _ cell: PlannedCell) -> Set<Int> {
    items[cell.id]?[UnitKey(probe: unit.probe, step: unit.step)] ?? []
  }

  func isFinished(of cell: PlannedCell) -> (PlannedUnit) -> Bool {
    { items(of: $0, cell).count == $0.items }
  }

  func isFinished(_ cell: PlannedCell) -> Bool {
    (cell.isUntrained || trained[cell.id] != nil)
      && cell.units.allSatisfy(isFinished(of: cell))
  }
}
