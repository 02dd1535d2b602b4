/// What came out for a claim.
///
/// The first four come from numbers alone. Gates decide on `notTestable`, a run of which a planned
/// subject failed is `incomplete`, one of fewer seeds than a verdict needs is `exploratory`, and one
/// that is not at its end is `unfinished`.
package enum Verdict: String, Codable, Sendable, CaseIterable {
  /// Significant against every floor, and the estimate is at least the smallest effect of interest.
  case supported
  /// The interval against the hardest floor ends below the smallest effect of interest.
  case notSupported = "not supported"
  /// Neither.
  case inconclusive
  /// Significantly on the wrong side of every floor.
  case contrary
  case notTestable = "not testable"
  /// A subject that was planned is missing, so that nothing is claimed: it may be missing for a reason
  /// that has to do with the answer.
  case incomplete
  /// No verdict yet: subjects that were planned have not been run.
  case unfinished
  case exploratory
}
