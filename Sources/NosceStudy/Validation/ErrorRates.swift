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

  /// Whether errors are no more than so many that a true rate of `level` exceeds less than once in a
  /// thousand: 569 of 10,000 at 5%, by the exact binomial distribution.
  package func keeps(level: Double) throws -> Bool {
    if of == 0 { return true }
    return try count <= Proportion.largestLikely(share: level, of: of, tail: 0.001)
  }
}

/// What the lab concluded where the truth is known: every effect is zero.
package struct ErrorRates: Codable, Sendable, Equatable {
  /// Contrasts that were judged.
  package var contrasts: Int
  /// Blocks of each.
  package var seeds: Int
  /// The level of the one-sided test.
  package var level: Double
  /// The verdict `supported` or `strongly supported`, which is wrong.
  package var supported: Rate
  /// The verdict `contrary`: the same error on the other side.
  package var contrary: Rate
  /// The verdict `not supported`, which is right.
  package var notSupported: Rate
  /// Neither: gates failed, or nothing was scored.
  package var notTestable: Rate
  /// p at most the level, whatever the size of the effect.
  package var significant: Rate
  /// Intervals of treatment minus one trained floor that hold zero.
  package var covered: Rate
  package var intervalLevel: Double

  /// - Parameter trained: the arms that are trained alike; of base nobody knows the difference.
  package init(
    _ contrasts: [RunSummary.ContrastResult], seeds: Int, level: Double, trained: Set<String>
  ) throws {
    let p = contrasts.compactMap(\.p)
    let intervals = contrasts.flatMap(\.floors)
      .filter { $0.binds && trained.contains($0.arm) }.compactMap(\.interval)
    self.contrasts = contrasts.count
    self.seeds = seeds
    self.level = level
    intervalLevel = 1 - 2 * level
    func rate(_ verdicts: Verdict...) throws -> Rate {
      try Rate(contrasts.count { verdicts.contains($0.verdict) }, of: contrasts.count)
    }
    supported = try rate(.supported, .stronglySupported)
    contrary = try rate(.contrary)
    notSupported = try rate(.notSupported)
    notTestable = try rate(.notTestable, .incomplete)
    significant = try Rate(p.count { $0 <= level * (1 + 1e-9) }, of: p.count)
    covered = try Rate(intervals.count { $0.contains(0) }, of: intervals.count)
  }
}
