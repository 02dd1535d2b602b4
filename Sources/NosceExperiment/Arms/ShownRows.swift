import NosceCore
import NosceFormats

/// Subjects that are base itself, with rows of another arm in its context.
///
/// Nothing is trained for them: what they say is what can be read off the rows by anybody who has them
/// before its eyes.
package struct ShownRows: Codable, Sendable, Hashable {
  /// The published dose, and what most contexts hold.
  package static let usualCount = 10
  package static let counts = 1...1000

  /// An arm that is trained.
  package var arm: String
  /// How many of its rows, task by task and seed by seed, from the first on.
  package var count: Int

  package init(of arm: String, count: Int = Self.usualCount) {
    self.arm = arm
    self.count = count
  }

  /// As a plan says it: `base with 10 rows of treatment in its context`.
  package var words: String {
    "base with \(Counted.text(count, "row")) of \(arm) in its context"
  }
}

extension ShownRows: Fingerprinted {
  package var fingerprint: JSON {
    .parts([("of", .string(arm)), ("count", .integer(count))])
  }
}
