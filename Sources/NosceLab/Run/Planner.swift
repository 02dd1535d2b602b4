import NosceStatistics

/// Makes a plan from an experiment and a model. The same input gives the same plan.
package struct Planner: Sendable {
  /// The fewest seeds with which a verdict is given.
  package static let fewestSeeds = 5

  package var experiment: Experiment
  package var options: Plan.Options
  package var model: Plan.Model
  package var bank: LineBank

  package init(
    experiment: Experiment, options: Plan.Options = .init(), backend: any Backend,
    bank: LineBank = .standard
  ) {
    self.experiment = experiment
    self.options = options
    model = Plan.Model(
      name: backend.name, summary: backend.summary, note: backend.note,
      contentHash: backend.contentHash)
    self.bank = bank
  }

  package func plan() throws -> Plan {
    try ExperimentCheck.check(experiment)
    let contrasts = try checkedContrasts()
    let tasks = try experiment.tasks()
    var cells = try mainCells(tasks)
    if options.curves { cells += try curveCells(tasks) }
    guard Set(cells.map(\.id)).count == cells.count else {
      throw LabError(.invalidExperiment, "two subjects would have the same name in the run folder")
    }
    var plan = Plan(
      schema: Plan.currentSchema, experiment: experiment, options: options, model: model,
      cells: cells, contrasts: contrasts, work: work(of: cells), contentHash: "")
    plan.contentHash = try ContentHash.of(json: plan)
    return plan
  }

  // MARK: Contrasts

  private func checkedContrasts() throws -> [PlannedContrast] {
    let seeds = experiment.seeds
    let trained = experiment.arms.contains(where: \.isTrained)
    if trained, seeds < Self.fewestSeeds, !options.exploratory {
      throw LabError(
        .refusedDesign,
        "seeds: found \(seeds); allowed: \(Self.fewestSeeds) or more, or an exploratory run, which "
          + "ends without a verdict")
    }
    let smallest = experiment.contrasts.map { contrast in
      contrast.floors.map { floor in
        design(of: contrast, floor: floor).smallestReachableP(alternative: .greater)
      }.max() ?? 1
    }
    let adjusted = try adjustedAmongSecondary(smallest)
    return try experiment.contrasts.indices.map { index in
      let contrast = experiment.contrasts[index]
      if adjusted[index] > contrast.level * (1 + 1e-9), !options.exploratory {
        let why =
          adjusted[index] > smallest[index]
          ? " after the adjustment among the secondary contrasts" : ""
        throw LabError(
          .refusedDesign,
          "\(contrast.name): with \(seeds) seeds no p-value below \(adjusted[index]) can be "
            + "reached\(why); the level is \(contrast.level). Allowed: more seeds, "
            + "floors of trained arms, fewer secondary contrasts, or an exploratory run")
      }
      return PlannedContrast(
        name: contrast.name, primary: contrast.primary, level: contrast.level,
        smallestP: adjusted[index])
    }
  }

  /// What is left of the p-values once the secondary contrasts share their level.
  private func adjustedAmongSecondary(_ smallest: [Double]) throws -> [Double] {
    let secondary = experiment.contrasts.indices.filter { !experiment.contrasts[$0].primary }
    var result = smallest
    for (index, p) in zip(secondary, try HolmAdjustment.adjusted(secondary.map { smallest[$0] })) {
      result[index] = p
    }
    return result
  }

  private func design(of contrast: Contrast, floor: Contrast.Floor) -> TestDesign {
    let seeds = experiment.seeds
    return switch FloorKind(contrast, floor, in: experiment) {
    case .constant: .againstConstant(seeds)
    case .paired: .paired(seeds)
    case .seeds: .twoSample(seeds, seeds)
    }
  }

  // MARK: Cells

  private func mainCells(_ tasks: [ExperimentTask]) throws -> [PlannedCell] {
    var cells: [PlannedCell] = []
    for arm in experiment.arms {
      for (index, task) in tasks.enumerated() {
        // An untrained subject has no seed of its own: it is asked once as each persona.
        let personas = max(1, experiment.hosts.personas.count)
        let count = arm.isTrained ? experiment.seeds : min(experiment.seeds, personas)
        for seed in 1...count {
          let id = "\(Self.plain(arm.name))-\(name(of: task, at: index, in: tasks))-s\(seed)"
          cells.append(
            PlannedCell(
              id: id, arm: arm.name, role: arm.role, task: task, seed: seed, kind: .main,
              training: arm.isTrained ? try training(arm, task, seed) : nil,
              units: try units(arm, task, seed)))
        }
      }
    }
    return cells
  }

  private func curveCells(_ tasks: [ExperimentTask]) throws -> [PlannedCell] {
    guard let curves = experiment.curves, let arm = experiment.arm(curves.arm) else {
      throw LabError(.invalidExperiment, "curves: the experiment has no settings for curves")
    }
    var cells: [PlannedCell] = []
    for (index, task) in tasks.enumerated() {
      for seed in 1...min(curves.seeds ?? experiment.seeds, experiment.seeds) {
        let suffix = "\(Self.plain(arm.name))-\(name(of: task, at: index, in: tasks))-s\(seed)"
        func add(
          _ curve: PlannedCell.Curve, _ x: Double, _ label: String, _ training: PlannedTraining,
          steps: [Int] = [0]
        ) throws {
          let units = try steps.flatMap { step in
            try self.units(arm, task, seed, only: curves.probes, step: step)
          }
          cells.append(
            PlannedCell(
              id: "curve-\(curve.rawValue)-\(label)-\(suffix)", arm: arm.name, role: arm.role,
              task: task, seed: seed, kind: .curve(curve, x: x, label: label),
              training: training, units: units))
        }
        let usual = try training(arm, task, seed)
        if let every = curves.everySteps {
          var course = usual
          course.snapshotSteps = Array(
            stride(from: every, through: usual.settings.steps, by: every))
          try add(
            .steps, Double(usual.settings.steps), "all", course, steps: course.snapshotSteps)
        }
        for count in curves.rows {
          try add(.rows, Double(count), "\(count)", try training(arm, task, seed, count: count))
        }
        for (place, range) in curves.layers.enumerated() {
          guard let first = range.first, let last = range.last else { continue }
          var partial = usual
          partial.settings.layers = Array(first...last)
          try add(.layers, Double(place + 1), "\(first)-\(last)", partial)
        }
      }
    }
    return cells
  }

  private func training(
    _ arm: Arm, _ task: ExperimentTask, _ seed: Int, count: Int? = nil
  ) throws -> PlannedTraining {
    let rows = try RowBuilder(experiment: experiment, bank: bank)
      .rows(of: arm, task: task, seed: seed, count: count)
    if rows.isEmpty {
      throw LabError(
        .invalidExperiment, "\(arm.name): found no training row; allowed: at least one")
    }
    let recipe = experiment.training.settings(for: model.name)
    var generator = SeededGenerator(
      seed: experiment.seed, stream: "training/\(task.name)/\(seed)")
    return PlannedTraining(
      rows: rows, rowsHash: try ContentHash.of(json: rows),
      settings: arm.training?.applied(to: recipe) ?? recipe, seed: generator.next(),
      snapshotSteps: [])
  }

  private func units(
    _ arm: Arm, _ task: ExperimentTask, _ seed: Int, only: [String]? = nil, step: Int = 0
  ) throws -> [PlannedUnit] {
    let builder = AskBuilder(experiment: experiment, bank: bank)
    let probes = experiment.probes.filter {
      $0.asks(arm: arm.name) && (only?.contains($0.name) ?? true)
    }
    return try probes.map { probe in
      let asks = try builder.asks(of: probe, task: task, seed: seed)
      if asks.isEmpty {
        throw LabError(.invalidExperiment, "\(probe.name): found nothing to ask")
      }
      return PlannedUnit(
        probe: probe.name, step: step, items: asks.count,
        contentHash: try ContentHash.of(json: asks))
    }
  }

  private func work(of cells: [PlannedCell]) -> WorkEstimate {
    var work = WorkEstimate()
    for cell in cells {
      if let training = cell.training {
        work.trainedSubjects += 1
        work.trainingRows +=
          training.settings.steps * (training.settings.batchRows ?? training.rows.count)
      }
      for unit in cell.units {
        if let choices = experiment.probe(unit.probe)?.choices {
          work.scoredAnswers += unit.items * choices.count * (choices.minusBase ? 2 : 1)
        } else {
          work.sampledAnswers += unit.items
        }
      }
    }
    return work
  }

  // MARK: Names

  private func name(of task: ExperimentTask, at index: Int, in tasks: [ExperimentTask]) -> String {
    let name = Self.plain(task.name)
    let isUnique = tasks.count { Self.plain($0.name) == name } == 1
    return isUnique && !name.isEmpty ? name : "task\(index + 1)"
  }

  /// A name with nothing that a file system might object to.
  private static func plain(_ name: String) -> String {
    String(
      name.prefix(40).map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" })
  }
}

/// How a floor's values stand to the treatment's.
package enum FloorKind: Sendable, Hashable {
  /// An untrained arm has no seeds: its mean is a constant.
  case constant
  /// Seed k against seed k.
  case paired
  /// Every seed against every seed.
  case seeds

  package init(_ contrast: Contrast, _ floor: Contrast.Floor, in experiment: Experiment) {
    if let arm = experiment.arm(floor.arm), !arm.isTrained {
      self = .constant
    } else if floor.arm == contrast.treatment || contrast.pairing == .paired {
      self = .paired
    } else {
      self = .seeds
    }
  }
}
