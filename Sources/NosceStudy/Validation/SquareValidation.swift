import NosceCore
import NosceStatistics

/// What the lab's test of squares does where the truth is known.
package enum SquareValidation {
  /// Of the one-sided test.
  package static let level = 0.05
  /// Of the permutations of a rule that the lab does not use.
  static let draws = 499

  /// One setting, and how many of its experiments came out in which way.
  package struct Row: Codable, Sendable, Equatable {
    package var name: String
    package var squares: SimulatedSquares
    package var rule: SimulatedSquares.Rule
    /// The smallest effect that a claim states, in nats.
    package var smallestEffect: Double
    /// p at most the level. Where the true effect is zero, an error.
    package var significant: Rate
    /// And the estimate at least the smallest effect.
    package var supported: Rate
    /// The interval begins at the smallest effect or above.
    package var stronglySupported: Rate
    /// The interval ends below the smallest effect.
    package var notSupported: Rate
    /// Intervals that hold the true effect; one end is open in none of these designs.
    package var covered: Rate
    package var meanEstimate: Double
  }

  /// What is simulated, and what is claimed of it.
  package struct Setting: Sendable {
    package var name: String
    package var squares: SimulatedSquares
    package var rule = SimulatedSquares.Rule.jointly
    package var smallestEffect = 0.5
  }

  /// Fourteen words, each with the first letter of its family.
  package static let fourteen = ["RRRR", "PPPP", "WWW", "BBB"]
  /// As many, of which a family has two or more first letters.
  static let mixed = ["PSSP", "TPSA", "TEA", "WSW"]

  /// The nulls, then what there is to find.
  package static let settings: [Setting] =
    SimulatedSquares.Noise.allCases.map { noise in
      Setting(
        name: "nothing, \(noise.rawValue)",
        squares: SimulatedSquares(families: fourteen, noise: noise))
    } + [
      Setting(
        name: "nothing, five names twice",
        squares: SimulatedSquares(families: ["ABCDE"], replicates: 2)),
      Setting(
        name: "nothing, six names", squares: SimulatedSquares(families: ["ABCDEF"])),
    ]
    + SimulatedSquares.Rule.allCases.flatMap { rule in
      [1.0, 2].map { spread in
        Setting(
          name: "word pairs of \(Int(spread)) in three replicates, \(rule.rawValue)",
          squares: SimulatedSquares(families: fourteen, replicates: 3, pairSpread: spread),
          rule: rule)
      }
    }
    + [(fourteen, "the same"), (mixed, "other")].flatMap { families, words in
      [1.0, 2, 3].map { priming in
        Setting(
          name: "first letter primed by \(Int(priming)), \(words) letters",
          squares: SimulatedSquares(families: families, priming: priming))
      }
    }
    + [0.5, 1, 2].map { effect in
      Setting(
        name: "an effect of \(effect)",
        squares: SimulatedSquares(families: fourteen, effect: effect))
    } + [
      Setting(
        name: "nothing, where 2 would matter", squares: SimulatedSquares(families: fourteen),
        smallestEffect: 2),
      Setting(
        name: "an effect of 2, five names twice",
        squares: SimulatedSquares(families: ["ABCDE"], replicates: 2, effect: 2)),
    ]

  /// So many experiments of every setting, on several threads; the result does not depend on how many.
  package static func rows(
    repetitions: Int, seed: UInt64, threads: Int
  ) async throws -> [Row] {
    var rows: [Row] = []
    for setting in settings {
      rows.append(
        try await row(setting, repetitions: repetitions, seed: seed, threads: max(1, threads)))
    }
    return rows
  }

  /// So many experiments of one setting.
  package static func row(
    _ setting: Setting, repetitions: Int, seed: UInt64, threads: Int
  ) async throws -> Row {
    try setting.squares.design.check()
    let counts = try await withThrowingTaskGroup(of: [Counts].self) { group in
      for part in 0..<threads {
        group.addTask {
          try stride(from: part, to: repetitions, by: threads).map { number in
            try Task.checkCancellation()
            return try one(setting, number: number, seed: seed)
          }
        }
      }
      var all: [Counts] = []
      for try await part in group { all += part }
      return all
    }
    let isJoint = setting.rule == .jointly
    func rate(_ holds: (Counts) -> Bool) throws -> Rate {
      try Rate(isJoint ? counts.count(where: holds) : 0, of: isJoint ? counts.count : 0)
    }
    // In the order of their numbers, or the last digits would depend on the threads.
    let estimates = counts.sorted { $0.number < $1.number }.map(\.estimate)
    return Row(
      name: setting.name, squares: setting.squares, rule: setting.rule,
      smallestEffect: setting.smallestEffect,
      significant: try Rate(counts.count(where: \.significant), of: counts.count),
      supported: try rate(\.supported), stronglySupported: try rate(\.stronglySupported),
      notSupported: try rate(\.notSupported), covered: try rate(\.covered),
      meanEstimate: estimates.reduce(0, +) / Double(max(1, estimates.count)))
  }

  private struct Counts {
    var number: Int
    var estimate: Double
    var significant: Bool
    var supported = false
    var stronglySupported = false
    var notSupported = false
    var covered = false
  }

  private static func one(_ setting: Setting, number: Int, seed: UInt64) throws -> Counts {
    var generator = SeededGenerator(seed: seed, labStream: "square/\(setting.name)/\(number)")
    let families = setting.squares.draw(using: &generator)
    let result = try SquareTest(families: families, level: level).evaluate()
    if setting.rule == .independently {
      let p = SimulatedSquares.independentP(families, draws: draws, using: &generator)
      return Counts(number: number, estimate: result.estimate, significant: p <= level)
    }
    let isSignificant = result.p <= level * (1 + 1e-9)
    let effect = setting.squares.effect
    return Counts(
      number: number, estimate: result.estimate, significant: isSignificant,
      supported: isSignificant && result.estimate >= setting.smallestEffect,
      stronglySupported: result.lower.map { $0 >= setting.smallestEffect } ?? false,
      notSupported: result.upper.map { $0 < setting.smallestEffect } ?? false,
      covered: (result.lower.map { $0 <= effect } ?? true)
        && (result.upper.map { effect <= $0 } ?? true))
  }
}
