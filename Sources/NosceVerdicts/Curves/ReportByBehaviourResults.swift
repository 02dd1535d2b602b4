import NosceCore
import NosceExperiment
import NosceRuns

/// Behaviour against report over the settings of `curves`: for every setting what subjects did, and what
/// they said of it.
struct ReportByBehaviourResults {
  /// The subjects of one setting, asked after one step.
  private struct Place {
    var arm: String
    var setting: DoseSetting
    var step: Int
    var cells: [PlannedCell]
  }

  private let record: RunRecord
  private let units: [String: [UnitKey: [GradedAnswer]]]

  init(_ record: RunRecord) {
    self.record = record
    units = record.byUnit()
  }

  private var experiment: Experiment { record.plan.experiment }

  /// Nil where the curves do not ask both what a subject does and what the primary claim is about.
  func result(_ ladders: [RunSummary.Ladder]) throws -> RunSummary.ReportByBehaviour? {
    guard let curves = experiment.curves, record.plan.options.curves,
      let claim = experiment.contrasts.first(where: \.primary),
      let behaviour = behaviourProbe(of: claim, in: curves), curves.probes.contains(claim.probe)
    else { return nil }
    let places = places()
    // A square needs two names of a family.
    let square = claim.square.flatMap(experiment.variable).flatMap { variable in
      places.contains { !families(variable, in: $0).isEmpty } ? variable : nil
    }
    var lines: [RunSummary.ReportByBehaviour.Line] = []
    for arm in curves.arms {
      for axis in DoseSetting.Axis.allCases {
        let across = CurveAxis(axis, of: curves)
        let own = places.filter { $0.arm == arm && $0.setting.axis == axis }
        let points = own.compactMap { place in
          point(place, across, behaviour, claim.probe, square)
        }.sorted { $0.x < $1.x }
        guard let first = points.first else { continue }
        lines.append(
          .init(
            name: curves.arms.count > 1 ? "\(across.title), \(arm)" : across.title, arm: arm,
            beginsWithBase: across.beginsWithBase && first.x > 0, points: points.map(\.point)))
      }
    }
    if lines.isEmpty { return nil }
    let base = try base(behaviour, claim.probe, isSquare: square != nil)
    let ladder = ladders.first { $0.probe == claim.probe && $0.isSquare == (square != nil) }
    return RunSummary.ReportByBehaviour(
      behaviourProbe: behaviour, reportProbe: claim.probe, isSquare: square != nil, lines: lines,
      base: base, ceiling: ladder?.ceiling.flatMap { shift in base.map { $0.report + shift } })
  }

  /// The one by which a gate decides whether the treatment has learnt anything, or else the first.
  private func behaviourProbe(of claim: Contrast, in curves: DoseSettings) -> String? {
    let gates = experiment.gates.filter {
      $0.kind == .behaviour && $0.arms.contains(claim.treatment)
    }
    let others = experiment.probes.filter { $0.kind == .behaviour }.map(\.name)
    return (gates.flatMap(\.probes) + others).first(where: curves.probes.contains)
  }

  private func places() -> [Place] {
    var places: [Place] = []
    for cell in record.plan.cells {
      guard case .dose(let settings, false) = cell.kind, let setting = settings.first else {
        continue
      }
      for step in Set(cell.units.map(\.step)).sorted() {
        let known = places.firstIndex {
          $0.arm == cell.arm && $0.setting == setting && $0.step == step
        }
        if let known {
          places[known].cells.append(cell)
        } else {
          places.append(Place(arm: cell.arm, setting: setting, step: step, cells: [cell]))
        }
      }
    }
    return places
  }

  private func point(
    _ place: Place, _ across: CurveAxis, _ behaviour: String, _ report: String, _ square: Variable?
  ) -> (x: Double, point: RunSummary.ReportByBehaviour.Point)? {
    let said =
      if let square { effect(in: place, of: square, report) } else { mean(place, report) }
    guard let x = across.x([place.setting], step: place.step), let said,
      let did = mean(place, behaviour)
    else { return nil }
    let label =
      across.axis == .course ? "\(place.step) steps" : CurveAxis.words(place.setting)
    return (
      x, .init(label: label, behaviour: did, report: said, subjects: place.cells.count)
    )
  }

  private func answers(_ cell: PlannedCell, _ probe: String, _ step: Int) -> [GradedAnswer] {
    units[cell.id]?[UnitKey(probe: probe, step: step)] ?? []
  }

  /// The mean over subjects of their mean scores; nil where one of them has none.
  private func mean(_ place: Place, _ probe: String) -> Double? {
    let means = place.cells.compactMap { cell -> Double? in
      let scores = answers(cell, probe, place.step).compactMap(\.score)
      return scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count)
    }
    return means.count == place.cells.count ? means.reduce(0, +) / Double(means.count) : nil
  }

  private func base(
    _ behaviour: String, _ report: String, isSquare: Bool
  ) throws -> RunSummary.ReportByBehaviour.Point? {
    let main = MainResults(record)
    guard let arm = main.base?.name, case .result(_, let did) = try main.base(on: behaviour) else {
      return nil
    }
    var said = 0.0
    // What base gives to each name is what a square takes away.
    if !isSquare {
      guard case .result(_, let mean) = try main.base(on: report) else { return nil }
      said = mean
    }
    return .init(
      label: arm, behaviour: did, report: said,
      subjects: record.plan.cells.count { $0.isMain && $0.arm == arm })
  }

  // MARK: Squares

  /// The subjects of each family of which there are two or more, by seed and name.
  private func families(_ variable: Variable, in place: Place) -> [[String: PlannedCell]] {
    let bySeed = Dictionary(grouping: place.cells, by: \.seed).sorted { $0.key < $1.key }
    return (variable.families ?? []).flatMap { names in
      bySeed.compactMap { _, cells in
        let own = cells.map { ($0.task.values[variable.name] ?? "", $0) }
          .filter { names.contains($0.0) }
        let byName = Dictionary(own, uniquingKeysWith: { first, _ in first })
        return byName.count > 1 ? byName : nil
      }
    }
  }

  /// Of the names of which there are subjects; nil where one of them lacks what it gave.
  private func effect(in place: Place, of variable: Variable, _ probe: String) -> Double? {
    let squares = families(variable, in: place).compactMap { family -> [[Double]]? in
      let rows = family.sorted { $0.key < $1.key }.compactMap { _, cell in
        try? SquareCells.values(
          of: answers(cell, probe, place.step), for: family.keys.sorted(), in: cell.id)
      }
      return rows.count == family.count ? rows : nil
    }
    let isWhole = squares.count == families(variable, in: place).count
    return squares.isEmpty || !isWhole ? nil : SquareEffect.of(squares)
  }
}
