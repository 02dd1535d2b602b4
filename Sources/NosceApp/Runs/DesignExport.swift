import NosceCore
import NosceExperiment
import NosceFormats
import NosceReport
import NosceRuns

/// What was stated before the first answer, as tables: with the answers they are all that a verdict is
/// made of.
struct DesignExport {
  private let plan: Plan

  init(_ record: RunRecord) { plan = record.plan }

  private var experiment: Experiment { plan.experiment }

  var tables: [ExportTable] {
    [design(), probes(), claims(), claimGates(), families(), plannedAnswers()]
  }

  private func design() -> ExportTable {
    ExportTable(
      "design", "One row: what is the same for all contrasts.", [experiment],
      [
        .text("experiment", "the experiment's short name") { $0.name },
        .count("seeds", "trained subjects for each arm and task") { $0.seeds },
        .count(
          "hosts",
          "personas that subjects are addressed as; with fewer than 2 base is the same in "
            + "every block"
        ) { $0.hosts.personas.count },
        .flag("is_exploratory", "there are too few seeds for a verdict, and none is given") {
          _ in plan.options.exploratory
        },
      ])
  }

  private func probes() -> ExportTable {
    ExportTable(
      "probes", "One row for each probe: what a subject's score on it is.", experiment.probes,
      [
        .text("probe", "the probe") { $0.name },
        .text("probe_kind", "what kind of probe it is") { $0.kind.rawValue },
        .text(
          "measure",
          "count where the score is so many of the answers, share where it is a mean share of "
            + "probability, log-odds where it is a mean of them in nats, difference where it is one probe's "
            + "score less another's, collected where answers are only kept"
        ) { Self.measure($0) },
        .words("of", "the probe that counts, of a difference") { $0.difference?.of },
        .words("minus", "the probe that is taken away, of a difference") { $0.difference?.minus },
        .number("lowest", "the lowest score that there can be") { $0.bounds?.lowerBound },
        .number("highest", "the highest score that there can be") { $0.bounds?.upperBound },
      ])
  }

  private static func measure(_ probe: Probe) -> String {
    if probe.difference != nil { return "difference" }
    if probe.isCollected { return "collected" }
    if probe.isLogOdds { return "log-odds" }
    return probe.countsAnswers ? "count" : "share"
  }

  private func claims() -> ExportTable {
    typealias Row = (contrast: Contrast, floor: Contrast.Floor?)
    let rows: [Row] = experiment.contrasts.flatMap { contrast -> [Row] in
      contrast.floors.isEmpty ? [(contrast, nil)] : contrast.floors.map { (contrast, $0) }
    }
    let columns: [ExportColumn<Row>] = [
      .text("contrast", "the contrast") { $0.contrast.name },
      .flag("is_primary", "it carries the verdict") { $0.contrast.primary },
      .flag("is_specificity", "it shows that an answer is about the subject") {
        $0.contrast.specificity
      },
      .text("probe", "the probe") { $0.contrast.probe },
      .text("treatment", "the arm that is compared with the floors") { $0.contrast.treatment },
      .text("direction", "which way it is claimed to differ: greater or less") {
        $0.contrast.direction.rawValue
      },
      .number("alpha", "level of the test") { $0.contrast.level },
      .number("smallest_effect", "smallest effect of interest") { $0.contrast.smallestEffect },
      .words("square", "the variable of a square; empty where there are floors") {
        $0.contrast.square
      },
      .words("floor", "the arm that the treatment must beat; empty in a square") { $0.floor?.arm },
      .words("floor_probe", "the probe that the floor is measured by; empty in a square") { row in
        row.floor.map { $0.probe ?? row.contrast.probe }
      },
      .words(
        "comparison",
        "paired within blocks, constant where base is the same in every block, or beside where it "
          + "is and binds nothing; empty in a square"
      ) { row in
        row.floor.map { Self.words(FloorKind(row.contrast, $0, in: experiment)) }
      },
    ]
    return ExportTable(
      "claims", "One row for each contrast and floor, as stated before the run.", rows, columns)
  }

  private static func words(_ kind: FloorKind) -> String {
    switch kind {
    case .paired: "paired"
    case .beside: "beside"
    case .constant: "constant"
    }
  }

  private func claimGates() -> ExportTable {
    typealias Row = (gate: Gate, arm: String)
    let rows: [Row] = experiment.gates.flatMap { gate in gate.arms.map { (gate, $0) } }
    let columns: [ExportColumn<Row>] = [
      .text("gate", "the gate") { $0.gate.name },
      .text("gate_kind", "what it looks at") { $0.gate.kind.rawValue },
      .text("arm", "the arm for which it must hold") { $0.arm },
      .json("probes", "the probes that it looks at") { row in
        "[\(row.gate.probes.map(JSONText.quote).joined(separator: ","))]"
      },
      .number("at_least", "what is needed at least") { $0.gate.atLeast },
      .words("exemption", "why the arm is exempted, where the experiment says so") {
        $0.gate.exemptions[$0.arm]
      },
    ]
    return ExportTable(
      "claim_gates", "One row for each gate and arm, as stated before the run.", rows, columns)
  }

  private func families() -> ExportTable {
    typealias Row = (variable: String, family: Int, name: String)
    let rows: [Row] = experiment.variables.flatMap { variable in
      (variable.families ?? []).enumerated().flatMap { number, names in
        names.map { (variable.name, number + 1, $0) }
      }
    }
    let columns: [ExportColumn<Row>] = [
      .text("variable", "the variable") { $0.variable },
      .count("family", "number of the family, from 1") { $0.family },
      .text("name", "a name of the family") { $0.name },
    ]
    return ExportTable(
      "families", "One row for each name of each family of a variable; none without squares.", rows,
      columns)
  }

  private func plannedAnswers() -> ExportTable {
    typealias Row = (cell: PlannedCell, unit: PlannedUnit)
    let rows: [Row] = plan.cells.filter(\.isMain).flatMap { cell in
      cell.units.map { (cell, $0) }
    }
    let columns: [ExportColumn<Row>] = [
      .text("cell", "the planned subject (subjects.csv)") { $0.cell.id },
      .text("probe", "the probe") { $0.unit.probe },
      .count("answers", "how many answers are planned") { $0.unit.items },
    ]
    return ExportTable(
      "planned_answers",
      "One row for each probe that a subject that enters contrasts is asked. A contrast of which one "
        + "of these answers is missing is incomplete.", rows, columns)
  }
}
