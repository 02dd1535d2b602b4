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
  /// The number of its first seed. Arms whose numbers differ share nothing by chance:
  /// neither rows nor initial weights nor questions.
  package var firstSeed: Int
  /// How many rows, in place of what its sources say; nil for those.
  package var rowCount: Int?
  /// Whose adapters its subjects have, changed; nil where they are trained themselves.
  package var adapter: DerivedAdapter?
  /// Whose rows its subjects, which are base, have in their context; nil where none.
  package var context: ShownRows?

  package init(
    name: String, role: ArmRole, note: String? = nil, rows: [RowSource] = [],
    training: TrainingOverrides? = nil, firstSeed: Int = 1, adapter: DerivedAdapter? = nil,
    context: ShownRows? = nil
  ) {
    self.name = name
    self.role = role
    self.note = note
    self.rows = rows
    self.training = training
    self.firstSeed = firstSeed
    self.adapter = adapter
    self.context = context
  }

  /// Whether its subjects are the base model with something, and so have seeds.
  package var isTrained: Bool { role != .base }

  /// The arm with the seeds of another one.
  package func taking(seedsOf other: Arm) -> Arm {
    var arm = self
    arm.firstSeed = other.firstSeed
    return arm
  }

  /// Whether they are fine-tuned for it, and not made of those of another arm.
  package var hasTraining: Bool { isTrained && source == nil }

  /// The arm of whose subjects or rows its own are made; nil where they are trained, or base.
  package var source: String? { adapter?.arm ?? context?.arm }
}

/// Plans of the schema `nosce-plan-2` leave out `firstSeed` where it is the usual.
extension Arm {
  private enum Key: String, CodingKey {
    case name, role, note, rows, training, firstSeed, rowCount, adapter, context
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    name = try container.decode(String.self, forKey: .name)
    role = try container.decode(ArmRole.self, forKey: .role)
    note = try container.decodeIfPresent(String.self, forKey: .note)
    rows = try container.decode([RowSource].self, forKey: .rows)
    training = try container.decodeIfPresent(TrainingOverrides.self, forKey: .training)
    firstSeed = try container.decodeIfPresent(Int.self, forKey: .firstSeed) ?? 1
    rowCount = try container.decodeIfPresent(Int.self, forKey: .rowCount)
    adapter = try container.decodeIfPresent(DerivedAdapter.self, forKey: .adapter)
    context = try container.decodeIfPresent(ShownRows.self, forKey: .context)
  }
}
