import Foundation

/// What an answer says, apart from how it is wrapped and set.
enum AnswerText {
  private static let apostrophes: Set<Character> = ["’", "‘", "ʼ", "′", "`", "´", "＇", "‛"]
  private static let quotes: Set<Character> = [
    "“", "”", "„", "«", "»", "‹", "›", "「", "」", "『", "』", "‚",
  ]
  /// Before an item of a list, or a quotation.
  private static let bullets = ["- ", "\u{2022} ", "> ", "+ "]
  private static let marks: Set<Character> = ["*", "_", "~", "#"]

  /// The text, in small letters unless it keeps its own, with one sign for every apostrophe and one
  /// for every quotation mark, and one blank for all white space, also across lines. Marks of
  /// emphasis and headings are left out, those of HTML and TeX too, and full-width forms are the
  /// usual ones.
  static func folded(_ text: String, keepsCase: Bool = false) -> String {
    var result = ""
    var isBlank = true
    let plain = unmarked(halfWidth(text))
    for character in keepsCase ? plain : plain.lowercased() {
      if marks.contains(character) { continue }
      if character.isWhitespace {
        if !isBlank { result.append(" ") }
        isBlank = true
        continue
      }
      isBlank = false
      if apostrophes.contains(character) {
        result.append("'")
      } else {
        result.append(quotes.contains(character) ? "\"" : character)
      }
    }
    if result.last == " " { result.removeLast() }
    return result
  }

  /// The text with the usual letters and signs for those of full width.
  private static func halfWidth(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { (0xFF01...0xFF5E).contains($0.value) }) else {
      return text
    }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let usual = (0xFF01...0xFF5E).contains(scalar.value) ? scalar.value - 0xFEE0 : scalar.value
      result.append(Unicode.Scalar(usual) ?? scalar)
    }
    return String(result)
  }

  /// The text without pairs of tags, as in `<b>A</b>`, and without commands of TeX, as in `\\boxed{A}`
  /// and `$A$`. A letter in angle brackets alone is no tag.
  private static func unmarked(_ text: String) -> String {
    guard text.contains("<") || text.contains("\\") || text.contains("$") else { return text }
    var result = text
    for tag in ["b", "i", "u", "em", "strong", "p", "code", "span", "div", "answer"] {
      guard result.range(of: "</\(tag)>", options: .caseInsensitive) != nil else { continue }
      for part in ["<\(tag)>", "</\(tag)>"] {
        result = result.replacingOccurrences(of: part, with: "", options: .caseInsensitive)
      }
    }
    for command in ["\\boxed{", "\\text{", "\\textbf{", "\\mathbf{", "\\mathrm{"] {
      result = result.replacing(command, with: "{")
    }
    let inner = result.trimmingCharacters(in: .whitespacesAndNewlines)
    let dollars = inner.filter { $0 == "$" }.count
    if dollars >= 2, inner.hasPrefix("$"), inner.hasSuffix("$"), !inner.contains(where: \.isNumber)
    {
      result = inner.filter { $0 != "$" }
    }
    return result
  }

  /// The folded text without what stands around it: brackets, quotation marks, points, dashes.
  ///
  /// Of a text that is nothing else all of it is kept.
  static func unwrapped(_ text: String) -> String {
    let folded = folded(text)
    var item = folded[...]
    while bullets.contains(where: item.hasPrefix) { item = item.dropFirst(2) }
    let inside = item.trimming { character in
      !character.isLetter && !character.isNumber && !character.isSymbolOfValue
    }
    return inside.isEmpty ? folded : inside
  }

  /// The letter that a text is, however it is wrapped, as a small letter; nil where it is more.
  static func loneLetter(_ text: String) -> Character? {
    let inside = text.filter { $0.isLetter || $0.isNumber }
    let isValue = text.contains { $0.isCurrencySymbol || "%+°=&@".contains($0) }
    guard inside.count == 1, !isValue, let letter = inside.first, letter.isASCII, letter.isLetter
    else {
      return nil
    }
    return letter.lowercased().first
  }
}

extension Character {
  /// Signs that belong to what is said and are no wrapping.
  fileprivate var isSymbolOfValue: Bool {
    isCurrencySymbol || ["%", "+", "-", "°", "=", "<", ">", "/", "&", "@"].contains(self)
  }
}

extension Substring {
  fileprivate func trimming(_ isOutside: (Character) -> Bool) -> String {
    guard let first = firstIndex(where: { !isOutside($0) }),
      let last = lastIndex(where: { !isOutside($0) })
    else { return "" }
    return String(self[first...last])
  }
}
