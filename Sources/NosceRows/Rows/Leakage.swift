/// Finds words that the training text must not contain.
package enum Leakage {
  /// Which words occur in how many of the rows; only those that occur.
  package static func found(
    _ words: [String], in rows: [TrainingRow]
  ) -> [(word: String, rows: Int)] {
    var seen: Set<String> = []
    return words.filter { seen.insert($0.lowercased()).inserted }.compactMap { word in
      let count = rows.count { WordFinder.finds(word, in: $0.text) }
      return count > 0 ? (word, count) : nil
    }
  }
}
