/// Text measured and cut in terminal columns.
package enum ColumnText {
  /// The text on one line and without control characters, so that no name can move the cursor.
  package static func clean(_ text: String) -> String {
    var cleaned = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n", "\t", "\r": cleaned += " "
      case _ where scalar.properties.generalCategory == .control: cleaned += "\u{FFFD}"
      default: cleaned.unicodeScalars.append(scalar)
      }
    }
    return cleaned
  }

  /// Columns that the text takes; it must hold no colour codes.
  package static func width(_ text: String) -> Int { text.reduce(0) { $0 + width(of: $1) } }

  /// The text, padded or cut to exactly `columns`.
  package static func pad(_ text: String, _ columns: Int, right: Bool = false) -> String {
    let cut = truncate(text, columns)
    let space = String(repeating: " ", count: max(0, columns - width(cut)))
    return right ? space + cut : cut + space
  }

  /// The text, cut to at most `columns` with an ellipsis.
  package static func truncate(_ text: String, _ columns: Int) -> String {
    guard width(text) > columns else { return text }
    guard columns > 1 else { return columns == 1 ? "…" : "" }
    var cut = ""
    var used = 0
    for character in text {
      let wide = width(of: character)
      if used + wide > columns - 1 { break }
      cut.append(character)
      used += wide
    }
    return cut + "…"
  }

  /// Lines of at most `columns`, broken at spaces; words longer than a line stand alone.
  package static func wrap(_ text: String, _ columns: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if line.isEmpty {
        line = String(word)
      } else if width(line) + 1 + width(String(word)) <= columns {
        line += " " + word
      } else {
        lines.append(line)
        line = String(word)
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  /// Text of several lines, every one of which is broken at blanks where it is too long, and else
  /// left as it is.
  package static func wrapLines(_ text: String, _ columns: Int) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { broken($0, columns).joined(separator: "\n") }.joined(separator: "\n")
  }

  /// A name, which is never cut, and a text behind it, whose further lines stand under its first.
  ///
  /// Where the name is too long for its column, or too little is left beside it, the text stands
  /// below it.
  ///
  /// - Parameters:
  ///   - column: where the text begins, behind the indentation, the name and a blank at least.
  ///   - width: of the whole line.
  package static func entry(
    _ name: String, _ text: String, indent: Int = 2, column: Int, width: Int
  ) -> [String] {
    let margin = String(repeating: " ", count: indent)
    let fits = self.width(name) + indent < column && width - column >= 24
    let hanging = fits ? column : indent + 2
    let lines = wrap(text, max(1, width - hanging))
    let rest = String(repeating: " ", count: hanging)
    guard fits, let first = lines.first else {
      return [margin + name] + lines.map { rest + $0 }
    }
    return [margin + pad(name, column - indent) + first] + lines.dropFirst().map { rest + $0 }
  }

  /// A paragraph, whose further lines are indented.
  package static func paragraph(
    _ text: String, indent: Int = 0, hanging: Int, width: Int
  ) -> [String] {
    let margins = [indent, hanging].map { String(repeating: " ", count: $0) }
    return wrap(text, max(1, width - max(indent, hanging))).enumerated()
      .map { margins[min($0, 1)] + $1 }
  }

  /// One line, broken before it is too long: at its last blank, or where it has none at its next.
  private static func broken(_ line: Substring, _ columns: Int) -> [Substring] {
    var lines: [Substring] = []
    var rest = line
    while width(String(rest)) > columns {
      var used = 0
      var cut: Substring.Index?
      // A blank at the beginning is an indentation, behind which nothing is broken.
      var index = rest.firstIndex { $0 != " " } ?? rest.endIndex
      used += rest.distance(from: rest.startIndex, to: index)
      while index < rest.endIndex {
        if rest[index] == " " {
          if used <= columns || cut == nil { cut = index }
        }
        if used > columns, cut != nil { break }
        used += width(of: rest[index])
        index = rest.index(after: index)
      }
      guard let cut else { break }
      lines.append(rest[..<cut])
      rest = rest[cut...].drop { $0 == " " }
    }
    if lines.isEmpty || !rest.isEmpty { lines.append(rest) }
    return lines
  }

  private static func width(of character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}
