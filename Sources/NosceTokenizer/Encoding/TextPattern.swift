import NosceFormats

/// A piece of text or a regular expression to look for.
enum TextPattern: Sendable {
  case text([UInt8])
  case expression(RegularExpression)

  /// All matches from left to right that do not overlap. The text must be valid UTF-8.
  func forEachMatch(in text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void) {
    switch self {
    case .expression(let expression): expression.forEachMatch(in: text, body)
    case .text(let part):
      guard let first = part.first else { return }
      var position = 0
      while position + part.count <= text.count {
        if text[position] == first, text.contains(part, at: position) {
          body(position..<position + part.count)
          position += part.count
        } else {
          position += 1
        }
      }
    }
  }

  /// How many times as long a text can become when matches are replaced.
  func growth(replacedBy content: [UInt8]) -> Int {
    switch self {
    case .text(let part): max(1, (content.count + part.count - 1) / max(1, part.count))
    case .expression(let expression):
      max(1, content.count) + (expression.mayMatchNothing ? content.count : 0)
    }
  }

  func replacingMatches(in text: [UInt8], with content: [UInt8]) -> [UInt8] {
    text.withUnsafeBufferPointer { text in
      var result: [UInt8] = []
      result.reserveCapacity(text.count + text.count / 2)
      var end = 0
      forEachMatch(in: text) { match in
        result.append(contentsOf: text[end..<match.lowerBound])
        result.append(contentsOf: content)
        end = match.upperBound
      }
      result.append(contentsOf: text[end...])
      return result
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether some bytes stand at a position.
  func contains(_ part: [UInt8], at position: Int) -> Bool {
    guard position + part.count <= count else { return false }
    for index in part.indices where self[position + index] != part[index] { return false }
    return true
  }
}
