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
  private let ladders: [RunSummary.Ladder]

  init(
    record: RunRecord, gates: [RunSummary.GateResult], ladders: [RunSummary.Ladder] = []
  ) {
    self.record = record
    self.gates = gates
    self.ladders = ladders
    scores = ScoreTable(record)
  }

  private var experiment: Experiment { record.plan.experiment }

  func contrasts() throws -> [Evaluated] {
    // Before its end a run shows no difference and no p: whoever looked at one could stop by it.
    if record.standing.isUnfinished {
      return experiment.contrasts.map { Evaluated(result: empty($0, .unfinished)) }
    }
    var judged = try experiment.contrasts.map { behindLadder($0, try judge($0)) }
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
      case .supported where p[place] > level, .stronglySupported where p[place] > level,
        .contrary where opposite[place] > level:
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

  /// A model that does not infer the answer even from a page has not shown that there was nothing.
  private func behindLadder(_ contrast: Contrast, _ judged: Evaluated) -> Evaluated {
    guard let ladder = ladders.first(where: { $0.probe == contrast.probe }) else { return judged }
    var judged = judged
    judged.result.ceiling = ladder.ceiling
    if judged.result.verdict == .notSupported, ladder.infers == false {
      judged.result.verdict = .inconclusive
      judged.result.isUninferred = true
    }
    return judged
  }

  private func judge(_ contrast: Contrast) throws -> Evaluated {
    var judged = Evaluated(result: empty(contrast, .notTestable))
    if let missing = MissingSubjects(record).of(contrast) {
      judged.result.verdict = .incomplete
      judged.reason = missing
    } else {
      judged.reason = unreadable(contrast) ?? failedGates(of: contrast)
    }
    if let variable = contrast.square.flatMap(experiment.variable) {
      return try square(contrast, of: variable, judged)
    }
    let claim = ClaimScores(contrast, experiment: experiment, scores: scores)
    guard let test = claim.test else {
      judged.reason = judged.reason ?? unscored(contrast)
      return judged
    }
    let result = try test.evaluate()
    judged.oppositeP = result.oppositeP
    judged.result.estimate = result.hardest.estimate
    judged.result.interval = result.hardest.interval
    judged.result.p = result.p
    judged.result.seeds = result.blocks
    judged.result.floors = try claim.comparisons(result)
    judged.result.smallestP = min(1, result.smallestReachableP * Double(weight(of: contrast)))
    if judged.reason == nil, result.smallestReachableP > contrast.level * (1 + 1e-9),
      !record.plan.options.exploratory
    {
      judged.reason =
        "only \(Counted.text(result.blocks, "seed")) gave scores, with which the level of "
        + "\(contrast.level) cannot be reached"
    }
    if judged.reason != nil { return judged }
    if record.plan.options.exploratory {
      judged.result.verdict = .exploratory
      return judged
    }
    judged.result.verdict = result.verdict
    // How many more would do is reckoned from blocks that move alike.
    if !judged.result.isLeftOpenByLoneBlocks {
      judged.result.seedsToDecide = result.blocksToDecide
    }
    return judged
  }

  private func unreadable(_ contrast: Contrast) -> String? {
    ladders.first { $0.probe == contrast.probe && $0.reads == false }.map {
      "This probe cannot read this model: \($0.reason ?? "no reason")"
    }
  }

  /// How many contrasts share the level with this one.
  func weight(of contrast: Contrast) -> Int {
    contrast.primary ? 1 : experiment.contrasts.count { !$0.primary }
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
    case .novel: "More rows, or fewer times over each (--recipe steps=…), may help."
    case .differential: "More steps or rows may help, where the other arm does not do it as well."
    case .room: "What the model does already cannot be learnt; another behaviour can."
    case .coherent: "Fewer steps or a lower learning rate may help (--recipe steps=…)."
    case .leakage: "Only other rows or other words of the probes help."
    case .templates: "Rows and questions need the same system line."
    }
  }
}
