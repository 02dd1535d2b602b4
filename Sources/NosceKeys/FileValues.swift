/// What a key takes.
package indirect enum FileValues: Sendable {
  /// Text without placeholders.
  case text
  /// Text with placeholders of the names that are known where it stands.
  case template
  case whole(ClosedRange<Int>)
  case number(ClosedRange<Double>)
  case flag
  /// One of these words.
  case words([String])
  /// A name that is defined elsewhere in the file, such as an arm.
  case name(String)
  /// A mapping with the keys of the table of this name.
  case mapping(String)
  /// A mapping of free names to values.
  case entries(FileValues)
  case list(FileValues)
  /// A list, or one of its values alone.
  case someOf(FileValues)
  case either(FileValues, FileValues)
  /// Values that the words before describe better than their type.
  case described(String, FileValues)

  /// The raw values of an enumeration.
  package static func oneOf<Value: CaseIterable & RawRepresentable>(
    _ type: Value.Type
  ) -> FileValues
  where Value.RawValue == String {
    .words(type.allCases.map(\.rawValue))
  }

  /// A range in words.
  package static func text(of range: ClosedRange<Int>) -> String {
    range.upperBound == .max
      ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
  }

  package static func text(of range: ClosedRange<Double>) -> String {
    let lower = text(of: range.lowerBound)
    return range.upperBound == .greatestFiniteMagnitude
      ? "\(lower) or more" : "\(lower) to \(text(of: range.upperBound))"
  }

  /// A number as people write it in a file.
  package static func text(of number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
  }

  /// The numbers that the values themselves may be; nil where they are none.
  package var wholeRange: ClosedRange<Int>? {
    switch self {
    case .whole(let range): range
    case .someOf(let values), .list(let values), .described(_, let values), .entries(let values):
      values.wholeRange
    case .either(let first, let second): first.wholeRange ?? second.wholeRange
    default: nil
    }
  }

  package var numberRange: ClosedRange<Double>? {
    switch self {
    case .number(let range): range
    case .someOf(let values), .list(let values), .described(_, let values), .entries(let values):
      values.numberRange
    case .either(let first, let second): first.numberRange ?? second.numberRange
    default: nil
    }
  }

  /// The tables that values refer to.
  package var tables: [String] {
    switch self {
    case .mapping(let name): [name]
    case .entries(let values), .list(let values), .someOf(let values), .described(_, let values):
      values.tables
    case .either(let first, let second): first.tables + second.tables
    case .text, .template, .whole, .number, .flag, .words, .name: []
    }
  }
}
