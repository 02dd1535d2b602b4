/// Finds words that the training text must not contain.
package enum Leakage {
  /// Which words occur in which of the rows, by their places; only words that occur, each once,
  /// whatever its capitals.
  package static func found(
    _ words: [String], in rows: [TrainingRow]
  ) -> [(word: String, rows: [Int])] {
    let texts = rows.map(\.text)
    var seen: Set<String> = []
    return words.filter { seen.insert($0.lowercased()).inserted }.compactMap { word in
      let places = texts.indices.filter { WordFinder.finds(word, in: texts[$0]) }
      return places.isEmpty ? nil : (word, places)
    }
  }
}
