/// One key of a mapping: what it takes, what stands without it, and what it means.
package struct FileKey: Sendable {
  /// What a mapping without the key means.
  package enum Absence: Sendable, Hashable {
    /// It is an error.
    case refused
    /// There is no such thing.
    case nothing
    /// The decoder reads this in its place.
    case value(Standard)
    /// Decided by other parts of the file, in words.
    case words(String)
  }

  /// A value that is read where a key is missing.
  package enum Standard: Sendable, Hashable {
    case whole(Int)
    case number(Double)
    case flag(Bool)
    case text(String)
  }

  package var name: String
  package var values: FileValues
  package var absence: Absence
  /// The kinds, sources or other keys that it stands with; empty for all.
  package var only: [String]
  package var meaning: String
  /// Whether exactly one key of those that lead must stand in the mapping.
  package var leads: Bool

  init(
    _ name: String, _ values: FileValues, _ absence: Absence = .nothing, only: [String] = [],
    leads: Bool = false, _ meaning: String
  ) {
    self.name = name
    self.values = values
    self.absence = absence
    self.only = only
    self.leads = leads
    self.meaning = meaning
  }

  /// Whether the key stands with a kind, a source or a key of this name.
  package func stands(with name: String) -> Bool { only.isEmpty || only.contains(name) }
}

extension FileKey.Standard: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByStringLiteral
{
  package init(integerLiteral value: Int) { self = .whole(value) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(booleanLiteral value: Bool) { self = .flag(value) }
  package init(stringLiteral value: String) { self = .text(value) }

  /// The value as it is written in a file.
  package var text: String {
    switch self {
    case .whole(let number): "\(number)"
    case .number(let number): FileValues.text(of: number)
    case .flag(let flag): "\(flag)"
    case .text(let text): text
    }
  }
}
