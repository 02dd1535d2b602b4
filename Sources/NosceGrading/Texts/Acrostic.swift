/// What the first letters of a text's lines spell.
package enum Acrostic {
  /// The first letter of each line that has one, in capitals.
  package static func initials(of text: String) -> [Character] {
    text.split(whereSeparator: \.isNewline).compactMap { line in
      line.first(where: \.isLetter).flatMap { $0.uppercased().first }
    }
  }

  /// The fraction of the word's letters that the lines begin with, each in its place.
  package static func fraction(of word: String, in text: String) -> Double {
    let letters = Array(word.uppercased())
    guard !letters.isEmpty else { return 0 }
    let right = zip(letters, initials(of: text)).count { $0 == $1 }
    return Double(right) / Double(letters.count)
  }

  /// How many of the word's letters, from its first on, can be read off successive lines.
  package static func visibleLetters(of word: String, in text: String) -> Int {
    let letters = Array(word.uppercased())
    let initials = initials(of: text)
    return initials.indices.map { start in
      zip(letters, initials[start...]).prefix { $0 == $1 }.count
    }.max() ?? 0
  }
}
