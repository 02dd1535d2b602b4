import NosceCore
import NosceExperiment
import NosceGrading
import NoscePorts
import NosceRows

/// What is decided about a run before anything is spent: every subject made concrete.
package struct Plan: Codable, Sendable, Hashable {
  package static let currentSchema = "nosce-plan-6"
  /// Schemas of which a finished run can still be read, but not gone on with.
  package static let readableSchemas = [
    "nosce-plan-2", "nosce-plan-3", "nosce-plan-4", "nosce-plan-5", currentSchema,
  ]

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

  package var schema: String
  package var experiment: Experiment
  package var options: Options
  package var model: ModelIdentity
  /// The model that rates answers, where there is one.
  package var judge: ModelIdentity?
  /// How its ratings are read; nil where by exact log-probabilities, or where nothing is rated.
  package var judgeMethod: PlannedMeasurement.Method?
  /// What fine-tunes the model in place of the model itself; nil where it does so itself.
  package var trainer: String?
  /// How each probe is measured on this model, in the order of the experiment.
  package var measurements: [PlannedMeasurement]
  /// What else keeps the plan from being carried out on these models.
  package var obstacles: [String]
  /// Controls and doses that these models cannot have, and that are done without: the controls are no
  /// longer part of the plan's experiment, the doses have no cells.
  package var omissions: [PlannedOmission]
  /// What the rows and questions are made of; plans before `nosce-plan-4` do not say.
  package var materials: Materials.Mark?
  package var cells: [PlannedCell]
  package var contrasts: [PlannedContrast]
  package var work: WorkEstimate
  /// Changes whenever what is measured does (see ``fingerprint``).
  package var contentHash: String

  package init(
    schema: String, experiment: Experiment, options: Options, model: ModelIdentity,
    judge: ModelIdentity? = nil, judgeMethod: PlannedMeasurement.Method? = nil,
    trainer: String? = nil, materials: Materials.Mark? = nil,
    measurements: [PlannedMeasurement] = [], obstacles: [String] = [],
    omissions: [PlannedOmission] = [], cells: [PlannedCell], contrasts: [PlannedContrast],
    work: WorkEstimate, contentHash: String
  ) {
    self.schema = schema
    self.experiment = experiment
    self.options = options
    self.model = model
    self.judge = judge
    self.judgeMethod = judgeMethod
    self.trainer = trainer
    self.measurements = measurements
    self.obstacles = obstacles
    self.omissions = omissions
    self.materials = materials
    self.cells = cells
    self.contrasts = contrasts
    self.work = work
    self.contentHash = contentHash
  }

  /// The probes whose answers a judge rates.
  package var judgedProbes: [String] {
    experiment.probes.filter { $0.judging != nil }.map(\.name)
  }

  /// Why the plan cannot be carried out on these models; empty where it can.
  package var refusals: [String] {
    measurements.compactMap { planned in
      planned.method.refusal.map { "\(planned.probe): \($0)" }
    } + obstacles
  }

  /// Which probes of given texts are measured by less than exact log-probabilities, and how.
  package var estimates: [String] {
    var methods: [PlannedMeasurement.Method] = []
    for planned in measurements where planned.method.isEstimate {
      if !methods.contains(planned.method) { methods.append(planned.method) }
    }
    var found = methods.map { method in
      let probes = measurements.filter { $0.method == method }.map(\.probe)
      return "\(probes.joined(separator: ", ")): \(method.words)"
    }
    if let judgeMethod, judgeMethod.isEstimate {
      found.append(
        "\(judgedProbes.joined(separator: ", ")): the judge by \(judgeMethod.ratingWords)")
    }
    return found
  }

  /// Refuses a plan that could not be carried out to its end, before anything is spent.
  package func checkMeasurable() throws {
    if judge == nil, !judgedProbes.isEmpty { throw LabError.missingJudge(judgedProbes) }
    if !refusals.isEmpty {
      throw LabError(.refusedDesign, refusals.joined(separator: "\n"))
    }
  }

  package func cell(_ id: String) -> PlannedCell? { cells.first { $0.id == id } }

  /// What a subject's adapter was trained on, be it its own or another's, or what it has in its context;
  /// none of base.
  package func rows(of cell: PlannedCell) -> [TrainingRow] {
    if let context = cell.context {
      return (self.cell(context.cell)?.training?.rows).map { Array($0.prefix(context.count)) } ?? []
    }
    return (cell.training ?? cell.adapter.flatMap { self.cell($0.cell)?.training })?.rows ?? []
  }
}

/// Plans of earlier schemas say nothing of how probes are measured.
extension Plan {
  private enum Key: String, CodingKey {
    case schema, experiment, options, model, judge, judgeMethod, trainer, materials, measurements,
      obstacles, omissions, cells, contrasts, work, contentHash
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    schema = try container.decode(String.self, forKey: .schema)
    experiment = try container.decode(Experiment.self, forKey: .experiment)
    options = try container.decode(Options.self, forKey: .options)
    model = try container.decode(ModelIdentity.self, forKey: .model)
    judge = try container.decodeIfPresent(ModelIdentity.self, forKey: .judge)
    judgeMethod = try container.decodeIfPresent(
      PlannedMeasurement.Method.self, forKey: .judgeMethod)
    trainer = try container.decodeIfPresent(String.self, forKey: .trainer)
    materials = try container.decodeIfPresent(Materials.Mark.self, forKey: .materials)
    measurements =
      try container.decodeIfPresent([PlannedMeasurement].self, forKey: .measurements) ?? []
    obstacles = try container.decodeIfPresent([String].self, forKey: .obstacles) ?? []
    omissions = try container.decodeIfPresent([PlannedOmission].self, forKey: .omissions) ?? []
    cells = try container.decode([PlannedCell].self, forKey: .cells)
    contrasts = try container.decode([PlannedContrast].self, forKey: .contrasts)
    work = try container.decode(WorkEstimate.self, forKey: .work)
    contentHash = try container.decode(String.self, forKey: .contentHash)
  }
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
  package var role: ArmRole
  package var task: ExperimentTask
  /// The number of the seed, from 1; for an untrained subject that of its persona.
  package var seed: Int
  package var kind: Kind
  package var training: PlannedTraining?
  /// Whose adapter it has, changed; nil where it is trained itself, or not at all.
  package var adapter: PlannedAdapter?
  /// Whose rows it has in its context; nil where none.
  package var context: PlannedContext?
  package var units: [PlannedUnit]

  package init(
    id: String, arm: String, role: ArmRole, task: ExperimentTask, seed: Int, kind: Kind,
    training: PlannedTraining? = nil, adapter: PlannedAdapter? = nil,
    context: PlannedContext? = nil, units: [PlannedUnit]
  ) {
    self.id = id
    self.arm = arm
    self.role = role
    self.task = task
    self.seed = seed
    self.kind = kind
    self.training = training
    self.adapter = adapter
    self.context = context
    self.units = units
  }

  package var isMain: Bool { kind == .main }
  /// Whether it has no adapter.
  package var isUntrained: Bool { training == nil && adapter == nil }
  /// Whether it is the base model and nothing else.
  package var isBase: Bool { isUntrained && context == nil }
}

/// Rows of a trained subject that stand in the context of another, from the first on.
package struct PlannedContext: Codable, Sendable, Hashable {
  /// The subject whose rows they are.
  package var cell: String
  package var count: Int
  /// The hash of those rows.
  package var rowsHash: String

  package init(of cell: String, count: Int, rowsHash: String) {
    self.cell = cell
    self.count = count
    self.rowsHash = rowsHash
  }
}

/// An adapter that is made of a trained one, with nothing left to be decided.
package struct PlannedAdapter: Codable, Sendable, Hashable {
  /// The subject whose adapter it is made of.
  package var cell: String
  package var change: AdapterChange
  package var seed: UInt64

  package init(of cell: String, _ change: AdapterChange, seed: UInt64) {
    self.cell = cell
    self.change = change
    self.seed = seed
  }
}

/// One fine-tuning, with nothing left to be decided.
package struct PlannedTraining: Codable, Sendable, Hashable {
  package var rows: [TrainingRow]
  package var rowsHash: String
  package var settings: TrainingSettings
  package var seed: UInt64
  package var snapshotSteps: [Int]

  package init(
    rows: [TrainingRow], rowsHash: String, settings: TrainingSettings, seed: UInt64,
    snapshotSteps: [Int]
  ) {
    self.rows = rows
    self.rowsHash = rowsHash
    self.settings = settings
    self.seed = seed
    self.snapshotSteps = snapshotSteps
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

  package init(
    probe: String, step: Int, items: Int, contentHash: String
  ) {
    self.probe = probe
    self.step = step
    self.items = items
    self.contentHash = contentHash
  }
}
