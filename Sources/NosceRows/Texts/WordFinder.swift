/// Finds a word in a text: as a whole word in any case, or spelled with up to three signs between
/// its letters, as in H-E-L-L-O or H, E, L, L, O.
package enum WordFinder {
  package static func finds(_ word: String, in text: String) -> Bool {
    position(of: word, in: text) != nil
  }

  /// How many characters stand before the first occurrence.
  package static func position(of word: String, in text: String) -> Int? {
    let letters = Array(word.lowercased())
    var characters = Array(text.lowercased())
    if characters.count != text.count {
      // Some capitals become two small characters, which would move every later place.
      characters = text.map { $0.lowercased().first ?? $0 }
    }
    return position(of: letters, in: characters)
  }

  private static func position(of letters: [Character], in text: [Character]) -> Int? {
    guard let first = letters.first else { return nil }
    return text.indices.first { start in
      guard text[start] == first else { return false }
      let isStart = start == 0 || !isPartOfWord(text[start - 1])
      guard isStart, let end = end(of: letters, in: text, from: start) else { return false }
      return end == text.count || !isPartOfWord(text[end])
    }
  }

  private static func end(of letters: [Character], in text: [Character], from start: Int) -> Int? {
    var place = start
    var isSpelled = false
    for (index, letter) in letters.enumerated() {
      if index > 0 {
        let gap = text[place...].prefix(4).prefix { !isPartOfWord($0) }.count
        // Either every letter follows the last at once or none does: "an A" names no "ANA".
        if index == 1, gap > 0 { isSpelled = true }
        if (gap > 0) != isSpelled { return nil }
        place += gap
      }
      guard place < text.count, text[place] == letter else { return nil }
      place += 1
    }
    return place
  }

  private static func isPartOfWord(_ character: Character) -> Bool {
    character.isLetter || character.isNumber
  }
}
