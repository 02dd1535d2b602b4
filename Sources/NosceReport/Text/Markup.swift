/// HTML or SVG source into which text can only be put escaped.
///
/// A plain string inside an interpolation is data: it is escaped, so that nothing a model or a
/// user wrote can become markup. Only literals and other `Markup` are taken as they are.
package struct Markup: ExpressibleByStringInterpolation, Sendable, Equatable {
  package private(set) var source: String

  package init() { source = "" }
  package init(stringLiteral value: String) { source = value }
  package init(stringInterpolation: Interpolation) { source = stringInterpolation.source }

  /// Takes source as it is. For literals kept elsewhere, such as the style sheet; never for data.
  init(trusted source: String) { self.source = source }

  package static func += (left: inout Markup, right: Markup) { left.source += right.source }

  package struct Interpolation: StringInterpolationProtocol {
    var source = ""

    package init(literalCapacity: Int, interpolationCount: Int) {
      source.reserveCapacity(literalCapacity + 16 * interpolationCount)
    }

    package mutating func appendLiteral(_ literal: String) { source += literal }
    package mutating func appendInterpolation(_ text: String) { source += Markup.escape(text) }
    package mutating func appendInterpolation(_ number: Int) { source += String(number) }
    package mutating func appendInterpolation(_ markup: Markup) { source += markup.source }
    package mutating func appendInterpolation(_ parts: [Markup]) {
      for part in parts { source += part.source }
    }
  }

  /// The text with every character that means something to HTML or XML replaced.
  package static func escape(_ text: String) -> String {
    var escaped = ""
    escaped.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\n", "\t": escaped.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0x7F: escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}

extension Sequence where Element == Markup {
  /// The parts, one after another.
  func joined() -> Markup { reduce(into: Markup()) { $0 += $1 } }
}
