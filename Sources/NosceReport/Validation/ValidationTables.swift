import NosceCore
import NosceStatistics
import NosceStudy
import NosceText

/// A validation's result as titled tables, from which every form of it is made.
struct ValidationTables {
  struct Cell: ExpressibleByStringLiteral {
    var text: String
    /// Whether what was promised is not kept.
    var misses = false

    init(_ text: String, misses: Bool = false) {
      self.text = text
      self.misses = misses
    }

    init(stringLiteral text: String) { self.init(text) }
  }

  struct Section {
    var title: String
    var words: String
    /// Whether a column holds words rather than numbers.
    var columns: [(title: String, isWords: Bool)]
    var rows: [[Cell]]
  }

  let result: ValidationResult

  /// The figures that a reader wants first.
  var headlines: [String] {
    get throws {
      var lines: [String] = []
      if !result.simulated.isEmpty { lines += try SimulationTables(result.simulated).headlines }
      if let primary = result.againstItself.first(where: \.primary)?.rates {
        lines.append(
          "Of \(primary.contrasts) primary claims about arms trained alike on \(result.subject), "
            + "\(RateText.sentence(primary.supported)) ended as supported.")
      }
      if let reports = try result.supportedReports {
        lines.append(
          "On the null organism \(reports.count) of \(reports.of) contrasts of self-report that were "
            + "judged ended as supported, which bounds the rate by "
            + "\(RateText.percent(reports.interval?.upper ?? 1)) (the upper end of the exact "
            + "two-sided 95% interval), or by "
            + "\(RateText.percent(try Proportion.upperBound(successes: reports.count, of: reports.of)))"
            + " with 95% on one side.")
      }
      return lines
    }
  }

  var sections: [Section] {
    get throws {
      var sections: [Section] = []
      if !result.simulated.isEmpty { sections += try SimulationTables(result.simulated).sections }
      return sections
        + [power, squares, try againstItself, planted, toldApart, null].compactMap { $0 }
    }
  }

  private var power: Section? {
    if result.power.isEmpty { return nil }
    return Section(
      title: "Does it find what is there?",
      words: "Normal scores, blocks shared by all arms. Effects are in standard deviations of a "
        + "difference of two arms of a block. Of 8 blocks and four floors, at least 80% must be "
        + "supported at 1.5, and not supported where nothing is there and 2 would matter.",
      columns: [
        ("design", true), ("blocks", false), ("true effect", false), ("smallest effect", false),
        ("supported, %", false), ("strongly, %", false), ("not supported, %", false),
      ],
      rows: result.power.map { row in
        let contrast = row.contrast
        let effect = row.effect / SimulationStudy.pairedDeviation
        let smallest = (contrast.smallestEffect ?? row.effect) / SimulationStudy.pairedDeviation
        let isPromised = contrast.design == .fourFloors && contrast.blocks == 8
        let mustFind = isPromised && smallest == 0 && abs(effect - 1.5) < 0.01
        let mustRuleOut = isPromised && contrast.shift == nil && abs(smallest - 2) < 0.01
        return [
          Cell(contrast.design.rawValue), Cell("\(contrast.blocks)"),
          Cell(Number.fixed(effect, 1)), Cell(Number.fixed(smallest, 2)),
          Cell(
            RateText.bare(row.supported),
            misses: mustFind && (row.supported.share ?? 0) < 0.8),
          Cell(RateText.bare(row.stronglySupported)),
          Cell(
            RateText.bare(row.notSupported),
            misses: mustRuleOut && (row.notSupported.share ?? 0) < 0.8),
        ]
      })
  }

  private var squares: Section? {
    if result.squares.isEmpty { return nil }
    return Section(
      title: "Squares",
      words:
        "Each word of a family trained and each asked. Effects in nats, level 5%. The rule that "
        + "permutes replicates independently is shown because it looks right; the lab does not use "
        + "it.",
      columns: [
        ("setting", true), ("squares", false), ("true effect", false), ("mean estimate", false),
        ("p ≤ 5%, %", false), ("supported, %", false), ("strongly, %", false),
        ("not supported, %", false), ("90% intervals that hold it, %", false),
      ],
      rows: result.squares.map { row in
        let isNull = row.squares.effect == 0
        let keeps = (try? row.significant.keeps(level: SquareValidation.level)) ?? false
        let covered = row.covered.share.map { $0 < SimulationTables.leastCoverage } ?? false
        return [
          Cell(row.name), Cell("\(row.significant.of)"), Cell(Number.fixed(row.squares.effect, 1)),
          Cell(Number.fixed(row.meanEstimate, 2)),
          Cell(RateText.bare(row.significant), misses: isNull && !keeps),
          Cell(RateText.bare(row.supported)), Cell(RateText.bare(row.stronglySupported)),
          Cell(RateText.bare(row.notSupported)),
          Cell(RateText.bare(row.covered), misses: covered),
        ]
      })
  }

  private var againstItself: Section? {
    get throws {
      guard let first = result.againstItself.first else { return nil }
      return Section(
        title: "Arms trained alike",
        words:
          "The catalog's own designs, with every trained arm trained as the sham is, on rows of "
          + "its own: \(first.rates.seeds) blocks, base, all floors and the gates. No arm is ahead of "
          + "another, so that no claim is true and 'not supported' is right.",
        columns: [
          ("experiment", true), ("contrast", true), ("runs", false), ("supported, %", false),
          ("contrary, %", false), ("not supported, %", false), ("not testable, %", false),
          ("p ≤ level, %", false), ("90% intervals that hold 0, %", false),
        ],
        rows: try result.againstItself.map { part in
          let rates = part.rates
          func error(_ rate: Rate) throws -> Cell {
            Cell(RateText.bracketed(rate), misses: try !rate.keeps(level: rates.level))
          }
          return [
            Cell(part.experiment), Cell(part.contrast + (part.primary ? " (primary)" : "")),
            Cell("\(rates.contrasts)"), try error(rates.supported), try error(rates.contrary),
            Cell(RateText.bracketed(rates.notSupported)),
            Cell(RateText.bracketed(rates.notTestable)), try error(rates.significant),
            Cell(
              RateText.bracketed(rates.covered),
              misses: (rates.covered.interval?.upper ?? 1) < SimulationTables.leastCoverage),
          ]
        })
    }
  }

  private var planted: Section? {
    if result.planted.isEmpty { return nil }
    return Section(
      title: "Planted effects",
      words: "Rows of the pattern among the sham's, against the sham. Power is the share of "
        + "experiments that end as supported; all numbers of seeds rest on the same subjects.",
      columns: [
        ("rows of the pattern", true), ("seeds", false), ("mean difference", false),
        ("power, %", false),
      ],
      rows: result.planted.map { part in
        [
          Cell("\(part.rows)"), Cell("\(part.seeds)"), Cell(Number.difference(part.meanEstimate)),
          Cell(RateText.bracketed(part.power)),
        ]
      })
  }

  private var toldApart: Section? {
    if result.toldApart.isEmpty { return nil }
    return Section(
      title: "Doing and saying told apart",
      words: "'acts' is trained on the pattern and never told of it, 'says' on words about the "
        + "pattern and never on it, 'both' on both; each is asked to do and to say. A measure should "
        + "find what was planted. On a model whose acts tell it nothing, it should find nothing else.",
      columns: [
        ("model", true), ("arm", true), ("measure", true), ("found, %", false), ("of", false),
        ("mean difference", false),
      ],
      rows: result.toldApart.map { part in
        [
          Cell(part.subject), Cell(part.arm.rawValue), Cell(part.measure.rawValue),
          Cell(RateText.bracketed(part.found)), Cell("\(part.found.of)"),
          Cell(Number.difference(part.meanEstimate)),
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
        ("experiment", true), ("contrast", true), ("probe", true), ("asks for", true),
        ("verdict", true), ("difference", false), ("interval", false), ("p", false),
      ],
      rows: result.null.map { part in
        [
          Cell(part.experiment), Cell(part.contrast + (part.primary ? " (primary)" : "")),
          Cell(part.probe), Cell(part.isReport ? "a report" : "behaviour"),
          Cell(part.verdict.rawValue, misses: part.isReport && part.verdict.isSupported),
          Cell(Number.difference(part.estimate)),
          Cell(Number.interval(part.interval, signed: true)), Cell(Number.probability(part.p)),
        ]
      } + result.failed.map { [Cell($0), "", "", "", "failed", "", "", ""] })
  }
}
