import NosceCore
import NosceStatistics

extension RunSummary {
  /// The treatment of one contrast beside one floor.
  package struct FloorComparison: Codable, Sendable, Equatable {
    package var arm: String
    /// The probe that the floor is measured by, where it is not the contrast's own.
    package var probe: String?
    /// Treatment minus this floor, in the probe's own unit.
    package var estimate: Double?
    /// Inverts the test; an end is nil where the design cannot bound it.
    package var interval: OpenInterval?
    /// The same on log-odds; nil for scores without a range and against a constant.
    package var logOdds: LogOddsResult?
    /// Nil for a floor that is shown and binds nothing.
    package var p: Double?
    package var test: String
    /// Blocks that were compared.
    package var seeds: Int
    /// Whether the treatment must beat it: base does not bind where it is the same in every block.
    package var binds: Bool
    /// The end of the interval towards the claim at level / k, k floors: an advantage beyond it is
    /// ruled out; nil where it is open, or where there are lone blocks.
    package var ruledOutBeyond: Double?
    /// Whether single blocks lie so far from the others that nothing is ruled out.
    package var hasLoneBlocks: Bool

    package init(
      arm: String, probe: String? = nil, estimate: Double?, interval: OpenInterval?,
      logOdds: LogOddsResult? = nil, p: Double?, test: String, seeds: Int, binds: Bool = true,
      ruledOutBeyond: Double? = nil, hasLoneBlocks: Bool = false
    ) {
      self.arm = arm
      self.probe = probe
      self.estimate = estimate
      self.interval = interval
      self.logOdds = logOdds
      self.p = p
      self.test = test
      self.seeds = seeds
      self.binds = binds
      self.ruledOutBeyond = ruledOutBeyond
      self.hasLoneBlocks = hasLoneBlocks
    }

    /// The arm, and the probe in brackets where it is not the contrast's own.
    package var name: String { probe.map { "\(arm) (\($0))" } ?? arm }
  }

  /// What came out for one contrast.
  package struct ContrastResult: Codable, Sendable, Equatable {
    package var name: String
    package var primary: Bool
    package var probe: String
    package var treatment: String
    /// Which way the treatment is claimed to differ; differences are treatment minus floor either way.
    package var direction: Direction
    package var verdict: Verdict
    /// Treatment minus the floor that is hardest to beat, in the probe's own unit.
    package var estimate: Double?
    package var interval: OpenInterval?
    /// The largest over the floors.
    package var p: Double?
    /// Adjusted among the secondary contrasts; nil for the primary one.
    package var adjustedP: Double?
    package var seeds: Int
    package var smallestEffect: Double
    package var level: Double
    /// The smallest p that the design can give, adjusted where the contrast is secondary.
    package var smallestP: Double?
    /// With how many new seeds a run would decide, where it is undecided.
    package var seedsToDecide: Int?
    package var floors: [FloorComparison]
    /// How far the untrained model moves when it is told the answer, in the same unit; nil without a
    /// ladder.
    package var ceiling: Double?
    /// True where an effect is ruled out and the verdict is inconclusive all the same: the untrained model
    /// does not infer the answer even from a page.
    package var isUninferred: Bool?
    /// What it has that is a square, and has no floors.
    package var square: Square?

    /// The floor over which the treatment's advantage, counted in the claimed direction, is smallest.
    package var hardestFloor: FloorComparison? {
      floors.filter { $0.binds && $0.estimate != nil }.min {
        direction.sign * ($0.estimate ?? 0) < direction.sign * ($1.estimate ?? 0)
      }
    }

    /// The difference as a share of that.
    package var shareOfCeiling: Double? {
      guard let estimate, let ceiling, direction.sign * ceiling > 0 || square != nil, ceiling != 0
      else { return nil }
      return estimate / ceiling
    }

    /// Whether an interval ends below the smallest effect, and lone blocks alone keep it from being
    /// ruled out.
    package var isLeftOpenByLoneBlocks: Bool {
      floors.contains { floor in
        let far = direction == .greater ? floor.interval?.upper : floor.interval?.lower
        return floor.hasLoneBlocks && (far.map { direction.sign * $0 < smallestEffect } ?? false)
      }
    }

    package init(
      name: String, primary: Bool, probe: String, treatment: String,
      direction: Direction = .greater, verdict: Verdict, estimate: Double? = nil,
      interval: OpenInterval? = nil, p: Double? = nil,
      adjustedP: Double? = nil, seeds: Int, smallestEffect: Double, level: Double,
      smallestP: Double? = nil, seedsToDecide: Int? = nil, floors: [FloorComparison] = []
    ) {
      self.name = name
      self.primary = primary
      self.probe = probe
      self.treatment = treatment
      self.direction = direction
      self.verdict = verdict
      self.estimate = estimate
      self.interval = interval
      self.p = p
      self.adjustedP = adjustedP
      self.seeds = seeds
      self.smallestEffect = smallestEffect
      self.level = level
      self.smallestP = smallestP
      self.seedsToDecide = seedsToDecide
      self.floors = floors
    }
  }

  /// What one arm scored on one probe.
  package struct ArmResult: Codable, Sendable, Equatable {
    package struct Seed: Codable, Sendable, Equatable {
      package var seed: Int
      package var mean: Double?
      package var kept: Int
      package var total: Int

      package init(seed: Int, mean: Double?, kept: Int, total: Int) {
        self.seed = seed
        self.mean = mean
        self.kept = kept
        self.total = total
      }
    }

    package struct Task: Codable, Sendable, Equatable {
      package var task: String
      package var mean: Double?

      package init(task: String, mean: Double?) {
        self.task = task
        self.mean = mean
      }
    }

    package var arm: String
    package var role: ArmRole
    /// What its subjects are, where they are not trained for it.
    package var making: String?
    package var probe: String
    package var probeKind: ProbeKind
    /// The mean over seeds of the mean over tasks.
    package var mean: Double?
    package var interval: Interval?
    /// The guess rate, where there is one.
    package var chance: Double?
    package var kept: Int
    package var total: Int
    package var refused: Int
    package var unparseable: Int
    /// Answers to given texts on which there was too little probability.
    package var noAnswer: Int
    package var incoherent: Int
    package var missing: Int
    /// The median over all answers of the probability of all given texts together, where such were
    /// scored.
    package var mass: Double?
    /// Trained subjects per task; zero for an untrained arm.
    package var seeds: Int
    package var perSeed: [Seed]
    package var perTask: [Task]
    package var worstTask: String?

    package init(
      arm: String, role: ArmRole, probe: String, probeKind: ProbeKind, mean: Double? = nil,
      interval: Interval? = nil, chance: Double? = nil, kept: Int, total: Int,
      refused: Int = 0, unparseable: Int = 0, noAnswer: Int = 0, incoherent: Int = 0,
      missing: Int = 0, mass: Double? = nil, seeds: Int,
      perSeed: [Seed] = [], perTask: [Task] = [], worstTask: String? = nil, making: String? = nil
    ) {
      self.arm = arm
      self.role = role
      self.making = making
      self.probe = probe
      self.probeKind = probeKind
      self.mean = mean
      self.interval = interval
      self.chance = chance
      self.kept = kept
      self.total = total
      self.refused = refused
      self.unparseable = unparseable
      self.noAnswer = noAnswer
      self.incoherent = incoherent
      self.missing = missing
      self.mass = mass
      self.seeds = seeds
      self.perSeed = perSeed
      self.perTask = perTask
      self.worstTask = worstTask
    }
  }
}
