/// How much of each subject a store holds.
package struct StoredSubjects: Sendable {
  package enum State: Sendable, Hashable {
    case nothing, partly, whole
  }

  private let answered: [String: [UnitKey: Set<Int>]]
  private let trained: Set<String>

  init(_ answered: [String: [UnitKey: Set<Int>]], trained: Set<String>) {
    self.answered = answered
    self.trained = trained
  }

  /// How much it holds of some subjects together.
  package func of(_ cells: [PlannedCell]) -> State {
    if cells.allSatisfy(isWhole) { return .whole }
    return cells.contains { answered[$0.id] != nil || trained.contains($0.id) } ? .partly : .nothing
  }

  private func isWhole(_ cell: PlannedCell) -> Bool {
    (cell.isUntrained || trained.contains(cell.id))
      && cell.units.allSatisfy { unit in
        (answered[cell.id]?[UnitKey(probe: unit.probe, step: unit.step)]?.count ?? 0) == unit.items
      }
  }
}

extension RunStore {
  /// How much of each subject it holds.
  package func standing() throws -> StoredSubjects {
    StoredSubjects(try answeredItems(), trained: Set(try trainingRecords().map(\.cell)))
  }
}
