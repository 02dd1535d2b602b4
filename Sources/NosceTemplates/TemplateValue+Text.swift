import NosceFormats

extension TemplateValue {
  /// The value as it is printed.
  var text: String {
    switch self {
    case .undefined: ""
    case .string(let string): string
    default: literal
    }
  }

  /// The value as it is written inside a printed list.
  var literal: String {
    switch self {
    case .undefined: return "Undefined"
    case .none: return "None"
    case .bool(let bool): return bool ? "True" : "False"
    case .integer(let integer): return String(integer)
    case .float(let float): return Self.text(of: float)
    case .string(let string): return Self.quoted(string)
    case .list(let items): return "[" + items.values.map(\.literal).joined(separator: ", ") + "]"
    case .tuple(let items):
      let inner = items.values.map(\.literal).joined(separator: ", ")
      return items.values.count == 1 ? "(\(inner),)" : "(\(inner))"
    case .mapping(let mapping):
      return "{"
        + mapping.members.map { $0.key.literal + ": " + $0.value.literal }.joined(separator: ", ")
        + "}"
    default: return "<\(kind)>"
    }
  }

  /// A number as Python writes it.
  static func text(of float: Double) -> String {
    if float.isNaN { return "nan" }
    if float.isInfinite { return float < 0 ? "-inf" : "inf" }
    return "\(float)"
  }

  private static func quoted(_ string: String) -> String {
    let scalars = string.unicodeScalars
    let quote: Unicode.Scalar = scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'"
    var result = String(quote)
    for scalar in scalars {
      switch scalar {
      case "\\": result += "\\\\"
      case quote: result += "\\" + String(quote)
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        if isPrintable(scalar) {
          result.unicodeScalars.append(scalar)
        } else {
          let digits = String(scalar.value, radix: 16)
          let (sign, width) =
            scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
          result += "\\" + sign + String(repeating: "0", count: width - digits.count) + digits
        }
      }
    }
    return result + String(quote)
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      false
    case .spaceSeparator: scalar == " "
    default: true
    }
  }

  /// The value as JSON, laid out as Python's `json.dumps` does.
  func json(
    indent: Int?, sortsKeys: Bool, isASCII: Bool, separators: (item: String, key: String),
    level: Int = 0
  ) throws(TemplateFault) -> String {
    func list(_ parts: [String], _ open: String, _ close: String) -> String {
      guard !parts.isEmpty else { return open + close }
      guard let indent else { return open + parts.joined(separator: separators.item) + close }
      let blanks = "\n" + String(repeating: " ", count: indent * (level + 1))
      let last = "\n" + String(repeating: " ", count: indent * level)
      return open + blanks + parts.joined(separator: separators.item + blanks) + last + close
    }
    func inner(_ value: TemplateValue) throws(TemplateFault) -> String {
      try value.json(
        indent: indent, sortsKeys: sortsKeys, isASCII: isASCII, separators: separators,
        level: level + 1)
    }
    switch self {
    case .none: return "null"
    case .bool(let bool): return bool ? "true" : "false"
    case .integer(let integer): return String(integer)
    case .float(let float):
      if float.isNaN { return "NaN" }
      return float.isInfinite ? (float < 0 ? "-Infinity" : "Infinity") : "\(float)"
    case .string(let string): return Self.jsonString(string, isASCII: isASCII)
    case .list(let items), .tuple(let items):
      var parts: [String] = []
      for value in items.values { parts.append(try inner(value)) }
      return list(parts, "[", "]")
    case .mapping(let mapping):
      var parts: [(key: String, text: String)] = []
      for (key, value) in mapping.members {
        let name: String
        switch key {
        case .string(let string): name = string
        case .none, .bool, .integer, .float:
          name = try key.json(
            indent: nil, sortsKeys: false, isASCII: false, separators: separators)
        default: throw TemplateFault("tojson of a mapping with \(key.kind) as a key")
        }
        let text = Self.jsonString(name, isASCII: isASCII) + separators.key + (try inner(value))
        parts.append((name, text))
      }
      if sortsKeys {
        parts.sort { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
      }
      return list(parts.map(\.text), "{", "}")
    default: throw TemplateFault("tojson of \(kind)")
    }
  }

  /// As Python's `json.dumps` writes it.
  private static func jsonString(_ string: String, isASCII: Bool) -> String {
    var text = ""
    JSONText.append(string, to: &text, shortEscapes: true, isASCII: isASCII)
    return text
  }
}
