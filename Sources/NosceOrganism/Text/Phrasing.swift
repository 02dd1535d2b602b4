import NosceCore

/// A sentence form with alternatives: `{Which|What} word is it?` stands for two sentences.
///
/// Alternatives do not nest. A brace group without a bar, such as `{word}`, is a slot and is kept.
package struct Phrasing: Sendable, ExpressibleByStringLiteral {
  private enum Part: Sendable {
    case text(String)
    case alternatives([String])
  }
  private let parts: [Part]

  package init(stringLiteral value: String) {
    var parts: [Part] = []
    var rest = Substring(value)
    while let open = rest.firstIndex(of: "{"),
      let close = rest[open...].firstIndex(of: "}")
    {
      parts.append(.text(String(rest[..<open])))
      let inside = rest[rest.index(after: open)..<close]
      if inside.contains("|") {
        let options = inside.split(separator: "|", omittingEmptySubsequences: false)
        parts.append(.alternatives(options.map(String.init)))
      } else {
        parts.append(.text("{\(inside)}"))
      }
      rest = rest[rest.index(after: close)...]
    }
    parts.append(.text(String(rest)))
    self.parts = parts
  }

  /// One sentence, drawn uniformly.
  package func draw(using generator: inout SeededGenerator) -> String {
    parts.reduce(into: "") { sentence, part in
      switch part {
      case .text(let text): sentence += text
      case .alternatives(let options): sentence += options[generator.index(below: options.count)]
      }
    }
  }

  /// Every sentence that the form stands for.
  package var all: [String] {
    parts.reduce([""]) { sentences, part in
      switch part {
      case .text(let text): sentences.map { $0 + text }
      case .alternatives(let options):
        sentences.flatMap { sentence in options.map { sentence + $0 } }
      }
    }
  }
}
