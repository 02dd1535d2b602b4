import NosceFormats

/// A table to be written as CSV or JSONL, which can say what is in it.
package struct ExportTable: Sendable, Equatable {
  package enum Cell: Sendable, Equatable {
    case text(String)
    case integer(Int)
    case number(Double)
    /// JSON already written; in CSV it is a text.
    case json(String)
    /// No value: empty in CSV, `null` in JSONL. It is never zero.
    case none

    static func optional(_ text: String?) -> Cell { text.map(Cell.text) ?? .none }
    static func optional(_ number: Double?) -> Cell { number.map(Cell.number) ?? .none }
  }

  package struct Column: Sendable, Equatable {
    package let name: String
    package let meaning: String
  }

  /// The files' name without an ending.
  package let name: String
  /// What a row is.
  package let about: String
  package let columns: [Column]
  package private(set) var rows: [[Cell]]

  /// Makes a table of values, one a row, by columns that know their name, their meaning and their cell.
  package init<Value>(
    _ name: String, _ about: String, _ values: [Value], _ columns: [ExportColumn<Value>]
  ) {
    self.name = name
    self.about = about
    self.columns = columns.map { Column(name: $0.name, meaning: $0.meaning) }
    rows = values.map { value in columns.map { $0.cell(value) } }
  }

  /// As RFC 4180 has it: CRLF after every line, fields quoted where they must be.
  package func csv() -> String {
    var lines = columns.map { Self.quoted($0.name) }.joined(separator: ",") + "\r\n"
    for row in rows {
      lines += row.map(Self.csvField).joined(separator: ",") + "\r\n"
    }
    return lines
  }

  /// One JSON object a line, its keys in the order of the columns.
  package func jsonl() -> String {
    let keys = columns.map { JSONText.quote($0.name) }
    return rows.map { row in
      let members = zip(keys, row).map { "\($0):\(Self.jsonValue($1))" }
      return "{\(members.joined(separator: ","))}\n"
    }.joined()
  }

  private static func csvField(_ cell: Cell) -> String {
    switch cell {
    case .text(let text), .json(let text): quoted(text)
    case .integer(let number): String(number)
    case .number(let number): number.isFinite ? JSONText.number(number) : unfinite(number)
    case .none: ""
    }
  }

  private static func jsonValue(_ cell: Cell) -> String {
    switch cell {
    case .text(let text): JSONText.quote(text)
    case .integer(let number): String(number)
    case .number(let number):
      number.isFinite ? JSONText.number(number) : JSONText.quote(unfinite(number))
    case .json(let source): source
    case .none: "null"
    }
  }

  /// As the summary has it; a number that is none is not the same as no number.
  private static func unfinite(_ number: Double) -> String {
    number.isNaN ? "nan" : number > 0 ? "inf" : "-inf"
  }

  private static func quoted(_ field: String) -> String {
    let needsQuotes =
      field.unicodeScalars.contains { "\",\r\n".unicodeScalars.contains($0) }
      || field.first == " " || field.last == " "
    return needsQuotes ? "\"\(field.replacing("\"", with: "\"\""))\"" : field
  }
}
