/// Everything that the store of a run holds, read at once. Gates, verdicts, reports and exports
/// are made from it and from nothing else.
package struct RunRecord: Sendable {
  package var plan: Plan
  package var provenance: Provenance
  package var training: [TrainingRecord]
  package var measurements: [GradedAnswer]
  package var seconds: [String: Double]

  package init(
    plan: Plan, provenance: Provenance, training: [TrainingRecord], measurements: [GradedAnswer],
    seconds: [String: Double]
  ) {
    self.plan = plan
    self.provenance = provenance
    self.training = training
    self.measurements = measurements
    self.seconds = seconds
  }

  package init(_ folder: RunFolder) async throws {
    self.init(
      plan: folder.plan, provenance: folder.provenance,
      training: try await folder.store.trainingRecords(),
      measurements: try await folder.store.measurements(), seconds: try await folder.store.seconds()
    )
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
