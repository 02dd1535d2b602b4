import NosceStatistics

/// What came out for the associations of an experiment.
struct AssociationResults {
  let record: RunRecord
  private let scores: ScoreTable

  init(_ record: RunRecord) {
    self.record = record
    scores = ScoreTable(record)
  }

  func results() throws -> [RunSummary.Association] {
    try (record.plan.experiment.associations ?? []).map(result)
  }

  private func result(_ association: Association) throws -> RunSummary.Association {
    let points = try association.arms.flatMap { arm in
      try self.points(arm: arm, association.probe, association.otherProbe)
    }
    let groups = association.arms.map { arm in
      points.filter { $0.arm == arm }.map { ($0.x, $0.y) }
    }
    let test = try AssociationTest(groups: groups, seed: record.plan.experiment.seed)
    return RunSummary.Association(
      name: association.name, probe: association.probe, otherProbe: association.otherProbe,
      arms: association.arms, coefficient: test.coefficient, p: test.p, subjects: test.subjects,
      test: test.isExact
        ? "permutation within arms, all \(Int(test.arrangements)) arrangements"
        : "permutation within arms, \(AssociationTest.drawCount) drawn arrangements",
      points: points)
  }

  /// One point for each seed: its means over the tasks in which it has both scores.
  private func points(
    arm: String, _ probe: String, _ otherProbe: String
  ) throws -> [RunSummary.Association.Point] {
    guard let own = try scores.table(arm: arm, probe: probe),
      let other = try scores.table(arm: arm, probe: otherProbe)
    else { return [] }
    return own.seeds.compactMap { seed in
      let pairs = scores.taskNames.compactMap { task -> (Double, Double)? in
        guard
          let x = mean(arm, probe, seed, task), let y = mean(arm, otherProbe, seed, task)
        else { return nil }
        return (x, y)
      }
      guard !pairs.isEmpty, other.seeds.contains(seed) else { return nil }
      let count = Double(pairs.count)
      return .init(
        arm: arm, seed: seed, x: pairs.reduce(0) { $0 + $1.0 } / count,
        y: pairs.reduce(0) { $0 + $1.1 } / count)
    }
  }

  private func mean(_ arm: String, _ probe: String, _ seed: Int, _ task: String) -> Double? {
    scores.entries(arm: arm, probe: probe).first { $0.seed == seed && $0.task == task }?.mean
  }
}
