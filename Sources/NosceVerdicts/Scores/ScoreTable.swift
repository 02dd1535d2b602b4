import NosceCore
import NosceExperiment
import NosceRuns
import NosceStatistics

/// The scores of the subjects that enter contrasts, by arm and probe.
package struct ScoreTable: Sendable {
  /// What one subject scored on one probe, with its denominators.
  package struct Entry: Sendable, Hashable {
    package var seed: Int
    package var task: String
    package var scores: [Double] = []
    package var outcomes: [Outcome.Kind: Int] = [:]
    /// Of the answers to given texts, scored or not.
    package var masses: [Double] = []
    package var planned = 0
    package var isFinished = false

    /// How many answers were scored.
    package var kept: Int { outcomes[.scored] ?? 0 }

    /// Whether what was scored is so many of so many answers, rather than shares of probability.
    package var isCount = true

    /// In the probe's own unit and on log-odds; nil where nothing was scored.
    package var block: BlockScore? {
      guard let mean else { return nil }
      if isNoShare { return BlockScore(mean) }
      return isCount
        ? BlockScore(hits: scores.reduce(0, +), count: scores.count) : BlockScore(share: mean)
    }

    /// Whether it is one score less another, or a log of odds, neither of which is a share of anything.
    package var isNoShare = false

    package var mean: Double? {
      scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count)
    }

    /// What the same subject scored here less what it scored there: one score, and the
    /// denominators of both.
    func less(_ other: Entry) -> Entry {
      var result = Entry(seed: seed, task: task)
      result.isNoShare = true
      if let mean, let floor = other.mean { result.scores = [mean - floor] }
      result.outcomes = outcomes.merging(other.outcomes, uniquingKeysWith: +)
      result.planned = planned + other.planned
      result.isFinished = isFinished && other.isFinished
      return result
    }
  }

  private struct Key: Hashable {
    var arm: String
    var probe: String
  }

  private let entries: [Key: [Entry]]
  private let tasks: [String]

  package init(_ record: RunRecord) {
    let units = record.byUnit()
    var entries: [Key: [Entry]] = [:]
    var tasks: [String] = []
    let counted = Set(record.plan.experiment.probes.filter(\.countsAnswers).map(\.name))
    let inNats = Set(record.plan.experiment.probes.filter(\.isLogOdds).map(\.name))
    for cell in record.plan.cells where cell.isMain {
      if !tasks.contains(cell.task.name) { tasks.append(cell.task.name) }
      for unit in cell.units {
        let rows = units[cell.id]?[UnitKey(probe: unit.probe, step: unit.step)] ?? []
        var entry = Entry(seed: cell.seed, task: cell.task.name)
        entry.planned = unit.items
        entry.isCount = counted.contains(unit.probe)
        entry.isNoShare = inNats.contains(unit.probe)
        entry.isFinished = rows.count == unit.items
        entry.scores = rows.compactMap(\.score)
        entry.masses = rows.compactMap(\.mass)
        for row in rows { entry.outcomes[row.outcome.kind, default: 0] += 1 }
        entries[Key(arm: cell.arm, probe: unit.probe), default: []].append(entry)
      }
    }
    for probe in record.plan.experiment.probes {
      guard let difference = probe.difference else { continue }
      for arm in record.plan.experiment.arms where probe.asks(arm: arm.name) {
        let own = entries[Key(arm: arm.name, probe: difference.of)] ?? []
        let other = entries[Key(arm: arm.name, probe: difference.minus)] ?? []
        let derived = own.compactMap { entry in
          other.first { $0.seed == entry.seed && $0.task == entry.task }.map(entry.less)
        }
        if !derived.isEmpty { entries[Key(arm: arm.name, probe: probe.name)] = derived }
      }
    }
    self.entries = entries
    self.tasks = tasks
  }

  package func entries(arm: String, probe: String) -> [Entry] {
    entries[Key(arm: arm, probe: probe)] ?? []
  }

  /// Scores by seed and task; nil where nothing was asked.
  package func table(arm: String, probe: String) throws -> (seeds: [Int], table: TaskTable)? {
    let entries = entries(arm: arm, probe: probe)
    if entries.isEmpty { return nil }
    let seeds = Set(entries.map(\.seed)).sorted()
    let scores = seeds.map { seed in
      tasks.map { task in entries.first { $0.seed == seed && $0.task == task }?.mean }
    }
    return (seeds, try TaskTable(scores: scores))
  }

  package var taskNames: [String] { tasks }

  /// By seed, the mean over its tasks, of the seeds that have a score.
  package func blocks(arm: String, probe: String) -> [Int: BlockScore] {
    Dictionary(grouping: entries(arm: arm, probe: probe), by: \.seed).compactMapValues { entries in
      let blocks = entries.compactMap(\.block)
      if blocks.isEmpty { return nil }
      let count = Double(blocks.count)
      let logOdds = blocks.compactMap(\.logOdds)
      return BlockScore(
        blocks.reduce(0) { $0 + $1.value } / count,
        logOdds: logOdds.count == blocks.count ? logOdds.reduce(0, +) / count : nil)
    }
  }
}
