import NosceFormats

/// An empty block of thinking, such as `<think>`, blanks and `</think>`: what templates of reasoning
/// models write before an answer that has no thinking.
package enum EmptyBlock {
  private static let brackets: [(open: Unicode.Scalar, close: Unicode.Scalar)] = [
    ("<", ">"), ("[", "]"),
  ]

  /// What published templates call it.
  private static let names = ["think", "thinking", "thought", "reason", "reasoning"]

  /// The block that ends before a position, with the blanks behind it.
  package static func before(_ position: Int, in text: [Unicode.Scalar]) -> Range<Int>? {
    let end = skippingBlanks(position, text)
    guard let bracket = brackets.first(where: { end > 0 && text[end - 1] == $0.close }),
      let closing = text[..<end].lastIndex(of: bracket.open), closing + 2 < end,
      text[closing + 1] == "/",
      names.contains(String(scalars: text[closing + 2..<end - 1]).lowercased())
    else { return nil }
    let name = text[closing + 2..<end]
    let inner = skippingBlanks(closing, text)
    let start = inner - name.count - 1
    guard start >= 0, text[start] == bracket.open, text[start + 1..<inner].elementsEqual(name)
    else {
      return nil
    }
    return start..<position
  }

  /// What such a block begins with: `<think>`.
  package static func opening(_ block: String) -> String? {
    let text = Array(block.unicodeScalars)
    guard let end = text.firstIndex(where: { scalar in brackets.contains { $0.close == scalar } })
    else { return nil }
    return String(scalars: text[...end])
  }

  private static func skippingBlanks(_ position: Int, _ text: [Unicode.Scalar]) -> Int {
    var position = position
    while position > 0, isBlank(text[position - 1]) { position -= 1 }
    return position
  }
}
