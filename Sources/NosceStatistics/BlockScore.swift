/// What one block (a seed: one host, one draw of rows, one start) scored in one arm.
package struct BlockScore: Codable, Hashable, Sendable {
  /// In the probe's own unit.
  package var value: Double
  /// On the log-odds scale, where the score is a share; nil for a score without a range.
  package var logOdds: Double?

  package init(_ value: Double, logOdds: Double? = nil) {
    self.value = value
    self.logOdds = logOdds
  }

  /// A share of probability.
  package init(share: Double) { self.init(share, logOdds: LogOdds.of(share: share)) }

  /// So many of `count` answers.
  package init(hits: Double, count: Int) {
    self.init(hits / Double(count), logOdds: LogOdds.of(hits: hits, count: count))
  }
}
