import NosceExperiment
import NosceRuns

/// What one recipe came to on development values: every gate with its number.
package struct RecipeTrial: Codable, Sendable, Hashable {
  package struct GateValue: Codable, Sendable, Hashable {
    package var name: String
    package var passed: Bool
    package var value: Double?
    package var threshold: Double?
    package var detail: String
    /// Whether more training can help it.
    package var isReached: Bool

    package init(
      name: String, passed: Bool, value: Double?, threshold: Double?, detail: String,
      isReached: Bool
    ) {
      self.name = name
      self.passed = passed
      self.value = value
      self.threshold = threshold
      self.detail = detail
      self.isReached = isReached
    }

    /// What it has beside its threshold.
    var margin: Double? { value.map { $0 - (threshold ?? 0) } }
  }

  package var candidate: RecipeCandidate
  /// Whether it was tried again, on every value.
  package var isConfirmation: Bool
  /// Rows that were trained on, each counted once for every step that it takes part in.
  package var trainedRows: Int
  package var gates: [GateValue]
  /// The name of its run folder.
  package var run: String

  package init(
    candidate: RecipeCandidate, isConfirmation: Bool, trainedRows: Int, gates: [GateValue],
    run: String
  ) {
    self.candidate = candidate
    self.isConfirmation = isConfirmation
    self.trainedRows = trainedRows
    self.gates = gates
    self.run = run
  }

  /// Whether it was learnt, and honestly.
  package var passed: Bool { !gates.isEmpty && gates.allSatisfy(\.passed) }

  /// Whether something failed that more training would not mend.
  package var isHarmed: Bool { gates.contains { !$0.passed && !$0.isReached } }

  /// How near the gates are that more training can help: the least of what each has beside its
  /// threshold. Where one has no value there is no telling, and it comes last.
  package var margin: Double {
    gates.filter(\.isReached).map { $0.margin ?? -.greatestFiniteMagnitude }.min()
      ?? -.greatestFiniteMagnitude
  }
}
