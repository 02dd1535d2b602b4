import NosceCore

/// The treatment against one floor.
package struct FloorResult: Codable, Equatable, Sendable {
  package var name: String
  /// Treatment minus floor in the probe's own unit, as it is, whichever direction was claimed.
  package var estimate: Double
  /// Inverts the test at the claim's level, in the probe's own unit.
  package var interval: OpenInterval
  /// The mean difference of log-odds and its interval; nil for a score without a range and for a
  /// constant floor.
  package var logOdds: LogOddsResult?
  /// One-sided, in the claimed direction.
  package var p: Double
  /// The p-value of the same test in the opposite direction.
  package var oppositeP: Double
  /// Which test it was, and over how many arrangements.
  package var test: String
  /// How many blocks were compared.
  package var blocks: Int
  /// The end of the interval towards the claim at level / k, k being the number of floors: what is
  /// compared with the smallest effect where a claim is said to be not supported; nil where open, and
  /// where there are lone blocks.
  package var mostAtShare: Double?
  /// Whether single blocks lie far from the others (``LoneBlocks``).
  package var hasLoneBlocks = false

  /// The estimate counted in the claimed direction.
  func advantage(_ direction: Direction) -> Double {
    direction.sign * estimate
  }

  /// The end of the interval away from the claim, counted in its direction; nil where open.
  func least(_ direction: Direction) -> Double? {
    direction == .greater ? interval.lower : interval.upper.map { -$0 }
  }
}

/// A difference of log-odds, in nats.
package struct LogOddsResult: Codable, Equatable, Sendable {
  package var estimate: Double
  package var interval: OpenInterval

  package init(estimate: Double, interval: OpenInterval) {
    self.estimate = estimate
    self.interval = interval
  }
}

/// The treatment against all floors.
package struct ClaimResult: Codable, Equatable, Sendable {
  package var verdict: Verdict
  /// The largest p over the floors.
  package var p: Double
  /// The largest p over the floors in the opposite direction.
  package var oppositeP: Double
  /// The floor over which the advantage is smallest.
  package var hardest: FloorResult
  /// In the order given.
  package var floors: [FloorResult]
  /// The smallest p that so many blocks could have given.
  package var smallestReachableP: Double
  /// With how many new blocks the claim would probably be decided; `nil` unless inconclusive and
  /// computable.
  package var blocksToDecide: Int?
  /// The fewest blocks that were compared with a floor.
  package var blocks: Int
}
