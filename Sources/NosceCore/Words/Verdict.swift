/// What came out for a claim.
///
/// The first four come from numbers alone. Gates decide on `notTestable`, a run that lacks a planned
/// subject is `incomplete`, and one of fewer seeds than a verdict needs is `exploratory`.
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
  case exploratory
}
