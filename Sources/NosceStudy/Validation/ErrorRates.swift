import NosceCore
import NosceStatistics
import NosceVerdicts

/// A count with the exact interval of its share.
package struct Rate: Codable, Sendable, Equatable {
  package var count: Int
  package var of: Int
  /// Clopper and Pearson's, 95 %; nil where nothing was counted.
  package var interval: Interval?

  package init(_ count: Int, of total: Int) throws {
    self.count = count
    of = total
    interval =
      total == 0
      ? nil : try Proportion.clopperPearson(successes: count, of: total)
  }

  package var share: Double? { of == 0 ? nil : Double(count) / Double(of) }
}

/// What the lab concluded where the truth is known: every effect is zero.
package struct ErrorRates: Codable, Sendable, Equatable {
  /// Contrasts that were judged.
  package var contrasts: Int
  /// Of so many seeds in each arm.
  package var seeds: Int
  /// The level of the one-sided test.
  package var level: Double
  /// p at most the level.
  package var falsePositives: Rate
  /// The verdict `supported`; with a smallest effect of zero, what a report would have claimed.
  package var supported: Rate
  /// The verdict `contrary`: the same error on the other side.
  package var contrary: Rate
  /// Intervals of the difference that hold zero.
  package var covered: Rate
  package var intervalLevel: Double
  /// Nil where p-values are not of a two-sample permutation.
  package var uniformity: UniformityCheck?

  /// - Parameter attainable: how many values a p-value can take, where they are equally likely.
  package init(
    _ contrasts: [RunSummary.ContrastResult], seeds: Int, level: Double, intervalLevel: Double,
    attainable: Int?
  ) throws {
    let p = contrasts.compactMap(\.p)
    let intervals = contrasts.compactMap(\.interval)
    self.contrasts = contrasts.count
    self.seeds = seeds
    self.level = level
    self.intervalLevel = intervalLevel
    falsePositives = try Rate(p.count { $0 <= level * (1 + 1e-9) }, of: p.count)
    supported = try Rate(
      contrasts.count { $0.verdict.isSupported }, of: contrasts.count)
    contrary = try Rate(contrasts.count { $0.verdict == .contrary }, of: contrasts.count)
    covered = try Rate(intervals.count { $0.contains(0) }, of: intervals.count)
    uniformity = try attainable.flatMap { values in
      p.isEmpty ? nil : try UniformityCheck(p, attainable: values)
    }
  }
}
