/// What a contrast can reach with the seeds that are planned.
package struct PlannedContrast: Codable, Sendable, Hashable {
  package var name: String
  package var primary: Bool
  package var level: Double
  /// The smallest p-value that the design can yield: the largest over the floors, adjusted where
  /// the contrast is secondary.
  package var smallestP: Double
  /// Floors that the treatment must beat; nil in plans before `nosce-plan-6`.
  package var floors: Int?
  /// At which level one floor is enough for *not supported*.
  package var levelOfAbsence: Double?
  /// Whether so many blocks can reach that level.
  package var canRuleOut: Bool?
  /// The effect that the test finds in four of five cases, in standard deviations of a block's
  /// difference; nil where it can find none.
  package var deviationsFound: Double?

  package init(
    name: String, primary: Bool, level: Double, smallestP: Double, floors: Int? = nil,
    levelOfAbsence: Double? = nil, canRuleOut: Bool? = nil, deviationsFound: Double? = nil
  ) {
    self.name = name
    self.primary = primary
    self.level = level
    self.smallestP = smallestP
    self.floors = floors
    self.levelOfAbsence = levelOfAbsence
    self.canRuleOut = canRuleOut
    self.deviationsFound = deviationsFound
  }

  /// Whether p can be small enough for a claim.
  package var isReachable: Bool { smallestP <= level * (1 + 1e-9) }
}
