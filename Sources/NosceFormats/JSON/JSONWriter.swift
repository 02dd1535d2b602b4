extension JSON {
  /// The value as JSON text, always the same for the same value.
  ///
  /// With `indent` 0 everything stands on one line. Text other than control characters, quotes and
  /// backslashes is written as it is, in UTF-8.
  package func text(indent: Int = 2) -> String {
    var output = ""
    write(to: &output, indent: indent, level: 0)
    return output
  }

  private func write(to output: inout String, indent: Int, level: Int) {
    switch self {
    case .null: output += "null"
    case .bool(let bool): output += bool ? "true" : "false"
    case .integer(let integer): output += String(integer)
    case .number(let number):
      precondition(number.isFinite, "JSON has no notation for \(number)")
      output += String(number)
    case .string(let string): JSONText.append(string, to: &output)
    case .array(let values):
      Self.list(values, "[", "]", to: &output, indent: indent, level: level) { value, output in
        value.write(to: &output, indent: indent, level: level + 1)
      }
    case .object(let object):
      Self.list(object.members, "{", "}", to: &output, indent: indent, level: level) {
        member, output in
        JSONText.append(member.key, to: &output)
        output += indent > 0 ? ": " : ":"
        member.value.write(to: &output, indent: indent, level: level + 1)
      }
    }
  }

  private static func list<Element>(
    _ elements: [Element], _ open: String, _ close: String, to output: inout String,
    indent: Int, level: Int, _ write: (Element, inout String) -> Void
  ) {
    output += open
    for (index, element) in elements.enumerated() {
      if index > 0 { output += "," }
      if indent > 0 { output += "\n" + String(repeating: " ", count: indent * (level + 1)) }
      write(element, &output)
    }
    if indent > 0, !elements.isEmpty {
      output += "\n" + String(repeating: " ", count: indent * level)
    }
    output += close
  }
}
