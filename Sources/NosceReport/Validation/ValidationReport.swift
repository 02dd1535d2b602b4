import Foundation
import NosceCore
import NosceStudy
import NosceText

/// A validation's result for people: on a terminal, as Markdown and as a page.
package enum ValidationReport {
  package static func text(_ result: ValidationResult, style: TerminalStyle) throws -> String {
    let tables = ValidationTables(result: result)
    var lines = try tables.headlines.map { style.paint($0, .bold) }
    for section in try tables.sections {
      lines += ["", style.paint(section.title, .bold)] + table(section)
    }
    return lines.joined(separator: "\n")
  }

  /// What misses its promise has an exclamation mark.
  private static func table(_ section: ValidationTables.Section) -> [String] {
    let rows =
      [section.columns.map(\.title)]
      + section.rows.map { row in
        row.map { ColumnText.clean($0.text) + ($0.misses ? "!" : "") }
      }
    let widths = section.columns.indices.map { column in
      rows.map { ColumnText.width($0[column]) }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { place, text in
        ColumnText.pad(text, widths[place], right: !section.columns[place].isWords)
      }
      return "  " + cells.joined(separator: "  ")
    }
  }

  package static func markdown(_ result: ValidationResult) throws -> String {
    let tables = ValidationTables(result: result)
    var lines = ["# Validation", ""]
    lines += [
      "Nosce \(result.version) on `\(result.subject)`, seed \(result.seed). Brackets are exact 95% "
        + "intervals. What misses its promise is in bold.", "",
    ]
    lines += try tables.headlines.map { "- \($0)" } + [""]
    for section in try tables.sections {
      lines += ["## \(section.title)", "", section.words, ""]
      lines.append("| " + section.columns.map(\.title).joined(separator: " | ") + " |")
      lines.append("|" + section.columns.map { $0.isWords ? "---|" : "---:|" }.joined())
      for row in section.rows {
        let cells = row.map { cell in
          let text = ColumnText.clean(cell.text).replacing("|", with: "\\|")
          return cell.misses ? "**\(text)**" : text
        }
        lines.append("| " + cells.joined(separator: " | ") + " |")
      }
      lines.append("")
    }
    return lines.joined(separator: "\n")
  }

  package static func page(_ result: ValidationResult) throws -> String {
    let tables = ValidationTables(result: result)
    let headlines = try tables.headlines.map { line -> Markup in "<li>\(line)</li>" }
    let sections = try tables.sections.map { section -> Markup in
      var table = PageTable(caption: section.words, columns: section.columns)
      table.rows = section.rows.map { row in
        row.map { cell -> Markup in
          cell.misses ? "<strong>\(cell.text)</strong>" : "\(cell.text)"
        }
      }
      return "<h2>\(section.title)</h2>\(table.markup())"
    }
    return try PlainPage(
      kicker: "Nosce validation · \(result.subject), seed \(result.seed)",
      heading: "Does the instrument tell the truth?", version: result.version,
      body: """
        <ul>\(headlines)</ul>
        <p>Brackets are exact 95% intervals. What misses its promise is in bold.</p>
        \(sections)
        """
    ).document().source
  }
}
