import NosceCore
import NosceStatistics
import NosceStudy

/// A validation's result as titled tables, from which every form of it is made.
struct ValidationTables {
  struct Section {
    var title: String
    var words: String
    /// Whether a column holds words rather than numbers.
    var columns: [(title: String, isWords: Bool)]
    var rows: [[String]]
  }

  let result: ValidationResult

  /// The two figures that a reader wants first.
  var headlines: [String] {
    var lines: [String] = []
    if let first = result.againstItself.first {
      lines.append(
        "Of \(first.rates.contrasts) contrasts of an arm against itself on \(result.subject), "
          + "\(share(first.rates.falsePositives)) were significant at "
          + "\(Number.percentage(first.rates.level)).")
    }
    if let pooled = pooled(.oneFloor) {
      lines.append(
        "Of \(pooled.of) simulated contrasts of two arms, \(share(pooled)) were.")
    }
    if !result.null.isEmpty {
      let supported = result.null.count { $0.verdict.isSupported }
      lines.append(
        "On the null organism \(supported) of \(result.null.count) contrasts of the catalog ended "
          + "as supported.")
    }
    return lines
  }

  var sections: [Section] {
    [againstItself, uniformity, simulated, means, planted, null].compactMap { $0 }
  }

  private var againstItself: Section? {
    guard let first = result.againstItself.first else { return nil }
    return Section(
      title: "An arm against itself",
      words: "Two arms of \(result.experiment)'s sham, trained alike with seeds of their own, "
        + "\(first.rates.seeds) a side, each contrast with new subjects. One-sided level "
        + "\(Number.percentage(first.rates.level)), smallest effect of interest zero.",
      columns: [
        ("probe", true), ("contrasts", false), ("significant", false), ("supported", false),
        ("contrary", false),
        ("\(Number.percentage(first.rates.intervalLevel)) intervals that hold zero", false),
      ],
      rows: result.againstItself.map { part in
        [
          part.probe, "\(part.rates.contrasts)", rate(part.rates.falsePositives),
          rate(part.rates.supported), rate(part.rates.contrary), rate(part.rates.covered),
        ]
      })
  }

  private var uniformity: Section? {
    let real = result.againstItself.map { ("\(result.subject), \($0.probe)", $0.rates) }
    let simulated = result.simulated.map {
      ("simulated, \($0.distribution.rawValue)", $0.rates)
    }
    let rows = (real + simulated).compactMap { name, rates in
      rates.uniformity.map { check in
        [
          name, "\(check.count)", Number.probability(max(0, check.largestExcess)),
          Number.probability(check.worstP), Number.probability(max(0, check.largestDeficit)),
          Number.probability(check.bound),
        ]
      }
    }
    if rows.isEmpty { return nil }
    return Section(
      title: "Are p-values what they promise?",
      words: "Share of p-values up to j/m minus j/m, over all values that an exact p-value can "
        + "take. An excess means false positives; a deficit, a test that is too careful. Either "
        + "stays below the bound in 19 of 20 such studies where the promise is kept.",
      columns: [
        ("scores", true), ("p-values", false), ("largest excess", false), ("at p", false),
        ("largest deficit", false), ("bound", false),
      ], rows: rows)
  }

  private var simulated: Section? {
    guard let first = result.simulated.first else { return nil }
    return Section(
      title: "Simulated seeds",
      words: "Scores drawn from one distribution for every arm, \(first.rates.seeds) seeds a side, "
        + "judged by the code that judges runs. Against a constant the test assumes symmetry: a "
        + "skewed score can miss its mean on one side more often than not, and only the smallest "
        + "effect of interest, here zero, guards the claim.",
      columns: [
        ("design", true), ("distribution", true), ("contrasts", false), ("significant", false),
        ("contrary", false),
        ("\(Number.percentage(first.rates.intervalLevel)) intervals that hold zero", false),
      ],
      rows: result.simulated.map { block in
        [
          block.design.rawValue, block.distribution.rawValue, "\(block.rates.contrasts)",
          rate(block.rates.falsePositives), rate(block.rates.contrary), rate(block.rates.covered),
        ]
      })
  }

  private var means: Section? {
    let blocks = result.simulated.filter { $0.design == .oneFloor }
    if blocks.isEmpty { return nil }
    return Section(
      title: "Intervals of one arm's mean",
      words: "95% intervals of the treatment's mean that hold the distribution's.",
      columns: [("distribution", true), ("intervals", false), ("that hold the mean", false)],
      rows: blocks.map { block in
        [block.distribution.rawValue, "\(block.meansCovered.of)", rate(block.meansCovered)]
      })
  }

  private var planted: Section? {
    if result.planted.isEmpty { return nil }
    return Section(
      title: "Planted effects",
      words: "Rows of the pattern among the sham's, against the sham. Power is the share of "
        + "experiments that end as supported; all numbers of seeds rest on the same subjects.",
      columns: [
        ("rows of the pattern", true), ("seeds", false), ("mean difference", false),
        ("power", false),
      ],
      rows: result.planted.map { part in
        [
          "\(part.rows)", "\(part.seeds)", Number.difference(part.meanEstimate), rate(part.power),
        ]
      })
  }

  private var null: Section? {
    if result.null.isEmpty, result.failed.isEmpty { return nil }
    return Section(
      title: "The null organism",
      words: "Every contrast of the catalog on the model in which what is said is independent of "
        + "what is done. Contrasts of behaviour may well be supported there; contrasts of "
        + "self-report should not be.",
      columns: [
        ("experiment", true), ("contrast", true), ("probe", true), ("verdict", true),
        ("difference", false), ("interval", false), ("p", false),
      ],
      rows: result.null.map { part in
        [
          part.experiment, part.contrast + (part.primary ? " (primary)" : ""), part.probe,
          part.verdict.rawValue, Number.difference(part.estimate),
          Number.interval(part.interval, signed: true), Number.probability(part.p),
        ]
      } + result.failed.map { [$0, "", "", "failed", "", "", ""] })
  }

  // MARK: Numbers

  private func pooled(_ design: SimulatedSeeds.Design) -> Rate? {
    let rates = result.simulated.filter { $0.design == design }.map(\.rates.falsePositives)
    if rates.isEmpty { return nil }
    return try? Rate(rates.reduce(0) { $0 + $1.count }, of: rates.reduce(0) { $0 + $1.of })
  }

  /// `11 (4.6%, 95% interval 2.3% to 8.1%)`
  private func share(_ rate: Rate) -> String {
    guard let share = rate.share, let interval = rate.interval else { return "\(rate.count)" }
    return "\(rate.count) (\(percent(share)), 95% interval \(percent(interval.lower)) to "
      + "\(percent(interval.upper)))"
  }

  /// `4.6% [2.3, 8.1]`
  private func rate(_ rate: Rate) -> String {
    guard let share = rate.share, let interval = rate.interval else { return Number.none }
    let ends = [interval.lower, interval.upper].map { String(percent($0).dropLast()) }
    return "\(percent(share)) [\(ends.joined(separator: ", "))]"
  }

  private func percent(_ share: Double) -> String { Number.fixed(share * 100, 1) + "%" }
}
