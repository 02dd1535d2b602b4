import NosceCore
import NosceStudy
import NosceText

/// Simulated contrasts: a row for each design and number of blocks, a column for each distribution.
struct SimulationTables {
  /// Two points below what intervals of 90% promise.
  static let leastCoverage = 0.88
  private static let level = ValidationExperiments.level

  private typealias Row = SimulatedContrast.Row
  private typealias Cell = ValidationTables.Cell
  private typealias Section = ValidationTables.Section

  private let rows: [SimulatedContrast.Row]

  init(_ rows: [SimulatedContrast.Row]) { self.rows = rows }

  /// How many rows keep the level, and how many intervals what they promise.
  var headlines: [String] {
    get throws {
      let errors = try nulls.count { try !$0.supported.keeps(level: Self.level) }
      let total = nulls.reduce(0) { $0 + $1.supported.of }
      let short = rows.count { Self.isShort($0.covered) }
      return [
        "Of \(nulls.count) simulated designs without an effect (\(total) contrasts), "
          + "\(nulls.count - errors) keep the level.",
        "Of \(rows.count) simulated designs, \(rows.count - short) have intervals that hold the true "
          + "difference in at least \(RateText.percent(Self.leastCoverage)) of cases.",
      ]
    }
  }

  var sections: [ValidationTables.Section] {
    get throws {
      let alike = nulls.filter { $0.contrast.gap == 0 }
      return [
        try errors(
          "Supported where nothing is there", nulls, \.supported,
          words: "One floor is equal to the treatment, the others equal or so many standard "
            + "deviations below."),
        try errors(
          "Contrary where nothing is there", alike, \.contrary,
          words: "The same error on the other side, all floors equal."),
        try errors(
          "Not supported where the effect is just large enough to matter",
          rows.filter { $0.contrast.smallestEffect == nil }, \.notSupported,
          words: "The true difference of the means is the smallest effect of interest."),
        coverage(
          "Intervals of one floor", rows.filter { $0.contrast.gap == 0 }, \.covered,
          words:
            "90% intervals of treatment minus the first floor, in the probe's own unit, that hold "
            + "the true difference of the means."),
        coverage(
          "Intervals of one floor on log-odds",
          rows.filter { $0.contrast.gap == 0 && $0.contrast.design != .constant },
          \.coveredLogOdds,
          words: "The same on log-odds."),
        coverage(
          "Intervals of the hardest floor",
          rows.filter { $0.contrast.gap == 0 && $0.contrast.design.floors.count > 1 },
          \.coveredHardest,
          words:
            "The interval beside the verdict is of the floor with the smallest advantage, chosen "
            + "after the fact among equals: it holds less often than the interval of a floor named "
            + "beforehand."),
      ].filter { !$0.rows.isEmpty }
    }
  }

  private var nulls: [SimulatedContrast.Row] {
    rows.filter { $0.contrast.shift == nil && $0.contrast.smallestEffect == 0 }
  }

  private static func isShort(_ rate: Rate) -> Bool {
    rate.share.map { $0 < leastCoverage } ?? false
  }

  private func errors(
    _ title: String, _ rows: [Row], _ rate: KeyPath<Row, Rate>, words: String
  ) throws -> Section {
    let count = rows.map { $0[keyPath: rate].of }.max() ?? 0
    return section(
      title, rows,
      words: "\(words) In percent of \(count) contrasts of each row; more than 5% and chance is "
        + "marked.", rate
    ) { (try? !$0.keeps(level: Self.level)) ?? true }
  }

  private func coverage(
    _ title: String, _ rows: [Row], _ rate: KeyPath<Row, Rate>, words: String
  ) -> Section {
    section(title, rows, words: "\(words) In percent; less than 88 is marked.", rate, Self.isShort)
  }

  private func section(
    _ title: String, _ rows: [Row], words: String, _ rate: KeyPath<Row, Rate>,
    _ misses: (Rate) -> Bool
  ) -> Section {
    var keys: [Key] = []
    for row in rows where !keys.contains(Key(row)) { keys.append(Key(row)) }
    let distributions = SeedDistribution.allCases.filter { distribution in
      rows.contains { $0.contrast.distribution == distribution }
    }
    return Section(
      title: title, words: words,
      columns: [("design", true), ("apart", true), ("blocks", false)]
        + distributions.map { ($0.rawValue, false) },
      rows: keys.map { key in
        [Cell(key.design.rawValue), Cell(key.apart), Cell("\(key.blocks)")]
          + distributions.map { distribution in
            let row = rows.first { Key($0) == key && $0.contrast.distribution == distribution }
            guard let found = row?[keyPath: rate] else { return "" }
            return Cell(RateText.bare(found), misses: misses(found))
          }
      })
  }

  private struct Key: Equatable {
    var design: SimulatedDesign
    var apart: String
    var blocks: Int

    init(_ row: Row) {
      design = row.contrast.design
      blocks = row.contrast.blocks
      apart =
        if let shift = row.contrast.shift {
          "treatment \(shift.name)"
        } else if design == .zeroFloor {
          "treatment at its mean"
        } else {
          row.contrast.gap > 0 ? "others -\(Number.fixed(row.contrast.gap, 1)) sd" : "nothing"
        }
    }
  }
}
