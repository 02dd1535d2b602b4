import NosceCore

/// Scores by seed and task: the mean over tasks within each seed, and the worst task.
package struct TaskTable: Equatable, Sendable {
  /// The mean over the tasks that have a score, for each seed; `nil` where none has.
  package let perSeed: [Double?]
  /// The mean over the seeds that have a score, for each task; `nil` where none has.
  package let perTask: [Double?]
  /// How many cells have no score. Seed means over different tasks are not quite comparable.
  package let missing: Int

  /// - Parameter scores: one row per seed, one column per task; `nil` where there is no score.
  package init(scores: [[Double?]]) throws {
    let tasks = scores.first?.count ?? 0
    for (seed, row) in scores.enumerated() {
      guard row.count == tasks else {
        throw StatisticsError.unequalLengths(
          name: "seed \(seed + 1)", count: row.count, otherName: "seed 1", otherCount: tasks)
      }
      if let task = row.firstIndex(where: { $0?.isFinite == false }) {
        throw StatisticsError.notFinite(name: "scores of seed \(seed + 1)", index: task)
      }
    }
    perSeed = scores.map(Self.mean)
    perTask = (0..<tasks).map { task in Self.mean(scores.map { $0[task] }) }
    missing = scores.reduce(0) { $0 + $1.count { $0 == nil } }
  }

  /// The task that speaks most against the claim; the first one where several do equally.
  package func worstTask(_ direction: Direction = .greater) -> Int? {
    var worst: (index: Int, score: Double)?
    for (index, mean) in perTask.enumerated() {
      guard let mean else { continue }
      let score = direction.sign * mean
      if worst.map({ score < $0.score }) ?? true { worst = (index, score) }
    }
    return worst?.index
  }

  private static func mean(_ scores: [Double?]) -> Double? {
    let present = scores.compactMap(\.self)
    return present.isEmpty ? nil : present.reduce(0, +) / Double(present.count)
  }
}
