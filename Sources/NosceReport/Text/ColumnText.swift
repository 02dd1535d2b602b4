/// Text measured and cut in terminal columns.
enum ColumnText {
  /// The text on one line and without control characters, so that no name can move the cursor.
  static func clean(_ text: String) -> String {
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
  static func width(_ text: String) -> Int { text.reduce(0) { $0 + width(of: $1) } }

  /// The text, padded or cut to exactly `columns`.
  static func pad(_ text: String, _ columns: Int, right: Bool = false) -> String {
    let cut = truncate(text, columns)
    let space = String(repeating: " ", count: max(0, columns - width(cut)))
    return right ? space + cut : cut + space
  }

  /// The text, cut to at most `columns` with an ellipsis.
  static func truncate(_ text: String, _ columns: Int) -> String {
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
  static func wrap(_ text: String, _ columns: Int) -> [String] {
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
