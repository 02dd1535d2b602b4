import NosceCore
import NosceExperiment

/// One answer with everything that a reader needs to judge it: who was asked what, and how.
package struct Measurement: Sendable, Hashable {
  package var arm: String
  package var role: ArmRole
  package var task: String
  package var seed: Int
  /// `main`, the kind of curve, or `dose`.
  package var kind: String
  /// Nil where the experiment has no such probe.
  package var probeKind: ProbeKind?
  package var graded: GradedAnswer

  package init(
    arm: String, role: ArmRole, task: String, seed: Int, kind: String = "main",
    probeKind: ProbeKind? = nil, graded: GradedAnswer
  ) {
    self.arm = arm
    self.role = role
    self.task = task
    self.seed = seed
    self.kind = kind
    self.probeKind = probeKind
    self.graded = graded
  }
}

extension PlannedCell.Kind {
  package var name: String {
    switch self {
    case .main: "main"
    case .dose(let settings, let isGrid):
      isGrid ? "dose" : settings.first?.axis.rawValue ?? "dose"
    }
  }
}

extension RunRecord {
  /// Every answer of the run in the order of the plan, or those of the subjects that enter
  /// contrasts.
  package func measurements(mainOnly: Bool = false) -> [Measurement] {
    let units = byUnit()
    let kinds = Dictionary(
      plan.experiment.probes.map { ($0.name, $0.kind) }, uniquingKeysWith: { first, _ in first })
    return plan.cells.filter { $0.isMain || !mainOnly }.flatMap { cell in
      cell.units.flatMap { unit in
        (units[cell.id]?[UnitKey(probe: unit.probe, step: unit.step)] ?? []).map { answer in
          Measurement(
            arm: cell.arm, role: cell.role, task: cell.task.name, seed: cell.seed,
            kind: cell.kind.name, probeKind: kinds[unit.probe], graded: answer)
        }
      }
    }
  }
}
