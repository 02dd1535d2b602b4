import NosceCore
import NosceExperiment
import NosceRuns
import NosceStatistics

/// What each arm scored on each probe, with all its denominators.
struct ArmResults {
  let record: RunRecord
  private let scores: ScoreTable

  init(_ record: RunRecord) {
    self.record = record
    scores = ScoreTable(record)
  }

  func results() throws -> [RunSummary.ArmResult] {
    let experiment = record.plan.experiment
    return try experiment.probes.flatMap { probe in
      try experiment.arms.compactMap { arm in try result(arm, probe) }
    }
  }

  /// What one arm scored on one probe; nil where it was asked nothing that is scored.
  func result(_ arm: Arm, _ probe: Probe) throws -> RunSummary.ArmResult? {
    guard let (seeds, table) = try scores.table(arm: arm.name, probe: probe.name) else {
      return nil
    }
    // What was only kept to be read has no score, and no denominators.
    if probe.isCollected { return nil }
    let entries = scores.entries(arm: arm.name, probe: probe.name)
    func count(_ outcome: Outcome.Kind) -> Int {
      entries.reduce(0) { $0 + ($1.outcomes[outcome] ?? 0) }
    }
    let means = table.perSeed.compactMap(\.self)
    let estimate =
      means.isEmpty
      ? nil
      : try Estimate.mean(of: means, bounds: probe.bounds)
    let direction = record.plan.experiment.contrasts.first { $0.probe == probe.name }?.direction
    let worst = table.worstTask(direction == .less ? .less : .greater)
    return RunSummary.ArmResult(
      arm: arm.name, role: arm.role, probe: probe.name, probeKind: probe.kind,
      mean: estimate?.mean,
      // An untrained arm is one subject: its personas are no sample of trainings.
      interval: arm.isTrained ? estimate?.interval : nil,
      chance: probe.choices.map(record.plan.experiment.chance), kept: count(.scored),
      total: entries.reduce(0) { $0 + $1.planned }, refused: count(.refused),
      unparseable: count(.unparseable), noAnswer: count(.noAnswer),
      incoherent: count(.incoherent), missing: count(.missing),
      mass: entries.flatMap(\.masses).median, seeds: arm.isTrained ? seeds.count : 0,
      perSeed: zip(seeds, table.perSeed).map { seed, mean in
        let own = entries.filter { $0.seed == seed }
        return .init(
          seed: seed, mean: mean, kept: own.reduce(0) { $0 + $1.kept },
          total: own.reduce(0) { $0 + $1.planned })
      },
      perTask: zip(scores.taskNames, table.perTask).map { .init(task: $0, mean: $1) },
      worstTask: worst.map { scores.taskNames[$0] },
      making: arm.adapter?.words ?? arm.context?.words)
  }
}
