import NosceCore
import NosceExperiment
import NosceFormats
import NoscePorts
import NosceReport
import NosceRows
import NosceRuns

/// The planned subjects of a run as tables: what they are, what they were trained on and how, and what
/// each of those along a dose scored.
struct SubjectExport {
  /// One optimizer step of one subject.
  private struct Step {
    var cell: PlannedCell
    var number: Int
    var loss: Double
    /// The rows that it read, counted from 1, in this order; nil where nobody knows.
    var rows: [Int]?
  }

  private let record: RunRecord
  private let losses: [String: [Double]]
  private let adapters: [String: String]
  private let order: (PlannedTraining) -> AnyIterator<[Int]>?

  /// - Parameter losses: by subject and step, also of trainings that are not at their end.
  /// - Parameter adapters: where each subject's adapter lies in the export.
  /// - Parameter order: the rows that each step of a training reads, counted from 0; nil where the
  ///   trainer does not say.
  init(
    _ record: RunRecord, losses: [String: [Double]], adapters: [String: String],
    order: @escaping (PlannedTraining) -> AnyIterator<[Int]>?
  ) {
    self.record = record
    self.losses = losses
    self.adapters = adapters
    self.order = order
  }

  var tables: [ExportTable] {
    let steps = steps()
    return [subjects(), doses(), trainingRows(), losses(of: steps), trainingSteps(steps)]
  }

  /// What everything about a subject begins with.
  private func origin<Value>(
    _ cell: @escaping (Value) -> PlannedCell
  ) -> [ExportColumn<Value>] {
    [
      .text("cell", "the planned subject (subjects.csv)") { cell($0).id },
      .text("arm", "the arm") { cell($0).arm },
      .text("task", "the task") { cell($0).task.name },
      .count("seed", "the seed; of an arm that is not trained, its persona") { cell($0).seed },
      .text("kind", "main for those that enter contrasts, else curve or dose") {
        Self.kind(cell($0))
      },
    ]
  }

  private static func kind(_ cell: PlannedCell) -> String {
    switch cell.kind {
    case .main: "main"
    case .dose(_, let isGrid): isGrid ? "dose" : "curve"
    }
  }

  /// The settings that differ from the usual, by axis.
  private static func settings(_ cell: PlannedCell) -> [DoseSetting] {
    if case .dose(let settings, _) = cell.kind { settings } else { [] }
  }

  private static func settingsText(_ cell: PlannedCell) -> String? {
    let settings = settings(cell)
    if settings.isEmpty { return nil }
    return settings.map { "\($0.axis.rawValue)=\($0.label)" }.joined(separator: ", ")
  }

  private static func values(_ task: ExperimentTask) -> String {
    let members = task.values.sorted { $0.key < $1.key }.map { name, value in
      "\(JSONText.quote(name)):\(JSONText.quote(value))"
    }
    return "{\(members.joined(separator: ","))}"
  }

  private func subjects() -> ExportTable {
    let standing = record.standing
    let trained = Dictionary(
      record.training.map { ($0.cell, $0) }, uniquingKeysWith: { first, _ in first })
    let errors = Dictionary(
      record.failures.map { ($0.cell, $0.error) }, uniquingKeysWith: { first, _ in first })
    return ExportTable(
      "subjects", "One row for each planned subject: an arm, a task and a seed.",
      record.plan.cells,
      origin { $0 } + [
        .text("role", "what the arm is for") { $0.role.rawValue },
        .json("values", "the value of each variable in its task") { Self.values($0.task) },
        .words("settings", "what differs from the usual in a curve or a dose") {
          Self.settingsText($0)
        },
        .text("state", "done, failed, or not yet where it has not been run to its end") {
          standing.state(of: $0.id).rawValue
        },
        .flag("is_trained", "its training came to its end") {
          $0.training != nil && trained[$0.id] != nil
        },
        .words(
          "adapter_of", "the subject whose adapter it has, changed; empty where it has its own"
        ) { $0.adapter?.cell },
        .words("adapter_change", "what was changed: none, permuted or random") {
          $0.adapter?.change.kind.rawValue
        },
        .number("adapter_scale", "how strongly that adapter counts, 1 being as trained") {
          $0.adapter?.change.scale
        },
        .words("rows_shown_of", "the subject whose rows it has in its context; empty where none") {
          $0.context?.cell
        },
        .whole("rows_shown", "how many") { $0.context?.count },
        .words("error", "why it failed") {
          standing.state(of: $0.id) == .failed ? errors[$0.id] : nil
        },
        .whole("rows", "training rows; empty where it is not trained") {
          $0.training?.rows.count
        },
        .words("rows_hash", "hash of the training rows: the same rows have the same") {
          $0.training?.rowsHash
        },
        .whole("steps", "optimizer steps") { $0.training?.settings.steps },
        .whole("batch_rows", "rows of each step") { cell in
          cell.training.map { min($0.settings.batchRows ?? $0.rows.count, $0.rows.count) }
        },
        .number("learning_rate", "highest learning rate") { $0.training?.settings.learningRate },
        .whole("rank", "rank of the adapter") { $0.training?.settings.rank },
        .number("lora_alpha", "alpha of the adapter") { $0.training?.settings.alpha },
        .words("training_seed", "what its first weights and the order of its rows are drawn from") {
          $0.training.map { "\($0.seed)" }
        },
        .number("largest_logit_change", "the most that its adapter changed any logit") {
          trained[$0.id]?.largestLogitChange
        },
        .number("training_seconds", "how long its training took, or making its adapter") {
          trained[$0.id]?.seconds
        },
        .words("adapter", "where its adapter lies in this folder; empty where it is not here") {
          adapters[$0.id]
        },
        .words("served", "the name under which its adapter is served, where it is") {
          trained[$0.id]?.served
        },
      ])
  }

  // MARK: Doses

  private func doses() -> ExportTable {
    typealias Row = (cell: PlannedCell, unit: PlannedUnit, answers: [GradedAnswer])
    let units = record.byUnit()
    let rows: [Row] = record.plan.cells.filter { !$0.isMain }.flatMap { cell in
      cell.units.map { unit in
        (cell, unit, units[cell.id]?[UnitKey(probe: unit.probe, step: unit.step)] ?? [])
      }
    }
    let axes = DoseSetting.Axis.allCases.filter { $0 != .course }.map { axis in
      ExportColumn<Row>.words(Self.column(axis), Self.meaning(axis)) { row in
        Self.settings(row.cell).first { $0.axis == axis }?.label
      }
    }
    let columns: [ExportColumn<Row>] =
      origin { (row: Row) in row.cell } + axes + [
        .whole("step", "training step after which it was asked; empty after the last") {
          $0.unit.step > 0 ? $0.unit.step : nil
        },
        .text("probe", "the probe") { $0.unit.probe },
        .number("mean", "mean of the scores; empty where nothing was scored") { row in
          let scores = row.answers.compactMap(\.score)
          return scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count)
        },
        .count("kept", "answers that were scored") { row in
          row.answers.count { $0.outcome.kind == .scored }
        },
        .count("total", "answers that are planned") { $0.unit.items },
      ]
      + ExportColumn.outcomes { row in
        Dictionary(grouping: row.answers) { $0.outcome.kind }.mapValues(\.count)
      }
    return ExportTable(
      "doses",
      "One row for each subject along a curve or a dose, probe and step: what the curves are made "
        + "of. They enter no contrast.", rows, columns)
  }

  private static func column(_ axis: DoseSetting.Axis) -> String {
    "dose_\(axis.rawValue.replacing("-", with: "_"))"
  }

  private static func meaning(_ axis: DoseSetting.Axis) -> String {
    let what =
      switch axis {
      case .course: "steps along the usual training"
      case .rows: "training rows"
      case .epochs: "times through the rows"
      case .steps: "steps of the whole training"
      case .times: "steps of the whole training, in times the usual ones"
      case .learningRate: "learning rate"
      case .rank: "rank of the adapter"
      case .layers: "first and last layer with an adapter"
      case .scale: "how strongly the adapter of the main subject counts"
      }
    return "\(what); empty where it is as usual"
  }

  // MARK: Training

  private func trainingRows() -> ExportTable {
    typealias Row = (cell: PlannedCell, number: Int, row: TrainingRow)
    let trained = Set(record.training.map(\.cell)).union(losses.keys)
    let rows: [Row] = record.plan.cells.filter { trained.contains($0.id) }.flatMap { cell in
      (cell.training?.rows ?? []).enumerated().map { (cell, $0 + 1, $1) }
    }
    let columns: [ExportColumn<Row>] =
      origin { (row: Row) in row.cell } + [
        .count("row", "number of the row among the subject's, from 1") { $0.number },
        .json("line", "the row, as a line of a file for `nosce train --data`") { $0.row.line },
        .text("text", "all that the row says, turns on lines of their own; nothing of token ids") {
          $0.row.text
        },
      ]
    return ExportTable(
      "training_rows",
      "One row for each training row of each subject whose training has begun: the very rows, "
        + "controls included.", rows, columns)
  }

  private func steps() -> [Step] {
    record.plan.cells.flatMap { cell -> [Step] in
      guard let losses = losses[cell.id], let training = cell.training else { return [] }
      let order = order(training)
      return losses.enumerated().map { place, loss in
        Step(
          cell: cell, number: place + 1, loss: loss, rows: order?.next().map { $0.map { $0 + 1 } })
      }
    }
  }

  private func losses(of steps: [Step]) -> ExportTable {
    ExportTable(
      "losses", "One row for each optimizer step of each subject, up to where its training came.",
      steps,
      origin { $0.cell } + [
        .count("step", "number of the step, from 1") { $0.number },
        .number("loss", "mean loss of the step's target tokens, before the step") { $0.loss },
      ])
  }

  private func trainingSteps(_ steps: [Step]) -> ExportTable {
    ExportTable(
      "training_steps", "One row for each optimizer step of each subject: which rows it read.",
      steps,
      origin { $0.cell } + [
        .count("step", "number of the step, from 1") { $0.number },
        .json(
          "rows",
          "the numbers of the rows (`row` of training_rows.csv) that the step read, in this order; "
            + "empty where the trainer does not say"
        ) { $0.rows.map { "[\($0.map(String.init).joined(separator: ","))]" } },
      ])
  }
}
