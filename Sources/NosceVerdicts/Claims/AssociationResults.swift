import NosceExperiment
import NosceRuns
import NosceStatistics

/// What came out for the associations of an experiment.
struct AssociationResults {
  let record: RunRecord
  private let scores: ScoreTable

  init(_ record: RunRecord) {
    self.record = record
    scores = ScoreTable(record)
  }

  func results() throws -> [RunSummary.AssociationResult] {
    try record.plan.experiment.associations.map(result)
  }

  private func result(_ association: Association) throws -> RunSummary.AssociationResult {
    let points = association.arms.flatMap { arm in
      self.points(arm: arm, association.probe, association.otherProbe)
    }
    let pairs = association.arms.map { arm in
      points.filter { $0.arm == arm }.map { AssociationTest.Pair(block: $0.seed, x: $0.x, y: $0.y) }
    }
    let test = try AssociationTest(arms: pairs, seed: record.plan.experiment.seed)
    // As with contrasts, a run shows none before its end.
    let isAtEnd = !record.standing.isUnfinished
    return RunSummary.AssociationResult(
      name: association.name, probe: association.probe, otherProbe: association.otherProbe,
      arms: association.arms, coefficient: isAtEnd ? test.coefficient : nil,
      p: isAtEnd ? test.p : nil, subjects: test.subjects,
      test: test.isExact
        ? "blocks moved together in all arms, all \(Int(test.arrangements)) arrangements"
        : "blocks moved together in all arms, \(AssociationTest.drawCount) drawn arrangements",
      points: points)
  }

  /// One point for each seed: its means over the tasks in which it has both scores.
  private func points(
    arm: String, _ probe: String, _ otherProbe: String
  ) -> [RunSummary.AssociationResult.Point] {
    let others = scores.entries(arm: arm, probe: otherProbe)
    let bySeed = Dictionary(grouping: scores.entries(arm: arm, probe: probe), by: \.seed)
    return bySeed.sorted { $0.key < $1.key }.compactMap { seed, entries in
      let pairs = entries.compactMap { entry -> (x: Double, y: Double)? in
        let other = others.first { $0.seed == seed && $0.task == entry.task }
        guard let x = entry.mean, let y = other?.mean else { return nil }
        return (x, y)
      }
      if pairs.isEmpty { return nil }
      let count = Double(pairs.count)
      return .init(
        arm: arm, seed: seed, x: pairs.reduce(0) { $0 + $1.x } / count,
        y: pairs.reduce(0) { $0 + $1.y } / count)
    }
  }
}
