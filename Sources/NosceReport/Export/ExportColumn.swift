import NosceCore

/// A column of an exported table: what it is called, what it means, and what stands in it.
///
/// The three are one value, so that what an export says of its columns is what it has.
package struct ExportColumn<Value> {
  package let name: String
  package let meaning: String
  package let cell: (Value) -> ExportTable.Cell

  package init(
    name: String, meaning: String, cell: @escaping (Value) -> ExportTable.Cell
  ) {
    self.name = name
    self.meaning = meaning
    self.cell = cell
  }

  package static func text(
    _ name: String, _ meaning: String, _ value: @escaping (Value) -> String
  ) -> Self {
    Self(name: name, meaning: meaning) { .text(value($0)) }
  }

  package static func words(
    _ name: String, _ meaning: String, _ value: @escaping (Value) -> String?
  ) -> Self {
    Self(name: name, meaning: meaning) { .optional(value($0)) }
  }

  package static func count(
    _ name: String, _ meaning: String, _ value: @escaping (Value) -> Int
  ) -> Self {
    Self(name: name, meaning: meaning) { .integer(value($0)) }
  }

  package static func whole(
    _ name: String, _ meaning: String, _ value: @escaping (Value) -> Int?
  ) -> Self {
    Self(name: name, meaning: meaning) { value($0).map(ExportTable.Cell.integer) ?? .none }
  }

  package static func number(
    _ name: String, _ meaning: String, _ value: @escaping (Value) -> Double?
  ) -> Self {
    Self(name: name, meaning: meaning) { .optional(value($0)) }
  }

  package static func flag(
    _ name: String, _ meaning: String, _ value: @escaping (Value) -> Bool
  ) -> Self {
    Self(name: name, meaning: "1 where \(meaning), else 0") { .integer(value($0) ? 1 : 0) }
  }

  package static func json(
    _ name: String, _ meaning: String, _ value: @escaping (Value) -> String?
  ) -> Self {
    Self(name: name, meaning: "\(meaning), as JSON") {
      value($0).map(ExportTable.Cell.json) ?? .none
    }
  }

  /// Lower and upper end and level of an interval.
  static func interval(_ value: @escaping (Value) -> Interval?) -> [Self] {
    interval { value($0).map(OpenInterval.init) }
  }

  /// The same where an end may be open, and its cell is empty.
  static func interval(_ value: @escaping (Value) -> OpenInterval?) -> [Self] {
    [
      .number("lower", "lower end of the interval; empty where it is open") { value($0)?.lower },
      .number("upper", "upper end of the interval; empty where it is open") { value($0)?.upper },
      .number("level", "coverage that the interval promises") { value($0)?.level },
    ]
  }

  /// A column for each outcome that is no score.
  package static func outcomes(_ counts: @escaping (Value) -> [Outcome.Kind: Int]) -> [Self] {
    Outcome.Kind.allCases.filter { $0 != .scored && $0 != .collected }.map { kind in
      .count(OutcomeWords.column(kind), "answers that \(OutcomeWords.of(kind))") {
        counts($0)[kind] ?? 0
      }
    }
  }
}

/// What became of answers, in words.
enum OutcomeWords {
  /// The name of its column.
  static func column(_ kind: Outcome.Kind) -> String {
    kind.rawValue.replacing(" ", with: "_")
  }

  static func of(_ kind: Outcome.Kind) -> String {
    switch kind {
    case .scored: "were scored"
    case .refused: "refused"
    case .unparseable: "could not be read as what was asked for"
    case .noAnswer: "have too little probability on what could be answered"
    case .incoherent: "were no coherent text"
    case .missing: "are missing: the subject or the judge gave none"
    case .collected: "were kept to be read, and not scored"
    }
  }
}
