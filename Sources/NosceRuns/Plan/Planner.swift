import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows
import NosceStatistics

/// Makes a plan from an experiment and a model. The same input gives the same plan.
package struct Planner: Sendable {
  package var experiment: Experiment
  package var options: Plan.Options
  package var model: any ModelProvider
  /// The model that rates answers, where there is one.
  package var judge: (any ModelProvider)?
  /// What rows and questions are made of.
  package var materials: Materials
  /// Where rows are that the model wrote.
  package var written: any WrittenRows
  private let files = RowFiles()

  package init(
    experiment: Experiment, options: Plan.Options = .init(), model: any ModelProvider,
    judge: (any ModelProvider)? = nil, materials: Materials,
    written: any WrittenRows = NoWrittenRows()
  ) {
    self.experiment = experiment
    self.options = options
    self.model = model
    self.judge = judge
    self.materials = materials
    self.written = written
  }

  package func plan() throws -> Plan {
    var planner = self
    planner.experiment = experiment.settled(for: model.identity.name)
    try ExperimentCheck.check(planner.experiment)
    let controls: [PlannedOmission]
    (planner.experiment, controls) = planner.experiment.possible(on: model)
    return try planner.settledPlan(without: controls)
  }

  /// The plan of an experiment that says how many seeds there are on this model, and has nothing that it
  /// lacks but where there is no doing without.
  private func settledPlan(without controls: [PlannedOmission]) throws -> Plan {
    let contrasts = try ContrastPlanning(experiment: experiment, options: options).contrasts()
    let tasks = try experiment.tasks()
    var asked = Asked()
    var cells = try mainCells(tasks, &asked)
    if options.curves { cells += try doseCells(experiment.curves, "curves", tasks, &asked) }
    if options.dose { cells += try doseCells(experiment.dose, "dose", tasks, &asked) }
    let doses = PlannedOmission.doses(among: &cells, on: model)
    guard Set(cells.map(\.id)).count == cells.count else {
      throw LabError(.invalidExperiment, "two subjects would have the same name in the run folder")
    }
    let measurement = MeasurementPlan(model: model, judge: judge)
    var plan = Plan(
      schema: Plan.currentSchema, experiment: experiment, options: options,
      model: model.identity, judge: judge?.identity,
      judgeMethod: measurement.judgeMethod(of: experiment),
      trainer: model.trainer?.name, materials: materials.mark,
      measurements: measurement.measurements(of: experiment),
      obstacles: measurement.obstacles(to: cells, of: experiment), omissions: controls + doses,
      cells: cells, contrasts: contrasts,
      work: cells.reduce(into: WorkEstimate()) { $0 += experiment.work(of: $1) }, contentHash: "")
    plan.contentHash = Fingerprint.hash(of: plan)
    return plan
  }

  // MARK: Cells

  /// What is asked by probe, task and seed, which is the same of every arm, and is made once.
  private struct Asked {
    struct Key: Hashable {
      var probe: String
      var task: ExperimentTask
      var seed: Int
    }

    var known: [Key: (items: Int, contentHash: String)] = [:]
  }

  private func mainCells(
    _ tasks: [ExperimentTask], _ asked: inout Asked
  ) throws -> [PlannedCell] {
    var cells: [PlannedCell] = []
    for arm in experiment.arms {
      for (index, task) in tasks.enumerated() {
        // An untrained subject has no seed of its own: it is asked once as each persona.
        let different = experiment.differentSeeds
        let count = arm.isTrained ? experiment.seeds : min(experiment.seeds, different)
        let first = arm.isTrained ? arm.firstSeed : firstTrainedSeed
        for seed in first..<(first + count) {
          func subject(_ arm: String) -> String {
            "\(FileName.plain(arm))-\(name(of: task, at: index, in: tasks))-s\(seed)"
          }
          cells.append(
            PlannedCell(
              id: subject(arm.name), arm: arm.name, role: arm.role, task: task, seed: seed,
              kind: .main,
              training: arm.hasTraining ? try training(arm, task, seed) : nil,
              adapter: arm.adapter.map { adapter in
                PlannedAdapter(
                  of: subject(adapter.arm), adapter.change, seed: derivationSeed(task, seed))
              },
              context: try arm.context.map { context in
                try shown(context, as: subject(context.arm), of: arm, task, seed)
              },
              units: try units(arm, task, seed, &asked)))
        }
      }
    }
    return cells
  }

  private func doseCells(
    _ settings: DoseSettings?, _ name: String, _ tasks: [ExperimentTask], _ asked: inout Asked
  ) throws -> [PlannedCell] {
    guard let settings else {
      throw LabError(.invalidExperiment, "\(name): the experiment has no such settings")
    }
    var cells: [PlannedCell] = []
    let chosen = tasks.prefix(settings.tasks ?? tasks.count)
    for arm in try settings.arms.map(trainedArm) {
      for (index, task) in chosen.enumerated() {
        let first = arm.firstSeed
        let count = min(settings.seeds ?? experiment.seeds, experiment.seeds)
        for seed in first..<(first + count) {
          let word = self.name(of: task, at: index, in: tasks)
          let subject = "\(FileName.plain(arm.name))-\(word)-s\(seed)"
          func add(
            _ point: [DoseSetting], _ training: PlannedTraining?, _ adapter: PlannedAdapter? = nil
          ) throws {
            let labels = point.map { "\($0.axis.rawValue)-\(Self.label($0.label))" }
            let kind = settings.isGrid ? "dose" : "curve"
            let copies = training?.snapshotSteps ?? []
            let steps = copies.isEmpty ? [0] : copies
            cells.append(
              PlannedCell(
                id: "\(kind)-\(labels.joined(separator: "-"))-\(subject)", arm: arm.name,
                role: arm.role, task: task, seed: seed,
                kind: .dose(point, isGrid: settings.isGrid), training: training, adapter: adapter,
                units: try steps.flatMap {
                  try units(arm, task, seed, &asked, only: settings.probes, step: $0)
                }))
          }
          if let every = settings.everySteps {
            var course = try training(arm, task, seed)
            let last = course.settings.steps
            course.snapshotSteps = Array(stride(from: every, through: last, by: every))
            // The end is asked about as well, where it is not on the way.
            if let asked = course.snapshotSteps.last, asked < last {
              course.snapshotSteps.append(last)
            }
            guard !course.snapshotSteps.isEmpty else {
              throw LabError(
                .invalidExperiment,
                "\(name): every_steps: found \(every); allowed: 1 to \(last), the steps of "
                  + "\(arm.name)")
            }
            try add([.course(steps: last)], course)
          }
          for point in settings.points {
            if case .scale(let scale)? = point.first {
              let change = AdapterChange(scale: scale)
              let seed = derivationSeed(task, seed)
              try add(point, nil, PlannedAdapter(of: subject, change, seed: seed))
              continue
            }
            try add(point, try training(arm, task, seed, point: point))
          }
        }
      }
    }
    return cells
  }

  /// Base is asked as the hosts of the trained arms.
  private var firstTrainedSeed: Int {
    experiment.arms.filter(\.isTrained).map(\.firstSeed).min() ?? 1
  }

  private func trainedArm(_ name: String) throws -> Arm {
    guard let arm = experiment.arm(name), arm.hasTraining else {
      throw LabError(.invalidExperiment, "found '\(name)'; allowed: an arm that is trained")
    }
    return arm
  }

  /// What a change of an adapter draws by.
  private func derivationSeed(_ task: ExperimentTask, _ seed: Int) -> UInt64 {
    var generator = SeededGenerator(
      seed: experiment.seed, labStream: "adapter/\(task.name)/\(seed)")
    return generator.next()
  }

  /// The rows of a trained subject that another one has in its context.
  private func shown(
    _ context: ShownRows, as cell: String, of arm: Arm, _ task: ExperimentTask, _ seed: Int
  ) throws -> PlannedContext {
    guard let source = experiment.arm(context.arm) else {
      throw LabError(.invalidExperiment, "\(arm.name): found no arm '\(context.arm)'")
    }
    let all = try training(source, task, seed).rows
    let rows = Array(all.prefix(context.count))
    guard rows.count == context.count else {
      throw LabError(
        .invalidExperiment,
        "\(arm.name): found \(context.count) rows in the context, of \(rows.count) that \(source.name) "
          + "has; allowed: at most those")
    }
    guard rows.allSatisfy({ $0.chat != nil }) else {
      throw LabError(
        .invalidExperiment,
        "\(arm.name): found rows of \(source.name) that are no conversations; allowed: conversations, "
          + "which can stand before a question")
    }
    return PlannedContext(of: cell, count: rows.count, rowsHash: Fingerprint.hash(of: rows))
  }

  private func training(
    _ arm: Arm, _ task: ExperimentTask, _ seed: Int, point: [DoseSetting] = []
  ) throws -> PlannedTraining {
    let recipe = experiment.training.settings(for: model.identity.name)
    let settings = arm.training?.applied(to: recipe) ?? recipe
    var count =
      point.compactMap { if case .rows(let count) = $0 { count } else { nil } }.first
      ?? arm.rowCount ?? experiment.training.rows
    // What a model would write and nobody be trained on is not written.
    if let whole = count, point.isEmpty, experiment.writesRows(of: arm),
      let batch = settings.batchRows
    {
      count = min(whole, settings.steps * batch)
    }
    let rows = try RowBuilder(
      experiment: experiment, materials: materials, files: files, written: written
    )
    .rows(of: arm, task: task, seed: seed, count: count)
    if rows.isEmpty {
      throw LabError(
        .invalidExperiment, "\(arm.name): found no training row; allowed: at least one")
    }
    var generator = SeededGenerator(
      seed: experiment.seed, labStream: "training/\(task.name)/\(seed)")
    return PlannedTraining(
      rows: rows, rowsHash: Fingerprint.hash(of: rows),
      settings: point.reduce(settings) { $1.applied(to: $0, rows: rows.count) },
      seed: generator.next(), snapshotSteps: [])
  }

  private func units(
    _ arm: Arm, _ task: ExperimentTask, _ seed: Int, _ asked: inout Asked,
    only: [String]? = nil, step: Int = 0
  ) throws -> [PlannedUnit] {
    let probes = experiment.probes.filter {
      $0.kind != .difference && $0.asks(arm: arm.name) && (only?.contains($0.name) ?? true)
    }
    return try probes.map { probe in
      let made = try asks(of: probe, task, seed, &asked)
      return PlannedUnit(
        probe: probe.name, step: step, items: made.items, contentHash: made.contentHash)
    }
  }

  private func asks(
    of probe: Probe, _ task: ExperimentTask, _ seed: Int, _ asked: inout Asked
  ) throws -> (items: Int, contentHash: String) {
    let key = Asked.Key(probe: probe.name, task: task, seed: seed)
    if let known = asked.known[key] { return known }
    let asks = try AskBuilder(experiment: experiment, materials: materials)
      .asks(of: probe, task: task, seed: seed)
    if asks.isEmpty {
      throw LabError(.invalidExperiment, "probes.\(probe.name): found nothing to ask")
    }
    let made = (asks.count, Fingerprint.hash(of: asks))
    asked.known[key] = made
    return made
  }

  // MARK: Names

  private func name(of task: ExperimentTask, at index: Int, in tasks: [ExperimentTask]) -> String {
    let name = FileName.plain(task.name)
    let isUnique = tasks.count { FileName.plain($0.name) == name } == 1
    return isUnique && !name.isEmpty ? name : "task\(index + 1)"
  }

  /// A value as part of a name: as it is written, but for points.
  private static func label(_ text: String) -> String {
    String(text.map { $0.isNumber || $0.isLetter || $0 == "-" ? $0 : "_" })
  }
}
