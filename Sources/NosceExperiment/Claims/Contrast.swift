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

  /// Which seeds are compared with which.
  package enum Pairing: String, Codable, Sendable, CaseIterable {
    /// Every seed against every seed; the same subject asked two things is paired all the same.
    case unpaired
    /// Seed k against seed k.
    case paired
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
  /// The level of the interval that decides on `not supported`.
  package var intervalLevel: Double
  package var pairing: Pairing
  /// Whether it shows that an answer is about the subject: the same subjects asked the same of
  /// somebody else are its floors.
  package var specificity: Bool

  package init(
    name: String, primary: Bool = false, probe: String, treatment: String, floors: [Floor],
    square: String? = nil, direction: Direction = .greater, smallestEffect: Double,
    level: Double = 0.05,
    intervalLevel: Double = 0.95, pairing: Pairing = .unpaired,
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
    self.intervalLevel = intervalLevel
    self.pairing = pairing
    self.specificity = specificity
  }
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
    case name, primary, probe, treatment, floors, square, direction, smallestEffect, level,
      intervalLevel
    case pairing, specificity
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
      intervalLevel: try container.decode(Double.self, forKey: .intervalLevel),
      pairing: try container.decode(Pairing.self, forKey: .pairing),
      specificity: try container.decodeIfPresent(Bool.self, forKey: .specificity) ?? false)
  }
}
