import Foundation
import NosceCore
import NosceExperiment
import NosceRuns
import NosceStatistics

/// Draws the verdict on each contrast of an experiment.
struct ContrastResults {
  struct Evaluated {
    var result: RunSummary.ContrastResult
    /// Why it is not testable.
    var reason: String?
    var oppositeP: Double?
  }

  let record: RunRecord
  let gates: [RunSummary.GateResult]
  private let scores: ScoreTable

  init(record: RunRecord, gates: [RunSummary.GateResult]) {
    self.record = record
    self.gates = gates
    scores = ScoreTable(record)
  }

  private var experiment: Experiment { record.plan.experiment }

  func contrasts() throws -> [Evaluated] {
    // Before its end a run shows no difference and no p: whoever looked at one could stop by it.
    if record.standing.isUnfinished {
      return experiment.contrasts.map { Evaluated(result: empty($0, .unfinished)) }
    }
    var judged = try experiment.contrasts.map(judge)
    // The secondary contrasts share one level. The primary one has its own.
    let secondary = judged.indices.filter {
      !judged[$0].result.primary && judged[$0].result.p != nil
        && ![.notTestable, .incomplete].contains(judged[$0].result.verdict)
    }
    let p = try HolmAdjustment.adjusted(secondary.map { judged[$0].result.p ?? 1 })
    let opposite = try HolmAdjustment.adjusted(secondary.map { judged[$0].oppositeP ?? 1 })
    for (place, index) in secondary.enumerated() {
      judged[index].result.adjustedP = p[place]
      let level = judged[index].result.level * (1 + 1e-9)
      switch judged[index].result.verdict {
      case .supported where p[place] > level, .contrary where opposite[place] > level:
        judged[index].result.verdict = .inconclusive
      default: break
      }
    }
    return judged
  }

  private func empty(_ contrast: Contrast, _ verdict: Verdict) -> RunSummary.ContrastResult {
    RunSummary.ContrastResult(
      name: contrast.name, primary: contrast.primary, probe: contrast.probe,
      treatment: contrast.treatment, direction: contrast.direction, verdict: verdict, seeds: 0,
      smallestEffect: contrast.smallestEffect, level: contrast.level)
  }

  private func judge(_ contrast: Contrast) throws -> Evaluated {
    var judged = Evaluated(result: empty(contrast, .notTestable))
    if let missing = MissingSubjects(record).of(contrast) {
      judged.result.verdict = .incomplete
      judged.reason = missing
    } else {
      judged.reason = failedGates(of: contrast)
    }
    guard let test = try test(contrast) else {
      judged.reason = judged.reason ?? unscored(contrast)
      return judged
    }
    let result = try test.evaluate()
    judged.oppositeP = result.oppositeP
    judged.result.estimate = result.estimate.mean
    judged.result.interval = result.estimate.interval
    judged.result.p = result.p
    judged.result.seeds = result.treatmentSeeds
    judged.result.floors = zip(contrast.floors, result.floors).map { floor, result in
      RunSummary.FloorComparison(
        arm: floor.arm, probe: floor.probe, estimate: result.estimate.mean,
        interval: result.estimate.interval, p: result.test.p,
        test: result.test.summary, seeds: result.seeds ?? 0)
    }
    if judged.reason == nil, result.smallestReachableP > contrast.level * (1 + 1e-9),
      !record.plan.options.exploratory
    {
      judged.reason =
        "only \(Counted.text(result.treatmentSeeds, "seed")) gave scores, with which the level of "
        + "\(contrast.level) cannot be reached"
    }
    if judged.reason != nil { return judged }
    if record.plan.options.exploratory {
      judged.result.verdict = .exploratory
      return judged
    }
    judged.result.seedsToDecide = result.seedsToDecide
    judged.result.verdict = result.verdict
    return judged
  }

  /// Which arms have no score at all, and what became of their answers.
  private func unscored(_ contrast: Contrast) -> String {
    let asked =
      [(contrast.treatment, contrast.probe)]
      + contrast.floors.map { ($0.arm, $0.probe ?? contrast.probe) }
    let without = asked.compactMap { arm, probe -> String? in
      let entries = scores.entries(arm: arm, probe: probe)
      guard entries.allSatisfy({ $0.mean == nil }) else { return nil }
      let outcomes = entries.reduce(into: [:]) { $0.merge($1.outcomes, uniquingKeysWith: +) }
      let words = Outcome.Kind.allCases.compactMap { kind in
        outcomes[kind].flatMap { $0 > 0 ? "\($0) \(kind.rawValue)" : nil }
      }
      let became = words.isEmpty ? "none was asked" : words.joined(separator: ", ")
      return "no answer of \(arm) to \(probe) has a score (\(became))"
    }
    return without.isEmpty
      ? "no seed has a score in every one of its arms" : without.joined(separator: "; ")
  }

  /// The gates of the arms that the contrast names, unless the arm is exempt.
  private func failedGates(of contrast: Contrast) -> String? {
    let arms = Set([contrast.treatment] + contrast.floors.map(\.arm))
    let failed = gates.filter { arms.contains($0.arm) && $0.state == .failed }
    if failed.isEmpty { return nil }
    let list = failed.map(Self.sentence)
    let kinds = Set(
      failed.compactMap { gate in experiment.gates.first { $0.name == gate.name }?.kind })
    let help = Gate.Kind.allCases.filter(kinds.contains).map(Self.help)
    return list.joined(separator: "; ") + ". " + help.joined(separator: " ")
  }

  /// What failed where, by how much, on what.
  private static func sentence(_ gate: RunSummary.GateResult) -> String {
    var text = "\(gate.name) failed in \(gate.arm)"
    if let value = gate.value, let threshold = gate.threshold, threshold > 0 {
      text +=
        " with \(SentenceNumber.text(value)), where at least \(SentenceNumber.text(threshold)) is needed"
    }
    return "\(text) (\(gate.detail))"
  }

  /// What a person can try.
  private static func help(_ kind: Gate.Kind) -> String {
    switch kind {
    case .adapterLive:
      "A higher learning rate or more steps may help (--recipe learning_rate=…)."
    case .behaviour:
      "More steps, more rows or a higher learning rate may help (--recipe steps=…), where it is not "
        + "the model that cannot do it."
    case .coherent: "Fewer steps or a lower learning rate may help (--recipe steps=…)."
    case .leakage: "Only other rows or other words of the probes help."
    case .templates: "Rows and questions need the same system line."
    }
  }

  /// The claim's test, or nil where an arm has no score at all.
  private func test(_ contrast: Contrast) throws -> ClaimTest? {
    guard let treatment = try means(contrast.treatment, contrast.probe) else { return nil }
    // A seed that has no score in a paired arm is left out on both sides.
    var kept = Set(treatment.keys)
    var floors: [(floor: Contrast.Floor, kind: FloorKind, means: [Int: Double])] = []
    for floor in contrast.floors {
      guard let means = try means(floor.arm, floor.probe ?? contrast.probe) else { return nil }
      let kind = FloorKind(contrast, floor, in: experiment)
      if kind == .paired { kept.formIntersection(means.keys) }
      floors.append((floor, kind, means))
    }
    let seeds = kept.sorted()
    if seeds.isEmpty { return nil }
    return ClaimTest(
      treatment: seeds.compactMap { treatment[$0] },
      floors: floors.map { floor, kind, means in
        let name = floor.name
        let values = means.sorted { $0.key < $1.key }.map(\.value)
        return switch kind {
        case .constant:
          .init(name: name, constant: values.reduce(0, +) / Double(values.count))
        case .paired: .init(name: name, pairedSeedMeans: seeds.compactMap { means[$0] })
        case .seeds: .init(name: name, seedMeans: values)
        }
      },
      direction: contrast.direction, level: contrast.level,
      smallestEffect: contrast.smallestEffect, bounds: bounds(of: contrast),
      intervalLevel: contrast.intervalLevel, seed: experiment.seed)
  }

  /// The widest range among the scores that are compared.
  private func bounds(of contrast: Contrast) -> ClosedRange<Double> {
    let names = [contrast.probe] + contrast.floors.compactMap(\.probe)
    let lowest = names.compactMap { experiment.probe($0)?.bounds.lowerBound }.min() ?? 0
    return lowest...1
  }

  /// The mean over tasks by seed, of the seeds that have a score; nil where none has.
  private func means(_ arm: String, _ probe: String) throws -> [Int: Double]? {
    guard let (seeds, table) = try scores.table(arm: arm, probe: probe) else { return nil }
    var means: [Int: Double] = [:]
    for (seed, mean) in zip(seeds, table.perSeed) { means[seed] = mean }
    return means.isEmpty ? nil : means
  }
}
