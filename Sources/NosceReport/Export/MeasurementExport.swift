import NosceCore
import NosceExperiment
import NosceFormats
import NoscePorts
import NosceRuns
import NosceVerdicts

/// What arms, seeds and tasks scored, and the answers themselves, as tables.
package struct MeasurementExport {
  private let summary: RunSummary
  private let scores: ScoreTable

  package init(_ summary: RunSummary, _ scores: ScoreTable) {
    self.summary = summary
    self.scores = scores
  }

  /// What arms and all that hangs on them begin with.
  private func origin<Value>(
    _ arm: @escaping (Value) -> RunSummary.ArmResult
  ) -> [ExportColumn<Value>] {
    [
      .text("experiment", "the experiment's short name") { _ in summary.experiment.name },
      .text("subject", "the model that was asked") { _ in summary.subject.name },
      .text("arm", "the arm") { arm($0).arm },
      .text("role", "what the arm is for: treatment, base, sham, twin, opposite or control") {
        arm($0).role.rawValue
      },
      .text("probe", "the probe") { arm($0).probe },
      .text("probe_kind", "what kind of probe it is") { arm($0).probeKind.rawValue },
    ]
  }

  private typealias Chosen = (ScoreTable.Entry) -> Bool

  private func outcomes(
    _ arm: RunSummary.ArmResult, where isChosen: Chosen = { _ in true }
  ) -> [Outcome.Kind: Int] {
    scores.entries(arm: arm.arm, probe: arm.probe).filter(isChosen).reduce(into: [:]) {
      $0.merge($1.outcomes, uniquingKeysWith: +)
    }
  }

  private func planned(_ arm: RunSummary.ArmResult, where isChosen: Chosen) -> Int {
    scores.entries(arm: arm.arm, probe: arm.probe).filter(isChosen).reduce(0) { $0 + $1.planned }
  }

  package func arms() -> ExportTable {
    ExportTable(
      "arms", "One row for each arm and probe.", summary.arms,
      origin { $0 } + [
        .number("mean", "mean over seeds of the mean over tasks; empty where nothing was scored") {
          $0.mean
        }
      ] + ExportColumn.interval { $0.interval } + [
        .number("chance", "score of a guess, where there is one") { $0.chance },
        .count("kept", "answers that were scored") { $0.kept },
        .count("total", "answers that are planned") { $0.total },
      ] + ExportColumn.outcomes { outcomes($0) } + [
        .number("mass", "median probability of all given texts together, where such were scored") {
          $0.mass
        },
        .count("seeds", "trained subjects for each task; 0 for an arm that is not trained") {
          $0.seeds
        },
        .words("worst_task", "the task with the mean farthest from the claim") { $0.worstTask },
        .words("making", "what its subjects are, where they are not trained for it") { $0.making },
      ])
  }

  package func seeds() -> ExportTable {
    typealias Row = (arm: RunSummary.ArmResult, value: RunSummary.ArmResult.Seed)
    let rows: [Row] = summary.arms.flatMap { arm in arm.perSeed.map { (arm, $0) } }
    return ExportTable(
      "seeds", "One row for each arm, probe and seed: the values that the tests are made on.", rows,
      origin { (row: Row) in row.arm } + [
        .count("seed", "the seed; of an arm that is not trained, its persona") { $0.value.seed },
        .number("mean", "mean over tasks; empty where nothing was scored") { $0.value.mean },
        .count("kept", "answers that were scored") { $0.value.kept },
        .count("total", "answers that are planned") { $0.value.total },
      ] + ExportColumn.outcomes { row in outcomes(row.arm) { $0.seed == row.value.seed } })
  }

  package func tasks() -> ExportTable {
    typealias Row = (arm: RunSummary.ArmResult, value: RunSummary.ArmResult.Task)
    let rows: [Row] = summary.arms.flatMap { arm in arm.perTask.map { (arm, $0) } }
    return ExportTable(
      "tasks", "One row for each arm, probe and task (in hello, each word).", rows,
      origin { (row: Row) in row.arm } + [
        .text("task", "the task") { $0.value.task },
        .number("mean", "mean over seeds; empty where nothing was scored") { $0.value.mean },
        .flag("worst", "it is the task with the mean farthest from the claim") {
          $0.value.task == $0.arm.worstTask
        },
        .count("kept", "answers that were scored") { row in
          outcomes(row.arm) { $0.task == row.value.task }[.scored] ?? 0
        },
        .count("total", "answers that are planned") { row in
          planned(row.arm) { $0.task == row.value.task }
        },
      ] + ExportColumn.outcomes { row in outcomes(row.arm) { $0.task == row.value.task } })
  }

  /// The answers of the subjects that enter contrasts.
  package static func answers(_ records: [Measurement]) -> ExportTable {
    ExportTable(
      "answers", "One row for each answer of the subjects that enter contrasts.", records,
      columns(isAlongDoses: false))
  }

  /// The answers of the subjects that are there for a curve or a dose.
  package static func doseAnswers(_ records: [Measurement]) -> ExportTable {
    ExportTable(
      "dose_answers",
      "One row for each answer of the subjects that were trained for a curve or a dose, which enter "
        + "no contrast.", records, columns(isAlongDoses: true))
  }

  private static func columns(isAlongDoses: Bool) -> [ExportColumn<Measurement>] {
    let whose: [ExportColumn<Measurement>] = [
      .text("cell", "the planned subject (subjects.csv)") { $0.graded.cell },
      .text("arm", "the arm") { $0.arm },
      .count("seed", "the seed") { $0.seed },
      .text("task", "the task") { $0.task },
    ]
    let when: [ExportColumn<Measurement>] = [
      .count("step", "training step after which it was asked; 0 is after the last") {
        $0.graded.step
      }
    ]
    let what: [ExportColumn<Measurement>] = [
      .text("probe", "the probe") { $0.graded.probe },
      .count("item", "number of the question in the probe, from 0") { $0.graded.item },
      .count("paraphrase", "number of the wording, from 0") { $0.graded.paraphrase },
      .count("sample", "number of the sample of one wording, from 0") { $0.graded.sample },
      .json("messages", "what was asked, a list of role and content") { messages(of: $0.graded) },
      .words("prefill", "the beginning of the answer that was given, where one was") {
        $0.graded.prefill
      },
      .words("answer", "the answer; of a forced choice the choice") { $0.graded.answer },
      .number("score", "the score, as it is stored; empty unless the outcome is scored") {
        $0.graded.score
      },
      .text("outcome", "what became of it: one of the next columns") {
        $0.graded.outcome.kind.rawValue
      },
    ]
    let outcomes = Outcome.Kind.allCases.map { kind in
      ExportColumn<Measurement>.flag(
        OutcomeWords.column(kind), "it is one of those that \(OutcomeWords.of(kind))"
      ) { $0.graded.outcome.kind == kind }
    }
    let why: [ExportColumn<Measurement>] = [
      .words("detail", "why it was graded so; of a choice the foremost log-probabilities") {
        $0.graded.detail
      },
      .number("mass", "probability of all given texts together, where such were scored") {
        $0.graded.mass
      },
      .words("evidence", "what it rests on: exact, top-N or sampled") { $0.graded.evidence?.text },
    ]
    return whose + (isAlongDoses ? when : []) + what + outcomes + why
  }

  private static func messages(of graded: GradedAnswer) -> String {
    let items = graded.messages.map { message in
      "{\"role\":\(JSONText.quote(message.role.rawValue)),"
        + "\"content\":\(JSONText.quote(message.content))}"
    }
    return "[\(items.joined(separator: ","))]"
  }
}
