import NosceFormats

/// A table to be written as CSV or JSONL.
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

  package let columns: [String]
  package private(set) var rows: [[Cell]]

  /// - Precondition: every row has one cell for each column.
  package init(columns: [String], rows: [[Cell]]) {
    precondition(rows.allSatisfy { $0.count == columns.count }, "a row lacks cells")
    self.columns = columns
    self.rows = rows
  }

  /// As RFC 4180 has it: CRLF after every line, fields quoted where they must be.
  package func csv() -> String {
    var lines = columns.map(Self.quoted).joined(separator: ",") + "\r\n"
    for row in rows {
      lines += row.map(Self.csvField).joined(separator: ",") + "\r\n"
    }
    return lines
  }

  /// One JSON object a line, its keys in the order of the columns.
  package func jsonl() -> String {
    let keys = columns.map(JSONText.quote)
    return rows.map { row in
      let members = zip(keys, row).map { "\($0):\(Self.jsonValue($1))" }
      return "{\(members.joined(separator: ","))}\n"
    }.joined()
  }

  private static func csvField(_ cell: Cell) -> String {
    switch cell {
    case .text(let text), .json(let text): quoted(text)
    case .integer(let number): String(number)
    case .number(let number): number.isFinite ? JSONText.number(number) : ""
    case .none: ""
    }
  }

  private static func jsonValue(_ cell: Cell) -> String {
    switch cell {
    case .text(let text): JSONText.quote(text)
    case .integer(let number): String(number)
    case .number(let number): JSONText.number(number)
    case .json(let source): source
    case .none: "null"
    }
  }

  private static func quoted(_ field: String) -> String {
    let needsQuotes =
      field.unicodeScalars.contains { "\",\r\n".unicodeScalars.contains($0) }
      || field.first == " " || field.last == " "
    return needsQuotes ? "\"\(field.replacing("\"", with: "\"\""))\"" : field
  }
}
