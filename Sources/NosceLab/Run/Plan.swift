/// What is decided about a run before anything is spent: every subject made concrete.
package struct Plan: Codable, Sendable, Hashable {
  package static let currentSchema = "nosce-plan-2"

  package struct Options: Codable, Sendable, Hashable {
    /// Fewer seeds than a verdict needs; none is given.
    package var exploratory: Bool
    /// With what the experiment has under `curves`.
    package var curves: Bool
    /// With what the experiment has under `dose`.
    package var dose: Bool

    package init(exploratory: Bool = false, curves: Bool = false, dose: Bool = false) {
      self.exploratory = exploratory
      self.curves = curves
      self.dose = dose
    }
  }

  package struct Model: Codable, Sendable, Hashable {
    package var name: String
    package var summary: String
    package var note: String?
    package var contentHash: String

    package init(name: String, summary: String, note: String?, contentHash: String) {
      self.name = name
      self.summary = summary
      self.note = note
      self.contentHash = contentHash
    }

    package init(_ backend: any Backend) {
      self.init(
        name: backend.name, summary: backend.summary, note: backend.note,
        contentHash: backend.contentHash)
    }
  }

  package var schema: String
  package var experiment: Experiment
  package var options: Options
  package var model: Model
  /// The model that rates answers, where there is one.
  package var judge: Model?
  package var cells: [PlannedCell]
  package var contrasts: [PlannedContrast]
  package var work: WorkEstimate
  /// Changes whenever anything else in the plan does.
  package var contentHash: String

  /// The probes whose answers a judge rates.
  package var judgedProbes: [String] {
    experiment.probes.filter { $0.judging != nil }.map(\.name)
  }

  /// Refuses a plan whose answers nobody could rate.
  package func checkJudge() throws {
    if judge == nil, !judgedProbes.isEmpty { throw LabError.missingJudge(judgedProbes) }
  }

  package func cell(_ id: String) -> PlannedCell? { cells.first { $0.id == id } }
}

/// One subject: an arm, a task and a seed.
package struct PlannedCell: Codable, Sendable, Hashable {
  package enum Kind: Codable, Sendable, Hashable {
    case main
    /// A point or a course of a curve, or a point of a grid; it enters no contrast.
    case dose([DoseSetting], isGrid: Bool)
  }

  package var id: String
  package var arm: String
  package var role: Arm.Role
  package var task: ExperimentTask
  /// The number of the seed, from 1; for an untrained subject that of its persona.
  package var seed: Int
  package var kind: Kind
  package var training: PlannedTraining?
  package var units: [PlannedUnit]

  package var isMain: Bool { kind == .main }
}

/// One fine-tuning, with nothing left to be decided.
package struct PlannedTraining: Codable, Sendable, Hashable {
  package var rows: [TrainingRow]
  package var rowsHash: String
  package var settings: TrainingSettings
  package var seed: UInt64
  package var snapshotSteps: [Int]

  /// Where a plan is hashed, the rows' own hash stands for them.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    if !ContentHash.isHashing(encoder) { try container.encode(rows, forKey: .rows) }
    try container.encode(rowsHash, forKey: .rowsHash)
    try container.encode(settings, forKey: .settings)
    try container.encode(seed, forKey: .seed)
    try container.encode(snapshotSteps, forKey: .snapshotSteps)
  }
}

/// A probe put to one subject: the unit that is asked, graded and written as a whole.
package struct PlannedUnit: Codable, Sendable, Hashable {
  package var probe: String
  /// The training step after which it is asked; zero means after the last.
  package var step: Int
  package var items: Int
  /// The fingerprint of everything that is asked.
  package var contentHash: String
}

/// What a contrast can reach with the seeds that are planned.
package struct PlannedContrast: Codable, Sendable, Hashable {
  package var name: String
  package var primary: Bool
  package var level: Double
  /// The smallest p-value that the design can yield: the largest over the floors, adjusted where
  /// the contrast is secondary.
  package var smallestP: Double
}

/// How much there is to do.
package struct WorkEstimate: Codable, Sendable, Hashable {
  package var trainedSubjects = 0
  /// Training rows, each counted once for every step that it takes part in.
  package var trainingRows = 0
  package var sampledAnswers = 0
  package var scoredAnswers = 0
  /// What a judge scores or writes; how long it takes depends on the judge.
  package var judgedTexts = 0

  /// Seconds on one machine, given what each piece of work takes there.
  package func seconds(_ rates: WorkRates, parallel: Int = 1) -> Double {
    let work =
      Double(trainedSubjects) * rates.perSubject + Double(trainingRows) * rates.perTrainingRow
      + Double(sampledAnswers) * rates.perSampledAnswer
      + Double(scoredAnswers) * rates.perScoredAnswer
    return work / Double(max(1, parallel))
  }
}

/// Seconds that pieces of work take on one machine, as measured by whoever knows the backend.
///
/// The defaults are the bundled organism's on one core of the machine that `docs/LOG.md` names.
package struct WorkRates: Sendable, Hashable {
  package var perSubject: Double
  package var perTrainingRow: Double
  package var perSampledAnswer: Double
  package var perScoredAnswer: Double

  package init(
    perSubject: Double = 0.05, perTrainingRow: Double = 0.0016,
    perSampledAnswer: Double = 0.0015, perScoredAnswer: Double = 0.0001
  ) {
    self.perSubject = perSubject
    self.perTrainingRow = perTrainingRow
    self.perSampledAnswer = perSampledAnswer
    self.perScoredAnswer = perScoredAnswer
  }
}
