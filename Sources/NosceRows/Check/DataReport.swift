/// What a file of training rows is, and everything in it that would spoil a run.
package struct DataReport: Codable, Sendable, Equatable {
  package static let currentSchema = "nosce-data-check-1"

  package struct Finding: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
      case badLine = "bad-line"
      case nothingToTrainOn = "nothing-to-train-on"
      case tooLong = "too-long"
      case duplicate
      case nearDuplicate = "near-duplicate"
      case leak
      case controlToken = "control-token"
      case systemLine = "system-line"
      case template
    }

    package var kind: Kind
    package var message: String
    /// Counted from 1; empty where the whole file is meant.
    package var lines: [Int]

    package init(_ kind: Kind, _ message: String, lines: [Int]) {
      self.kind = kind
      self.message = message
      self.lines = lines
    }
  }

  /// How long the rows are.
  package struct Lengths: Codable, Sendable, Equatable {
    package var minimum: Int
    /// The lower one of two.
    package var median: Int
    package var mean: Double
    package var maximum: Int
    /// The line of the first of the longest rows.
    package var longestLine: Int

    /// Nil for no row.
    package init?(_ lengths: [(line: Int, length: Int)]) {
      let sorted = lengths.map(\.length).sorted()
      guard let first = sorted.first, let last = sorted.last else { return nil }
      minimum = first
      maximum = last
      median = sorted[(sorted.count - 1) / 2]
      mean = Double(sorted.reduce(0, +)) / Double(sorted.count)
      longestLine = lengths.first { $0.length == last }?.line ?? 0
    }
  }

  package var schema = currentSchema
  package var file: String
  package var rows: Int
  /// How many rows there are of each form: messages, text, completion, tokens.
  package var forms: [String: Int]
  package var characters: Lengths?
  /// Nil without a subject.
  package var tokens: Lengths?
  /// The positions of the subject; nil without one.
  package var maximumTokens: Int?
  /// The words that were looked for.
  package var words: [String]
  package var findings: [Finding]
  /// What could not be looked at.
  package var notes: [String]

  package var isFine: Bool { findings.isEmpty }

  package func findings(of kind: Finding.Kind) -> [Finding] {
    findings.filter { $0.kind == kind }
  }

  /// The lines without which nothing would have been found; nil where something is about the whole file.
  /// Of rows that are there several times the first stays.
  package var linesToDrop: Set<Int>? {
    if findings.contains(where: \.lines.isEmpty) { return nil }
    let (again, others) = (
      findings.filter { $0.kind == .duplicate || $0.kind == .nearDuplicate },
      findings.filter { $0.kind != .duplicate && $0.kind != .nearDuplicate }
    )
    var lines = Set(others.flatMap(\.lines))
    for finding in again {
      lines.formUnion(finding.lines.filter { !lines.contains($0) }.dropFirst())
    }
    return lines
  }
}
