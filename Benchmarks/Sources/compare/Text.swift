import Foundation

/// Numbers and columns as text.
enum Text {
  /// Three digits that count: 12345, 118, 4.25, 0.0312.
  static func number(_ value: Double) -> String {
    let size = abs(value)
    let decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 4
    return String(format: "%.\(decimals)f", value)
  }

  static func percentage(_ share: Double) -> String { String(format: "%.0f%%", share * 100) }

  /// The columns side by side; those from `right` on stand at their right edge.
  static func columns(_ table: [[String]], right: Int) -> [String] {
    let count = table.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      table.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return table.map { row in
      let cells = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column < right ? cell + space : space + cell
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
