import NosceCore
import NoscePorts

/// Checks what an experiment made in Swift could get wrong, and a file cannot: names that refer
/// to nothing.
package enum ExperimentCheck {
  package static func check(_ experiment: Experiment) throws {
    let arms = experiment.arms.map(\.name)
    let probes = experiment.probes.map(\.name)
    try unique(arms, "arm")
    try unique(probes, "probe")
    try unique(experiment.contrasts.map(\.name), "contrast")
    try unique(experiment.gates.map(\.name), "gate")
    if experiment.seeds < 1 {
      throw LabError(.invalidExperiment, "seeds: found \(experiment.seeds); allowed: 1 or more")
    }
    for arm in experiment.arms { try checkSource(of: arm, in: experiment) }
    for probe in experiment.probes {
      try known(probe.arms ?? [], among: arms, "\(probe.name): arm")
      try known(probe.source.map { [$0] } ?? [], among: probes, "\(probe.name): probe")
      guard let difference = probe.difference else { continue }
      let asked = experiment.probes.filter { $0.kind != .difference }.map(\.name)
      try known([difference.of, difference.minus], among: asked, "\(probe.name): probe")
      for part in [difference.of, difference.minus] where experiment.probe(part)?.isLogOdds == true
      {
        throw LabError(
          .invalidExperiment,
          "\(probe.name): found \(part), which is scored as log-odds and has no range; allowed in a "
            + "difference: scores from 0 to 1")
      }
    }
    for gate in experiment.gates {
      try known(gate.arms, among: arms, "\(gate.name): arm")
      try known(gate.probes, among: probes, "\(gate.name): probe")
    }
    for contrast in experiment.contrasts {
      let floors = contrast.floors
      try known([contrast.treatment] + floors.map(\.arm), among: arms, "\(contrast.name): arm")
      try known(
        [contrast.probe] + floors.compactMap(\.probe), among: probes, "\(contrast.name): probe")
      if let square = contrast.square {
        try SquareCheck.check(contrast, of: square, in: experiment)
      } else if floors.isEmpty {
        throw LabError(
          .invalidExperiment, "\(contrast.name): found no floor; allowed: at least one")
      }
      try checkUnits(of: contrast, in: experiment)
      let first = experiment.arm(contrast.treatment)?.firstSeed ?? 1
      for floor in floors where experiment.arm(floor.arm)?.isTrained ?? false {
        if experiment.arm(floor.arm)?.firstSeed ?? 1 != first {
          throw LabError(
            .invalidExperiment,
            "\(contrast.name): found \(floor.arm) with another first_seed than "
              + "\(contrast.treatment); allowed: the same, since arms are compared block by block")
        }
      }
    }
    let associations = experiment.associations
    try unique(associations.map(\.name), "association")
    for association in associations {
      try known(association.arms, among: arms, "\(association.name): arm")
      try known(
        [association.probe, association.otherProbe], among: probes, "\(association.name): probe")
      let hasRepeats =
        Set(association.arms).count < association.arms.count
        || association.probe == association.otherProbe
      if association.arms.isEmpty || hasRepeats {
        throw LabError(
          .invalidExperiment,
          "\(association.name): found no arm, or one twice, or one probe twice; allowed: different "
            + "arms, and two different probes")
      }
    }
    let primary = experiment.contrasts.count(where: \.primary)
    if primary != 1 {
      throw LabError(
        .invalidExperiment, "contrasts: found \(primary) primary ones; allowed: exactly one")
    }
    for (name, dose) in [("curves", experiment.curves), ("dose", experiment.dose)] {
      try known(dose?.arms ?? [], among: arms, "\(name): arm")
      try known(dose?.probes ?? [], among: probes, "\(name): probe")
      if let dose, dose.isGrid, !dose.scales.isEmpty {
        throw LabError(
          .invalidExperiment,
          "\(name): found scales in a grid; allowed: where one setting is varied at a time")
      }
    }
  }

  /// Adapters are made of those of an arm that is trained, and rows shown are of one, seed by seed.
  private static func checkSource(of arm: Arm, in experiment: Experiment) throws {
    guard let name = arm.source else { return }
    let what = arm.adapter == nil ? "rows" : "an adapter"
    let trained = experiment.arms.filter(\.hasTraining)
    guard let source = trained.first(where: { $0.name == name }), arm.isTrained else {
      throw LabError(
        .invalidExperiment,
        "\(arm.name): found \(what) of '\(name)'; allowed: of an arm that is trained, "
          + trained.map(\.name).joined(separator: ", "))
    }
    guard arm.adapter == nil || arm.context == nil else {
      throw LabError(
        .invalidExperiment, "\(arm.name): found an adapter and a context; allowed: one of the two")
    }
    guard arm.rows.isEmpty, arm.training == nil, arm.firstSeed == source.firstSeed else {
      throw LabError(
        .invalidExperiment,
        "\(arm.name): found rows, settings or seeds of its own beside \(what) of "
          + "\(source.name); allowed: none")
    }
    if let context = arm.context, !ShownRows.counts.contains(context.count) {
      throw LabError(
        .invalidExperiment,
        "\(arm.name): found \(context.count) rows in the context; allowed: \(ShownRows.counts)")
    }
    guard let adapter = arm.adapter else { return }
    guard AdapterChange.scales.contains(adapter.change.scale) else {
      throw LabError(
        .invalidExperiment,
        "\(arm.name): found the scale \(adapter.change.scale); allowed: \(AdapterChange.scales)")
    }
  }

  private static func known(_ names: [String], among known: [String], _ what: String) throws {
    for name in names where !known.contains(name) {
      throw LabError(
        .invalidExperiment,
        "\(what): found unknown name '\(name)'; allowed: \(known.joined(separator: ", "))")
    }
  }

  private static func unique(_ names: [String], _ what: String) throws {
    if Set(names).count < names.count {
      throw LabError(.invalidExperiment, "found two of the name for \(what)s; allowed: one of each")
    }
  }

  /// Nats are compared with nats, and not with one number: what has no range has no bound for its mean.
  private static func checkUnits(of contrast: Contrast, in experiment: Experiment) throws {
    let own = experiment.probe(contrast.probe)
    for floor in contrast.floors {
      let other = floor.probe.flatMap(experiment.probe) ?? own
      if own?.isLogOdds != other?.isLogOdds {
        throw LabError(
          .invalidExperiment,
          "\(contrast.name): found \(contrast.probe) beside \(other?.name ?? ""), of which one is "
            + "scored as log-odds; allowed: both, or neither")
      }
      if own?.isLogOdds == true, FloorKind(contrast, floor, in: experiment) == .constant {
        throw LabError(
          .invalidExperiment,
          "\(contrast.name): found \(floor.name) as the only floor of log-odds, which have no range; "
            + "allowed: a trained arm among the floors")
      }
    }
  }
}
