/// What came out for a claim.
///
/// The first five come from numbers alone. Gates decide on `notTestable`, a run of which a planned
/// subject failed is `incomplete`, one of fewer seeds than a verdict needs is `exploratory`, and one
/// that is not at its end is `unfinished`.
package enum Verdict: String, Codable, Sendable, CaseIterable {
  /// Supported, and every interval lies at or above the smallest effect of interest, too.
  case stronglySupported = "strongly supported"
  /// Significant against every floor, and the estimate is at least the smallest effect of interest.
  case supported
  /// Against one floor at least, an effect as large as the smallest of interest is ruled out.
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

  /// Whether the claim may be made.
  package var isSupported: Bool { self == .supported || self == .stronglySupported }
}
