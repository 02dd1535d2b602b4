import NosceCore
import NosceExperiment
import NoscePorts
import NosceRuns
import NosceStatistics
import NosceVerdicts

/// Contrasts without a model: blocks' scores are drawn where the truth is known, and go the way of a
/// run's answers, from its record to its verdicts.
package struct SimulatedContrast: Codable, Sendable, Hashable {
  package var design: SimulatedDesign
  package var distribution: SeedDistribution
  /// By how many standard deviations all floors but the first lie below it.
  package var gap: Double
  /// By how much the treatment is ahead of the first floor; nil under the null hypothesis.
  package var shift: SeedDistribution.Shift?
  /// That the claim states; nil for the true difference of the means.
  package var smallestEffect: Double?
  package var blocks: Int

  package init(
    _ design: SimulatedDesign, _ distribution: SeedDistribution, gap: Double = 0,
    shift: SeedDistribution.Shift? = nil, smallestEffect: Double? = 0, blocks: Int
  ) {
    self.design = design
    self.distribution = distribution
    self.gap = gap
    self.shift = shift
    self.smallestEffect = smallestEffect
    self.blocks = blocks
  }

  /// What so many contrasts came to.
  package struct Row: Codable, Sendable, Equatable {
    package var contrast: SimulatedContrast
    /// The difference of the means that is true of the first floor.
    package var effect: Double
    /// `strongly supported` among them.
    package var supported: Rate
    package var stronglySupported: Rate
    package var contrary: Rate
    package var notSupported: Rate
    /// Intervals of the first floor that hold the true difference, in the probe's own unit.
    package var covered: Rate
    /// The same on log-odds; none where the design has no such interval.
    package var coveredLogOdds: Rate
    /// Intervals of the floor that is shown first, the hardest, where all are equally hard.
    package var coveredHardest: Rate

    package init(
      contrast: SimulatedContrast, effect: Double, supported: Rate, stronglySupported: Rate,
      contrary: Rate, notSupported: Rate, covered: Rate, coveredLogOdds: Rate, coveredHardest: Rate
    ) {
      self.contrast = contrast
      self.effect = effect
      self.supported = supported
      self.stronglySupported = stronglySupported
      self.contrary = contrary
      self.notSupported = notSupported
      self.covered = covered
      self.coveredLogOdds = coveredLogOdds
      self.coveredHardest = coveredHardest
    }
  }

  /// Judges so many contrasts, on several threads; the result does not depend on how many.
  package func row(_ count: Int, seed: UInt64, threads: Int) async throws -> Row {
    let simulation = Simulation(self)
    let parts = max(1, threads)
    let judged = try await withThrowingTaskGroup(of: [Judged].self) { group in
      for part in 0..<parts {
        group.addTask {
          try stride(from: part, to: count, by: parts).compactMap { number in
            try Task.checkCancellation()
            return try Summariser(simulation.record(number, seed: seed), command: "")
              .contrasts().first.map { Judged($0, simulation) }
          }
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    func rate(_ holds: (Judged) -> Bool) throws -> Rate {
      try Rate(judged.count(where: holds), of: judged.count)
    }
    func rate(_ flags: [Bool]) throws -> Rate { try Rate(flags.count { $0 }, of: flags.count) }
    return Row(
      contrast: self, effect: simulation.effect,
      supported: try rate { $0.verdict.isSupported },
      stronglySupported: try rate { $0.verdict == .stronglySupported },
      contrary: try rate { $0.verdict == .contrary },
      notSupported: try rate { $0.verdict == .notSupported },
      covered: try rate(judged.map(\.covers)),
      coveredLogOdds: try rate(judged.compactMap(\.coversLogOdds)),
      coveredHardest: try rate(judged.map(\.hardestCovers)))
  }

  private struct Judged: Sendable {
    var verdict: Verdict
    var covers: Bool
    var coversLogOdds: Bool?
    var hardestCovers: Bool

    init(_ result: RunSummary.ContrastResult, _ simulation: Simulation) {
      verdict = result.verdict
      let first = result.floors.first(where: \.binds)
      // What has no interval says nothing false, but promises nothing: it counts as a miss.
      covers = first?.interval?.contains(simulation.effect) ?? false
      coversLogOdds = first?.logOdds?.interval.contains(simulation.effectInLogOdds)
      hardestCovers = result.interval?.contains(simulation.effect) ?? false
    }
  }
}

/// Makes the records of runs that were never run.
private struct Simulation: Sendable {
  private static let probe = "score"

  let contrast: SimulatedContrast
  let effect: Double
  let effectInLogOdds: Double
  private let plan: Plan
  /// Base without hosts, at the distribution's own mean.
  private let constant: Double
  /// The normal numbers over which a steady base is a mean.
  private let own = NormalNumber.quantiles(64)

  init(_ contrast: SimulatedContrast) {
    self.contrast = contrast
    let (distribution, shift) = (contrast.distribution, contrast.shift)
    constant = distribution.mean()
    if contrast.design == .zeroFloor {
      effect = distribution.mean(shift: shift)
      effectInLogOdds =
        Self.meanLogOdds(distribution, shift) - LogOdds.of(share: 0)
    } else if let shift {
      effect = distribution.mean(shift: shift) - constant
      effectInLogOdds =
        Self.meanLogOdds(distribution, shift) - Self.meanLogOdds(distribution, nil)
    } else {
      effect = 0
      effectInLogOdds = 0
    }
    plan = Self.plan(contrast, smallestEffect: contrast.smallestEffect ?? effect)
  }

  private static func meanLogOdds(
    _ distribution: SeedDistribution, _ shift: SeedDistribution.Shift?
  ) -> Double {
    NormalNumber.mean { z in
      let score = distribution.score(at: z, shift: shift)
      return distribution.answers.map { LogOdds.of(hits: score * Double($0), count: $0) }
        ?? LogOdds.of(share: score)
    }
  }

  private static func plan(_ contrast: SimulatedContrast, smallestEffect: Double) -> Plan {
    let design = contrast.design
    let answers = contrast.distribution.answers
    let prompt = Prompt(.paraphrases([.init("?")]))
    let form: Probe.Form =
      answers == nil
      ? .choice(
        prompt, Choices(candidates: .options(["Yes", "No"]), answer: "Yes", scoring: .share))
      : .sampled(prompt, Sampling(.behaviour, grader: .exact(text: "")))
    let hosts = design.hasHosts ? (1...contrast.blocks).map { "host-\($0)" } : []
    let arms =
      [Arm(name: "treatment", role: .treatment)]
      + design.floors.map { Arm(name: $0, role: $0 == "base" ? .base : .control) }
    let experiment = Experiment(
      name: "simulated", title: "Simulated blocks", question: "Is the truth found?",
      hosts: Hosts(personas: hosts), seeds: contrast.blocks, arms: arms,
      probes: [Probe(probe, form)],
      contrasts: [
        Contrast(
          name: "claim", primary: true, probe: probe, treatment: "treatment",
          floors: design.floors.map { .init($0) }, smallestEffect: smallestEffect,
          level: ValidationExperiments.level)
      ])
    let unit = PlannedUnit(probe: probe, step: 0, items: answers ?? 1, contentHash: "")
    let cells = arms.flatMap { arm in
      (1...(arm.isTrained || design.hasHosts ? contrast.blocks : 1)).map { block in
        PlannedCell(
          id: "\(arm.name)-\(block)", arm: arm.name, role: arm.role,
          task: ExperimentTask(name: "simulated", values: [:]), seed: block, kind: .main,
          units: [unit])
      }
    }
    return Plan(
      schema: Plan.currentSchema, experiment: experiment, options: .init(),
      model: .init(name: "simulated", summary: "no model", note: nil, contentHash: ""),
      cells: cells, contrasts: [], work: WorkEstimate(), contentHash: "")
  }

  func record(_ number: Int, seed: UInt64) -> RunRecord {
    let design = contrast.design
    let shared = design.shared.squareRoot()
    let rest = (1 - design.shared).squareRoot()
    var generator = SeededGenerator(
      seed: seed,
      labStream: "\(design.rawValue)/\(contrast.distribution.rawValue)/\(contrast.gap)/"
        + "\(contrast.shift?.name ?? "none")/\(contrast.blocks)/\(number)")
    let hosts = (0..<contrast.blocks).map { _ in generator.normal() }
    let first = design.floors.first
    var answers: [GradedAnswer] = []
    for cell in plan.cells {
      let host = hosts[cell.seed - 1]
      let score: Double
      if cell.role == .base, design == .steadyBase {
        let all = own.map { contrast.distribution.score(at: shared * host + rest * $0) }
        score = all.reduce(0, +) / Double(all.count)
      } else if cell.role == .base, !design.hasHosts {
        score = constant
      } else if design == .zeroFloor, cell.role == .control {
        score = 0
      } else {
        let gap = cell.role == .treatment || cell.arm == first ? 0 : contrast.gap
        score = contrast.distribution.score(
          at: shared * host + rest * generator.normal() - gap,
          shift: cell.role == .treatment ? contrast.shift : nil)
      }
      answers += self.answers(score, of: cell.id)
    }
    return RunRecord(
      plan: plan,
      provenance: Provenance(
        version: "", started: "", machine: "", threads: 1, precision: "", seed: seed, hashes: [:]),
      training: [], answers: answers, seconds: [:])
  }

  /// One answer that is a share; or as many as are counted, right or wrong. A mean of counts, which
  /// no count need be, is the score of every answer.
  private func answers(_ score: Double, of cell: String) -> [GradedAnswer] {
    func answer(_ score: Double, _ item: Int) -> GradedAnswer {
      GradedAnswer(
        cell: cell, probe: Self.probe, item: item, answer: "", outcome: .scored(score))
    }
    guard let count = contrast.distribution.answers else { return [answer(score, 0)] }
    let hits = score * Double(count)
    let isWhole = abs(hits - hits.rounded()) < 1e-9
    return (0..<count).map { item in
      answer(isWhole ? (Double(item) + 0.5 < hits ? 1 : 0) : score, item)
    }
  }
}
