/// What came out for a claim.
///
/// The first four come from numbers alone. Gates decide on `notTestable`, and a run of fewer seeds
/// than a verdict needs is `exploratory`.
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
  case exploratory
}
