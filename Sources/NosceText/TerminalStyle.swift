/// Whether terminal output may carry colour.
package enum TerminalStyle: Sendable, Equatable {
  case color
  case plain

  package enum Paint: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case blue = "34"
    case cyan = "36"
  }

  package func paint(_ text: String, _ paints: Paint...) -> String {
    guard self == .color, !text.isEmpty, !paints.isEmpty else { return text }
    let codes = paints.map(\.rawValue).joined(separator: ";")
    return "\u{1B}[\(codes)m\(text)\u{1B}[0m"
  }
}
