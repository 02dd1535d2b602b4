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
