import NosceCore
import NosceExperiment
import NosceStatistics

/// The scores that a contrast compares, block by block.
struct ClaimScores {
  private let contrast: Contrast
  private let experiment: Experiment
  private let treatment: [Int: BlockScore]
  private let floors: [(floor: Contrast.Floor, kind: FloorKind, scores: [Int: BlockScore])]

  init(_ contrast: Contrast, experiment: Experiment, scores: ScoreTable) {
    self.contrast = contrast
    self.experiment = experiment
    treatment = scores.blocks(arm: contrast.treatment, probe: contrast.probe)
    floors = contrast.floors.map { floor in
      (
        floor, FloorKind(contrast, floor, in: experiment),
        scores.blocks(arm: floor.arm, probe: floor.probe ?? contrast.probe)
      )
    }
  }

  /// The claim's test, or nil where a floor that binds has no block in common with the treatment.
  var test: ClaimTest? {
    var tested: [ClaimTest.Floor] = []
    for (floor, kind, scores) in floors where kind.binds {
      if kind == .constant {
        // What has no range is not held against a constant (``ExperimentCheck``).
        guard let constant = mean(scores), !treatment.isEmpty, let bounds else { return nil }
        tested.append(
          .init(name: floor.name, treatment: values, constant: constant, bounds: bounds))
      } else {
        let pairs = pairs(floor, scores)
        if pairs.isEmpty { return nil }
        tested.append(
          .init(name: floor.name, treatment: pairs.map(\.0), floor: pairs.map(\.1)))
      }
    }
    if tested.isEmpty { return nil }
    return ClaimTest(
      floors: tested, direction: contrast.direction, level: contrast.level,
      smallestEffect: contrast.smallestEffect, seed: experiment.seed)
  }

  /// The treatment beside each floor, in the order of the experiment, whether it binds or not.
  func comparisons(_ result: ClaimResult) throws -> [RunSummary.FloorComparison] {
    var tested = result.floors[...]
    return try floors.map { floor, kind, scores in
      guard kind.binds else { return try beside(floor, scores) }
      guard let result = tested.popFirst() else {
        preconditionFailure("a floor that binds has a result")
      }
      return RunSummary.FloorComparison(
        arm: floor.arm, probe: floor.probe, estimate: result.estimate, interval: result.interval,
        logOdds: result.logOdds, p: result.p, test: result.test, seeds: result.blocks,
        ruledOutBeyond: result.mostAtShare.map { contrast.direction.sign * $0 },
        hasLoneBlocks: result.hasLoneBlocks)
    }
  }

  /// Base where it is the same in every block: its difference is shown, with the bound for the
  /// treatment's mean.
  private func beside(
    _ floor: Contrast.Floor, _ scores: [Int: BlockScore]
  ) throws -> RunSummary.FloorComparison {
    var shown = RunSummary.FloorComparison(
      arm: floor.arm, probe: floor.probe, estimate: nil, interval: nil, p: nil,
      test: "shown beside: the same in every block", seeds: treatment.count, binds: false)
    guard let constant = mean(scores), !treatment.isEmpty else { return shown }
    guard let bounds else {
      shown.estimate = values.reduce(0, +) / Double(values.count) - constant
      return shown
    }
    let one = try ConstantComparison(values, constant: constant, bounds: bounds)
    let ends = one.ends(tail: contrast.level)
    shown.estimate = one.estimate
    shown.interval = OpenInterval(
      lower: ends.lower, upper: ends.upper, level: contrast.intervalLevel)
    return shown
  }

  private var values: [Double] { treatment.sorted { $0.key < $1.key }.map(\.value.value) }

  private func mean(_ scores: [Int: BlockScore]) -> Double? {
    if scores.isEmpty { return nil }
    return scores.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value.value }
      / Double(scores.count)
  }

  /// The blocks that have both scores. Base has a block for each host, and seeds that share a host
  /// share it.
  private func pairs(
    _ floor: Contrast.Floor, _ scores: [Int: BlockScore]
  ) -> [(BlockScore, BlockScore)] {
    let isTrained = experiment.arm(floor.arm)?.isTrained ?? true
    let hosts = experiment.differentSeeds
    return treatment.sorted { $0.key < $1.key }.compactMap { seed, own in
      let other =
        isTrained || scores[seed] != nil
        ? scores[seed] : scores.first { ($0.key - seed) % hosts == 0 }?.value
      return other.map { (own, $0) }
    }
  }

  /// The widest range among the scores that are compared; nil where one of them has none.
  private var bounds: ClosedRange<Double>? {
    let names = [contrast.probe] + contrast.floors.compactMap(\.probe)
    let ranges = names.map { experiment.probe($0)?.bounds }
    if ranges.contains(nil) { return nil }
    return (ranges.compactMap { $0?.lowerBound }.min() ?? 0)...1
  }
}
