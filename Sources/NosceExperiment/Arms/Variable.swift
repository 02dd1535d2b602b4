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
      case .each(let values), .pick(let values, _): values
      case .families(let families): families.flatMap(\.self)
      }
    }
    set {
      switch source {
      case .each: source = .each(newValue)
      case .pick(_, let like): source = .pick(from: newValue, like: like)
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
    if case .pick = source { false } else { true }
  }
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
