import NosceCore

/// A claim stated beforehand: one arm against others on one probe.
package struct Contrast: Codable, Sendable, Hashable {
  /// What the treatment must beat.
  package struct Floor: Codable, Sendable, Hashable {
    package var arm: String
    /// The probe that the floor is measured by; nil for the contrast's own.
    package var probe: String?

    package init(_ arm: String, probe: String? = nil) {
      self.arm = arm
      self.probe = probe
    }

    /// The arm, and the probe in brackets where it is not the contrast's own.
    package var name: String { probe.map { "\(arm) (\($0))" } ?? arm }
  }

  package var name: String
  package var primary: Bool
  package var probe: String
  package var treatment: String
  /// Empty in a square.
  package var floors: [Floor]
  /// The variable of a square: each of its values is trained, and each is asked. The claim is then
  /// that subjects give more to their own value than to the others of its family, by log-probability
  /// less base's, in nats. Nil for a claim against floors.
  package var square: String?
  package var direction: Direction
  package var smallestEffect: Double
  package var level: Double
  /// Whether it shows that an answer is about the subject: the same subjects asked the same of
  /// somebody else are its floors.
  package var specificity: Bool

  package init(
    name: String, primary: Bool = false, probe: String, treatment: String, floors: [Floor],
    square: String? = nil, direction: Direction = .greater, smallestEffect: Double,
    level: Double = 0.05,
    specificity: Bool = false
  ) {
    self.name = name
    self.primary = primary
    self.probe = probe
    self.treatment = treatment
    self.floors = floors
    self.square = square
    self.direction = direction
    self.smallestEffect = smallestEffect
    self.level = level
    self.specificity = specificity
  }

  /// Of the intervals that invert the one-sided test: 0.9 at a level of 0.05.
  package var intervalLevel: Double { 1 - 2 * level }
}

extension Contrast {
  /// What the treatment is compared with, in words.
  package var opponents: String {
    square.map { "the others of its family of \($0)" }
      ?? floors.map(\.name).joined(separator: ", ")
  }
}

/// Plans of schemas before `nosce-plan-5` do not say which contrast shows specificity.
extension Contrast {
  private enum CodingKeys: String, CodingKey {
    case name, primary, probe, treatment, floors, square, direction, smallestEffect, level
    case specificity
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      name: try container.decode(String.self, forKey: .name),
      primary: try container.decode(Bool.self, forKey: .primary),
      probe: try container.decode(String.self, forKey: .probe),
      treatment: try container.decode(String.self, forKey: .treatment),
      floors: try container.decode([Floor].self, forKey: .floors),
      square: try container.decodeIfPresent(String.self, forKey: .square),
      direction: try container.decode(Direction.self, forKey: .direction),
      smallestEffect: try container.decode(Double.self, forKey: .smallestEffect),
      level: try container.decode(Double.self, forKey: .level),
      specificity: try container.decodeIfPresent(Bool.self, forKey: .specificity) ?? false)
  }
}
