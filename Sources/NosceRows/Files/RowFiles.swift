import Synchronization

/// The files that a plan is made of, each read once however many subjects are trained on it.
package final class RowFiles: Sendable {
  private let known = Mutex<[RowFileSource: [TrainingRow]]>([:])

  package init() {}

  package func rows(of source: RowFileSource) throws -> [TrainingRow] {
    // How many are drawn, and under which system line, makes no other file.
    var whole = source
    whole.count = nil
    whole.system = .rows
    let file = whole
    if let rows = known.withLock({ $0[file] }) { return rows }
    let rows = try file.rows()
    known.withLock { $0[file] = rows }
    return rows
  }
}
