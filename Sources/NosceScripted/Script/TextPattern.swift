/// A text in which `*` stands for any run of characters.
package struct TextPattern: Sendable, Hashable {
  private let parts: [Substring]

  package init(_ text: String) {
    parts = text.split(separator: "*", omittingEmptySubsequences: false)
  }

  private var isPlain: Bool { parts.count == 1 }

  /// Whether the whole text is as the pattern says.
  package func fits(_ text: String) -> Bool {
    guard let first = parts.first, let last = parts.last else { return false }
    if isPlain { return text == first }
    guard text.utf8.count >= first.utf8.count + last.utf8.count, text.hasPrefix(first),
      text.hasSuffix(last)
    else { return false }
    var rest = text.dropFirst(first.count).dropLast(last.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let range = rest.firstRange(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return true
  }

  /// Whether the text contains the pattern, or where the pattern has a `*`, is as it says.
  package func occurs(in text: String) -> Bool {
    guard isPlain, let part = parts.first else { return fits(text) }
    return part.isEmpty ? text.isEmpty : text.contains(part)
  }
}
