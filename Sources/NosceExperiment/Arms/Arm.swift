import NosceCore

/// One group of subjects: what it is trained on, and the part that it plays.
package struct Arm: Codable, Sendable, Hashable {
  package var name: String
  package var role: ArmRole
  package var note: String?
  /// What the arm is trained on, in this order; empty for the base arm alone.
  package var rows: [RowSource]
  /// What differs from the experiment's training recipe.
  package var training: TrainingOverrides?
  /// The number of its first seed; nil for 1. Arms whose numbers differ share nothing by chance:
  /// neither rows nor initial weights nor questions.
  package var firstSeed: Int?

  package init(
    name: String, role: ArmRole, note: String? = nil, rows: [RowSource] = [],
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
