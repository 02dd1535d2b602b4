/// Everything that the store of a run holds, read at once. Gates, verdicts, reports and exports
/// are made from it and from nothing else.
package struct RunRecord: Sendable {
  package var plan: Plan
  package var provenance: Provenance
  package var training: [TrainingRecord]
  package var measurements: [GradedAnswer]
  package var seconds: [String: Double]
  /// Beside the store: forecasts that were sealed before the run.
  package var forecasts: [ForecastFolder.Reading]

  package init(
    plan: Plan, provenance: Provenance, training: [TrainingRecord], measurements: [GradedAnswer],
    seconds: [String: Double], forecasts: [ForecastFolder.Reading] = []
  ) {
    self.plan = plan
    self.provenance = provenance
    self.training = training
    self.measurements = measurements
    self.seconds = seconds
    self.forecasts = forecasts
  }

  package init(_ folder: RunFolder) async throws {
    self.init(
      plan: folder.plan, provenance: folder.provenance,
      training: try await folder.store.trainingRecords(),
      measurements: try await folder.store.measurements(),
      seconds: try await folder.store.seconds(),
      forecasts: ForecastFolder(run: folder.url).readings())
  }

  /// Whether every unit of the plan has all its answers.
  package var isFinished: Bool {
    let units = byUnit()
    return plan.cells.allSatisfy { cell in
      cell.units.allSatisfy { unit in
        units[cell.id]?[UnitKey(probe: unit.probe, step: unit.step)]?.count == unit.items
      }
    }
  }

  /// The measurements by subject, and within it by probe and step.
  package func byUnit() -> [String: [UnitKey: [GradedAnswer]]] {
    var units: [String: [UnitKey: [GradedAnswer]]] = [:]
    for row in measurements {
      units[row.cell, default: [:]][UnitKey(probe: row.probe, step: row.step), default: []]
        .append(row)
    }
    return units
  }
}
