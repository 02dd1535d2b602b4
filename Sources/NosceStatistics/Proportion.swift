import NosceCore

/// Intervals for a share of independent yes-or-no outcomes.
///
/// For answers of one subject. Seeds are not such outcomes: use `Estimate.mean` for their means.
package enum Proportion {
  /// The exact interval of Clopper and Pearson, which never covers less than it promises.
  package static func clopperPearson(
    successes: Int, of trials: Int, level: Double = 0.95
  ) throws -> Interval {
    try check(successes, trials, level)
    let tail = (1 - level) / 2
    let yes = Double(successes)
    let no = Double(trials - successes)
    return Interval(
      lower: successes == 0 ? 0 : BetaDistribution.quantile(tail, a: yes, b: no + 1),
      upper: successes == trials ? 1 : BetaDistribution.quantile(1 - tail, a: yes + 1, b: no),
      level: level)
  }

  /// The one-sided upper bound of Clopper and Pearson: none of 16 bounds a share by 0.171 at 95%.
  package static func upperBound(
    successes: Int, of trials: Int, level: Double = 0.95
  ) throws -> Double {
    try check(successes, trials, level)
    if successes == trials { return 1 }
    return BetaDistribution.quantile(
      level, a: Double(successes + 1), b: Double(trials - successes))
  }

  /// The largest count that is still likely: independent outcomes of this share exceed it with a
  /// probability of at most `tail`. Of 10,000 at 0.05 more than 569 come less than once in a thousand.
  package static func largestLikely(share: Double, of trials: Int, tail: Double) throws -> Int {
    try check(0, trials, 1 - tail)
    try checkFraction(share, "share")
    var (likely, rest) = (trials, 0..<trials)
    // P(more than c) = I(share; c + 1, trials - c), which falls as c rises.
    while !rest.isEmpty {
      let count = (rest.lowerBound + rest.upperBound) / 2
      let more = BetaDistribution.cdf(share, a: Double(count + 1), b: Double(trials - count))
      if more <= tail {
        likely = count
        rest = rest.lowerBound..<count
      } else {
        rest = count + 1..<rest.upperBound
      }
    }
    return likely
  }

  private static func check(_ successes: Int, _ trials: Int, _ level: Double) throws {
    guard trials > 0 else {
      throw StatisticsError.tooFew(name: "trials", count: trials, needed: 1)
    }
    guard (0...trials).contains(successes) else {
      throw StatisticsError.badParameter(
        name: "successes", value: Double(successes), allowed: "0 to \(trials)")
    }
    try checkFraction(level, "level")
  }
}
