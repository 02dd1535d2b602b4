import NosceCore
import NosceExperiment
import NoscePorts

/// A control or a dose that a model cannot have, and without which the rest of an experiment can be run.
package struct PlannedOmission: Codable, Sendable, Hashable {
  /// Which arm, or which doses.
  package var arm: String
  /// The contrasts that are not tested for want of it.
  package var contrasts: [String]
  package var reason: String

  package init(arm: String, contrasts: [String], reason: String) {
    self.arm = arm
    self.contrasts = contrasts
    self.reason = reason
  }

  /// `permuted, and with it 'a permuted adapter shows it': needs ...`
  package var words: String {
    let claims = contrasts.map { "'\($0)'" }.joined(separator: ", ")
    return "\(arm)\(claims.isEmpty ? "" : ", and with it \(claims)"): \(reason)"
  }

  /// Takes out the doses of fewer rows than are trained on there, and says which they were.
  static func doses(
    among cells: inout [PlannedCell], on model: any ModelProvider
  ) -> [PlannedOmission] {
    let least = model.trainer?.leastRows ?? 1
    var few: Set<Int> = []
    cells.removeAll { cell in
      guard !cell.isMain, let rows = cell.training?.rows.count, rows < least else { return false }
      few.insert(rows)
      return true
    }
    return few.sorted().map { rows in
      PlannedOmission(
        arm: "doses of \(Counted.text(rows, "row"))", contrasts: [],
        reason: MeasurementPlan.lacksRows(least, of: model.identity.name))
    }
  }
}

extension Experiment {
  /// What of the experiment can be had from a model: all of it, or all but controls whose adapters are
  /// made of trained ones. Where a primary claim or a gate needs such a control, nothing is left out,
  /// and the plan says that it cannot be carried out.
  package func possible(
    on model: any ModelProvider
  ) -> (experiment: Experiment, omissions: [PlannedOmission]) {
    if model.capabilities.derives { return (self, []) }
    var experiment = self
    var omissions: [PlannedOmission] = []
    for arm in arms where arm.adapter != nil {
      guard let rest = experiment.leavingOut(controls: [arm.name]) else { return (self, []) }
      experiment = rest.experiment
      omissions.append(
        PlannedOmission(
          arm: arm.name, contrasts: rest.contrasts,
          reason: MeasurementPlan.lacksDerivation(model.identity.name)))
    }
    return (experiment, omissions)
  }
}
