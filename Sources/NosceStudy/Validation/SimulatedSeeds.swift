import NosceCore
import NosceExperiment
import NoscePorts
import NosceRuns
import NosceStatistics
import NosceVerdicts

/// Contrasts without a model: seeds' scores are drawn from a known distribution, the same in every
/// arm, and go the way of a run's answers, from its record to its verdicts.
package struct SimulatedSeeds: Sendable {
  /// What the treatment is compared with.
  package enum Design: String, Codable, Sendable, CaseIterable {
    case oneFloor = "one floor"
    case threeFloors = "three floors"
    /// An untrained arm, at the distribution's own mean.
    case constant
  }

  /// What one block of contrasts came to.
  package struct Block: Codable, Sendable, Equatable {
    package var design: Design
    package var distribution: SeedDistribution
    package var rates: ErrorRates
    /// 95 % intervals of the treatment's mean that hold the distribution's.
    package var meansCovered: Rate
  }

  package var design: Design
  package var distribution: SeedDistribution
  package var seeds: Int
  package var seed: UInt64

  package init(
    design: Design, distribution: SeedDistribution, seeds: Int = 8, seed: UInt64 = 1
  ) {
    self.design = design
    self.distribution = distribution
    self.seeds = seeds
    self.seed = seed
  }

  /// Judges so many contrasts, on several threads; the result does not depend on how many.
  package func block(_ count: Int, threads: Int) async throws -> Block {
    let plan = try plan()
    let parts = max(1, threads)
    let judged = try await withThrowingTaskGroup(of: [(Int, RunSummary)].self) { group in
      for part in 0..<parts {
        group.addTask {
          try stride(from: part, to: count, by: parts).map { number in
            try Task.checkCancellation()
            return (number, try Summariser(record(number, plan), command: "").summary())
          }
        }
      }
      var all: [(Int, RunSummary)] = []
      for try await own in group { all += own }
      return all.sorted { $0.0 < $1.0 }.map(\.1)
    }
    let means = judged.compactMap { $0.arms.first?.interval }
    return Block(
      design: design, distribution: distribution,
      rates: try ErrorRates(
        judged.compactMap(\.contrasts.first), seeds: seeds, level: ValidationExperiments.level,
        intervalLevel: ValidationExperiments.intervalLevel, attainable: nil),
      meansCovered: try Rate(
        means.count { $0.lower <= distribution.mean && distribution.mean <= $0.upper },
        of: means.count))
  }

  // MARK: A run that was never run

  private var floors: [String] {
    design == .threeFloors ? ["floor-1", "floor-2", "floor-3"] : ["floor"]
  }

  private func plan() throws -> Plan {
    let probe = Probe(
      "score",
      .sampled(
        Prompt(.paraphrases([.init("?")])), Sampling(.behaviour, grader: .exact(text: ""))))
    let role: ArmRole = design == .constant ? .base : .control
    let experiment = Experiment(
      name: "simulated", title: "Simulated seeds", question: "Is the truth found?", seeds: seeds,
      seed: seed,
      arms: [Arm(name: "treatment", role: .treatment)] + floors.map { Arm(name: $0, role: role) },
      probes: [probe],
      contrasts: [
        Contrast(
          name: "claim", primary: true, probe: "score", treatment: "treatment",
          floors: floors.map { .init($0) }, smallestEffect: 0, level: ValidationExperiments.level)
      ])
    let unit = PlannedUnit(probe: "score", step: 0, items: 1, contentHash: "")
    let cells = experiment.arms.flatMap { arm in
      (1...(arm.isTrained ? seeds : 1)).map { seed in
        PlannedCell(
          id: "\(arm.name)-\(seed)", arm: arm.name, role: arm.role,
          task: ExperimentTask(name: "simulated", values: [:]), seed: seed, kind: .main,
          training: nil, units: [unit])
      }
    }
    return Plan(
      schema: Plan.currentSchema, experiment: experiment, options: .init(),
      model: .init(name: "simulated", summary: "no model", note: nil, contentHash: ""),
      cells: cells, contrasts: [], work: WorkEstimate(), contentHash: "")
  }

  private func record(_ number: Int, _ plan: Plan) -> RunRecord {
    var generator = SeededGenerator(
      seed: seed, labStream: "\(design.rawValue)/\(distribution.rawValue)/\(seeds)/\(number)")
    let ask = Ask(
      item: 0, paraphrase: 0, sample: 0, chat: [], prefill: nil,
      form: .sample(grader: .exact(text: ""), temperature: 0, maximumTokens: 1, seed: 0))
    let answers = plan.cells.map { cell in
      let score =
        cell.role == .base ? distribution.mean : distribution.draw(using: &generator)
      return GradedAnswer(
        cell: cell.id, probe: "score", step: 0, ask: ask, answer: "",
        grade: Grade(.scored(score)), evidence: nil)
    }
    return RunRecord(
      plan: plan,
      provenance: Provenance(
        version: "", started: "", machine: "", threads: 1, precision: "", seed: seed, hashes: [:]),
      training: [], answers: answers, seconds: [:])
  }
}
