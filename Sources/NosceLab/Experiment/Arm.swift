/// One group of subjects: what it is trained on, and the part that it plays.
package struct Arm: Codable, Sendable, Hashable {
  package enum Role: String, Codable, Sendable, CaseIterable {
    /// Trained on what the experiment is about.
    case treatment
    /// Untrained; asked once.
    case base
    /// The same form with the pattern destroyed.
    case sham
    /// The same prompts with flipped labels.
    case opposite
    /// The same pattern with another value.
    case twin
    /// Any other comparison.
    case control
  }

  package var name: String
  package var role: Role
  package var note: String?
  /// What the arm is trained on, in this order; empty for the base arm alone.
  package var rows: [RowSource]
  /// What differs from the experiment's training recipe.
  package var training: TrainingOverrides?
  /// The number of its first seed; nil for 1. Arms whose numbers differ share nothing by chance:
  /// neither rows nor initial weights nor questions.
  package var firstSeed: Int?

  package init(
    name: String, role: Role, note: String? = nil, rows: [RowSource] = [],
    training: TrainingOverrides? = nil, firstSeed: Int? = nil
  ) {
    self.name = name
    self.role = role
    self.note = note
    self.rows = rows
    self.training = training
    self.firstSeed = firstSeed
  }

  package var isTrained: Bool { role != .base }
}
