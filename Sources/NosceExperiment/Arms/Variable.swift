import NosceCore

/// A name that templates refer to as `{name}`.
package struct Variable: Codable, Sendable, Hashable {
  package enum Source: Codable, Sendable, Hashable {
    /// One task, and so one subject per arm and seed, for each of these values.
    case each([String])
    /// The value of the list that has the length of another variable's value and shares the
    /// fewest letters with it.
    case pick(from: [String], like: String)
    /// A task for each of the values, as with `each`. Those of a family have the same standing, as
    /// anagrams have, so that each of them can be asked for in the place of another.
    case families([[String]])
    /// Without tasks: all of the values, in an order that is drawn anew for each seed. The first is
    /// `{name_1}`.
    case order([String])
  }

  package var name: String
  package var source: Source

  package init(_ name: String, _ source: Source) {
    self.name = name
    self.source = source
  }

  /// The values as they are written in the file or on the command line.
  package var values: [String] {
    get {
      switch source {
      case .each(let values), .pick(let values, _), .order(let values): values
      case .families(let families): families.flatMap(\.self)
      }
    }
    set {
      switch source {
      case .each: source = .each(newValue)
      case .pick(_, let like): source = .pick(from: newValue, like: like)
      case .order: source = .order(newValue)
      case .families(let families):
        // Values that are of no family are refused where they are set (``Experiment/applying``).
        let kept = families.map { $0.filter(newValue.contains) }
        source = .families(kept.filter { !$0.isEmpty })
      }
    }
  }

  /// Its families; nil where it has none.
  package var families: [[String]]? {
    if case .families(let families) = source { families } else { nil }
  }

  /// Whether there is a task for each of its values.
  package var hasTasks: Bool {
    switch source {
    case .each, .families: true
    case .pick, .order: false
    }
  }

  /// The placeholders that templates may use for it.
  package var placeholders: [String] {
    guard case .order(let values) = source else { return [name] }
    return values.indices.map { placeholder(at: $0) }
  }

  /// What the placeholders of an order stand for with the seed of the given number; nothing for
  /// variables of which each task has a value.
  ///
  /// - Parameter experimentSeed: the one from which the experiment draws everything.
  package func values(seed: Int, experimentSeed: UInt64) -> [String: String] {
    guard case .order(let values) = source else { return [:] }
    var generator = SeededGenerator(seed: experimentSeed, labStream: "order/\(name)/\(seed)")
    let drawn = generator.shuffled(values)
    return Dictionary(
      drawn.enumerated().map { (placeholder(at: $0.offset), $0.element) },
      uniquingKeysWith: { first, _ in first })
  }

  private func placeholder(at place: Int) -> String { "\(name)_\(place + 1)" }
}

/// One assignment of a value to every variable: what one subject is about.
package struct ExperimentTask: Codable, Sendable, Hashable {
  package var name: String
  package var values: [String: String]

  package init(
    name: String, values: [String: String]
  ) {
    self.name = name
    self.values = values
  }
}
