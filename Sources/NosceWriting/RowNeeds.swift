import NosceRows
import Synchronization

/// Finds out which rows of models a plan needs, while the plan is made: where rows are not written yet
/// it gives placeholders, so that all the rest of the plan can be seen.
package final class RowNeeds: WrittenRows {
  private let folder: RowFolder
  private let needed = Mutex<[(pool: RowPool, count: Int)]>([])

  package init(_ folder: RowFolder) { self.folder = folder }

  /// Each pool with the largest number of rows that is asked for, in the order of the plan.
  package var pools: [(pool: RowPool, count: Int)] { needed.withLock { $0 } }

  package func rows(_ count: Int, of pool: RowPool) throws -> [TrainingRow] {
    needed.withLock { needed in
      if let place = needed.firstIndex(where: { $0.pool == pool }) {
        needed[place].count = max(needed[place].count, count)
      } else {
        needed.append((pool, count))
      }
    }
    return try folder.count(of: pool) >= count
      ? try folder.rows(count, of: pool) : try PlaceholderRows().rows(count, of: pool)
  }

  /// What is not written yet.
  package func missing() throws -> [RowWork] {
    try pools.compactMap { pool, count in
      let written = try folder.count(of: pool)
      return written < count ? RowWork(pool: pool, written: written, count: count) : nil
    }
  }
}

/// Rows that are still to be written.
package struct RowWork: Sendable, Hashable {
  package var pool: RowPool
  /// How many there are.
  package var written: Int
  /// How many there are to be.
  package var count: Int

  package var missing: Int { count - written }

  package init(pool: RowPool, written: Int, count: Int) {
    self.pool = pool
    self.written = written
    self.count = count
  }
}

extension [RowWork] {
  /// How many rows are missing altogether.
  package var missing: Int { reduce(0) { $0 + $1.missing } }

  /// The words with how many of their rows are missing.
  package var words: String {
    map { "\($0.pool.name) \($0.missing)" }.joined(separator: ", ")
  }
}
