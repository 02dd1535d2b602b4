import NosceCore

/// What a run folder holds, compared with what can be made of its store anew.
package struct Verification: Codable, Sendable, Equatable {
  package static let currentSchema = "nosce-verification-1"

  /// Where something was looked for.
  package enum Part: String, Codable, Sendable, CaseIterable {
    case plan, answers, summary, report, export, files, model, judge
  }

  /// What of a part was compared.
  package struct Check: Codable, Sendable, Equatable {
    package var part: Part
    package var words: String
  }

  /// Something that is not what it should be.
  package struct Difference: Codable, Sendable, Equatable {
    package var part: Part
    /// A subject and its answer, a field of a document, a line or a file.
    package var place: String
    /// Nil where nothing is there.
    package var found: String?
    /// Nil where nothing should be there.
    package var expected: String?

    package init(_ part: Part, _ place: String, found: String?, expected: String?) {
      self.part = part
      self.place = place
      self.found = found
      self.expected = expected
    }

    package var words: String {
      "\(part.rawValue): \(place): found \(found ?? "nothing"); expected \(expected ?? "nothing")"
    }
  }

  /// Something that could not be compared, and why.
  package struct Gap: Codable, Sendable, Equatable {
    package var part: Part
    package var reason: String

    package var words: String { "\(part.rawValue): \(reason)" }
  }

  package enum Conclusion: String, Codable, Sendable {
    case same = "nothing differs"
    case different
  }

  package var schema = Self.currentSchema
  package var outcome: Conclusion = .same
  /// The path of the run folder.
  package var run: String
  /// The version of Nosce that began the run.
  package var begunBy: String
  /// The version that verified it.
  package var verifiedBy: String
  package var checks: [Check] = []
  package var differences: [Difference] = []
  package var notVerified: [Gap] = []

  init(run: String, begunBy: String, verifiedBy: String) {
    self.run = run
    self.begunBy = begunBy
    self.verifiedBy = verifiedBy
  }

  mutating func check(_ part: Part, _ words: String) {
    checks.append(Check(part: part, words: words))
  }

  mutating func differ(_ difference: Difference) {
    differences.append(difference)
    outcome = .different
  }

  mutating func differ(
    _ part: Part, _ place: String, found: String?, expected: String?
  ) {
    differ(Difference(part, place, found: found, expected: expected))
  }

  mutating func leave(_ part: Part, _ reason: String) {
    notVerified.append(Gap(part: part, reason: reason))
  }
}
