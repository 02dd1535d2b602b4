/// Everything that the store of a run holds, read at once. Gates, verdicts, reports and exports
/// are made from it and from nothing else.
package struct RunRecord: Sendable {
  package var plan: Plan
  package var provenance: Provenance
  package var training: [TrainingRecord]
  package var answers: [GradedAnswer]
  /// The subjects that ended before all of them was measured.
  package var failures: [CellFailure]
  /// What a reader should know of how the model answered.
  package var remarks: [String]
  /// The time that passed, in all and by stage.
  package var seconds: [String: Double]
  /// What the untrained model answered when it was told; nil where no probe has texts to be told.
  package var ladder: LadderRecord?

  package init(
    plan: Plan, provenance: Provenance, training: [TrainingRecord], answers: [GradedAnswer],
    failures: [CellFailure] = [], remarks: [String] = [], seconds: [String: Double],
    ladder: LadderRecord? = nil
  ) {
    self.plan = plan
    self.provenance = provenance
    self.training = training
    self.answers = answers
    self.failures = failures
    self.remarks = remarks
    self.seconds = seconds
    self.ladder = ladder
  }

  package init(_ folder: RunFolder) async throws {
    self.init(
      plan: folder.plan, provenance: folder.provenance,
      training: try await folder.store.trainingRecords(),
      answers: try await folder.store.measurements(),
      failures: try await folder.store.failures(), remarks: try await folder.store.remarks(),
      seconds: Self.dealtOut(try await folder.store.seconds()), ladder: try folder.ladder())
  }

  /// Where the stages of subjects that were worked on side by side come to more than the time that
  /// passed, that time dealt out among the stages.
  package static func dealtOut(_ seconds: [String: Double]) -> [String: Double] {
    guard let total = seconds["total"] else { return seconds }
    // In one order, for a sum in another may end in another last bit.
    let work = seconds.sorted { $0.key < $1.key }.reduce(0) {
      $1.key == "total" ? $0 : $0 + $1.value
    }
    guard work > total else { return seconds }
    var result = seconds.mapValues { $0 * total / work }
    result["total"] = total
    return result
  }

  /// Whether every unit of the plan has all its answers.
  package var isFinished: Bool { standing.count(.done) == plan.cells.count }

  /// How far the run has come.
  package var standing: RunStanding { RunStanding(self) }

  /// The measurements by subject, and within it by probe and step.
  package func byUnit() -> [String: [UnitKey: [GradedAnswer]]] {
    var units: [String: [UnitKey: [GradedAnswer]]] = [:]
    for row in answers {
      units[row.cell, default: [:]][UnitKey(probe: row.probe, step: row.step), default: []]
        .append(row)
    }
    return units
  }
}
