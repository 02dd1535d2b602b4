/// How far a run has come: which of the planned subjects are done, failed or still to be run.
package struct RunStanding: Sendable, Hashable {
  package enum State: String, Codable, Sendable, Hashable {
    /// Trained, and asked everything.
    case done
    /// Ended by an error before all of it was measured.
    case failed
    case notYet = "not yet"
  }

  /// By subject.
  private let states: [String: State]
  package let subjects: Int

  package init(_ record: RunRecord) {
    let units = record.byUnit()
    let failed = Set(record.failures.map(\.cell))
    states = Dictionary(
      record.plan.cells.map { cell in
        let isDone = cell.units.allSatisfy { unit in
          units[cell.id]?[UnitKey(probe: unit.probe, step: unit.step)]?.count == unit.items
        }
        return (cell.id, isDone ? .done : failed.contains(cell.id) ? .failed : .notYet)
      }, uniquingKeysWith: { first, _ in first })
    subjects = record.plan.cells.count
  }

  package func state(of cell: String) -> State { states[cell] ?? .notYet }

  package func count(_ state: State) -> Int { states.values.count { $0 == state } }

  /// Whether a subject was not run yet; one that failed was.
  package var isUnfinished: Bool { count(.notYet) > 0 }

  /// `8 of 25 subjects`, and how many failed.
  package var words: String {
    let failed = count(.failed)
    return "\(count(.done)) of \(subjects) subjects" + (failed > 0 ? ", \(failed) failed" : "")
  }
}
