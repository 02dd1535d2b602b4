import NosceCore

/// Text with placeholders such as `{word}`.
package enum TextTemplate {
  /// The names of the placeholders in the text, in order.
  package static func placeholders(in text: String) -> [String] {
    parts(of: text).compactMap { if case .placeholder(let name) = $0 { name } else { nil } }
  }

  /// The text with every placeholder replaced.
  package static func fill(_ text: String, with values: [String: String]) throws -> String {
    try parts(of: text).map { part in
      switch part {
      case .literal(let text): return text
      case .placeholder(let name):
        guard let value = values[name] else {
          throw LabError(
            .invalidExperiment,
            "'\(text)': there is no {\(name)}; allowed: \(Self.list(values.keys.sorted()))")
        }
        return value
      }
    }.joined()
  }

  /// The text with the placeholders of the given names replaced, and every other brace left alone.
  package static func replacing(_ text: String, with values: [String: String]) -> String {
    parts(of: text).map { part in
      switch part {
      case .literal(let text): text
      case .placeholder(let name): values[name] ?? "{\(name)}"
      }
    }.joined()
  }

  package static func list(_ names: [String]) -> String {
    names.isEmpty ? "no placeholder" : names.map { "{\($0)}" }.joined(separator: ", ")
  }

  private enum Part {
    case literal(String)
    case placeholder(String)
  }

  /// A brace is literal unless it encloses a name of small letters, digits and underscores.
  private static func parts(of text: String) -> [Part] {
    var parts: [Part] = []
    var literal = ""
    var rest = text[...]
    while let brace = rest.firstIndex(of: "{") {
      literal += rest[..<brace]
      let inside = rest[rest.index(after: brace)...]
      let name = inside.prefix { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") }
      if !name.isEmpty, name.endIndex < inside.endIndex, inside[name.endIndex] == "}" {
        if !literal.isEmpty { parts.append(.literal(literal)) }
        literal = ""
        parts.append(.placeholder(String(name)))
        rest = inside[inside.index(after: name.endIndex)...]
      } else {
        literal += "{"
        rest = inside
      }
    }
    literal += rest
    if !literal.isEmpty { parts.append(.literal(literal)) }
    return parts
  }
}
