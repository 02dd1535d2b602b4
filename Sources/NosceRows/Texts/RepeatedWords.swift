/// Words that stand several times in a row, by which a model that has lost its language is known.
package enum RepeatedWords {
  /// The first run of one word that is longer than `most`, whatever its capitals: the word as it is
  /// compared; nil where there is none. Words are what stands between blanks.
  package static func word(in text: String, moreThan most: Int) -> String? {
    var run = 0
    var last: Substring?
    for word in text.lowercased().split(whereSeparator: \.isWhitespace) {
      run = word == last ? run + 1 : 1
      last = word
      if run > most { return String(word) }
    }
    return nil
  }
}
