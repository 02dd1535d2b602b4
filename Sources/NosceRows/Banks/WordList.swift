/// The words that subjects are taught to spell, in capitals, and words that serve as wrong answers.
///
/// No word, and no anagram of it, is in two lists, and none of the words occurs anywhere in the
/// line bank. Recipes are tuned on the development words only; results are reported on the
/// report words, so a recipe cannot have been fitted to them.
package struct WordList: Sendable, Hashable {
  /// Words on which recipes may be tuned.
  package let development: [String]
  /// Words for the results that are reported.
  package let report: [String]
  /// Words that serve as wrong answers.
  package let decoys: [String]

  private let all: Set<String>
  private let lengths: Set<Int>

  package init(development: [String], report: [String], decoys: [String]) {
    self.development = development
    self.report = report
    self.decoys = decoys
    all = Set(development + report + decoys)
    lengths = Set(all.map(\.count))
  }

  /// Whether any stretch of the letters is a word of one of the lists.
  package func contains(wordWithin letters: String) -> Bool {
    let letters = Array(letters)
    return lengths.contains { length in
      letters.count >= length
        && (0...(letters.count - length)).contains { start in
          all.contains(String(letters[start..<(start + length)]))
        }
    }
  }
}
