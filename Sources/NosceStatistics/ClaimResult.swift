import NosceCore

/// The treatment against one floor.
package struct FloorResult: Codable, Equatable, Sendable {
  package var name: String
  /// Treatment minus floor, as it is, whichever direction was claimed.
  package var estimate: Estimate
  /// One-sided, in the claimed direction.
  package var test: TestResult
  /// The p-value of the same test in the opposite direction.
  package var oppositeP: Double
  /// How many seeds the floor has; `nil` for a constant.
  package var seeds: Int?

  /// The estimate counted in the claimed direction.
  func advantage(_ direction: Direction) -> Double {
    direction.sign * estimate.mean
  }
}

/// The treatment against all floors.
package struct ClaimResult: Codable, Equatable, Sendable {
  package var verdict: Verdict
  /// The largest p over the floors.
  package var p: Double
  /// The largest p over the floors in the opposite direction.
  package var oppositeP: Double
  /// Treatment minus the hardest floor: the one over which the advantage is smallest.
  package var estimate: Estimate
  package var hardestFloor: String
  /// In the order given.
  package var floors: [FloorResult]
  /// The smallest p that this many seeds could have given.
  package var smallestReachableP: Double
  /// How many seeds per arm would probably decide; `nil` unless inconclusive and computable.
  package var seedsToDecide: Int?
  package var treatmentSeeds: Int
}
