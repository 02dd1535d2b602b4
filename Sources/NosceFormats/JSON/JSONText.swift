/// JSON written piece by piece, where a whole value would be slow to build.
package enum JSONText {
  /// Appends a JSON string. Text other than control characters, quotes and backslashes is written as
  /// it is, in UTF-8.
  ///
  /// - Parameters:
  ///   - forMarkup: also escapes what would end or begin something in an HTML script element.
  ///   - shortEscapes: writes backspace and form feed by their letters, as Python's `json` does.
  ///   - isASCII: escapes whatever is no printable ASCII, as UTF-16; Python escapes DEL there, too.
  package static func append(
    _ text: String, to output: inout String, forMarkup: Bool = false, shortEscapes: Bool = false,
    isASCII: Bool = false
  ) {
    output += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\r": output += "\\r"
      case "\t": output += "\\t"
      case "\u{8}" where shortEscapes: output += "\\b"
      case "\u{C}" where shortEscapes: output += "\\f"
      case "\u{0}"..<"\u{20}": output += escape(scalar)
      case "<" where forMarkup, ">" where forMarkup, "&" where forMarkup,
        "\u{2028}" where forMarkup, "\u{2029}" where forMarkup, "\u{7F}" where forMarkup:
        output += escape(scalar)
      default:
        if isASCII, scalar > "~" {
          output += escape(scalar)
        } else {
          output.unicodeScalars.append(scalar)
        }
      }
    }
    output += "\""
  }

  /// A JSON string that can also stand inside an HTML script element.
  package static func quote(_ text: String) -> String {
    var quoted = ""
    quoted.reserveCapacity(text.utf8.count + 2)
    append(text, to: &quoted, forMarkup: true)
    return quoted
  }

  /// The shortest number that reads back the same; `null` where JSON has none.
  package static func number(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "null" }
    if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
    return "\(value)"
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    String(scalar).utf16.map { unit in
      let digits = String(unit, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined()
  }
}
