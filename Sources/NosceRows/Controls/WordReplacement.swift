import NosceCore

/// A word, or several in a row, and what is written in its place.
///
/// Lengths match because both have the same number of words. All replacements are made at once, so
/// that two words can change places, and the case of each is kept.
package struct WordReplacement: Codable, Sendable, Hashable {
  package var word: String
  package var other: String

  package init(_ word: String, _ other: String) {
    self.word = word
    self.other = other
  }

  func filled(with values: [String: String]) throws -> WordReplacement {
    WordReplacement(
      try TextTemplate.fill(word, with: values), try TextTemplate.fill(other, with: values))
  }

  /// What is wrong with the replacement; nil where nothing is.
  package var fault: String? {
    if word.lowercased() == other.lowercased() {
      return "'\(word)' for itself; allowed: another word"
    }
    let (before, after) = (wordCount(word), wordCount(other))
    if before != after {
      return
        "'\(other)' of \(after) words for '\(word)' of \(before); allowed: as many in both, so "
        + "that the rows keep their length"
    }
    return nil
  }

  /// The rows with every occurrence replaced, whoever says it.
  static func relabel(
    _ rows: [TrainingRow], _ words: [WordReplacement]
  ) throws -> [TrainingRow] {
    for word in words {
      if let fault = word.fault {
        throw LabError(.invalidExperiment, "control relabel: found \(fault)")
      }
    }
    let relabeller = Relabeller(words)
    let changed = rows.map { row in row.mappingTexts(relabeller.text) }
    if changed == rows {
      let list = words.map { "'\($0.word)'" }.joined(separator: ", ")
      throw RowControl.failure(
        "relabel", "none of \(list) in \(rows.count) rows", "words that occur")
    }
    return changed
  }
}

/// Replaces words in one text.
private struct Relabeller {
  private let words: [(letters: [Character], exact: [Character], other: String)]

  init(_ words: [WordReplacement]) {
    // The longest first: "free tier" before "free".
    self.words = words.sorted { $0.word.count > $1.word.count }
      .map { (Self.folded(Array($0.word)), Array($0.word), $0.other) }
  }

  func text(_ text: String) -> String {
    let characters = Array(text)
    let folded = Self.folded(characters)
    var result = ""
    var place = 0
    while place < characters.count {
      if let match = words.first(where: { stands($0.letters, in: folded, at: place) }) {
        let found = characters[place..<place + match.letters.count]
        result += Self.inCase(of: found, match.other, as: match.exact)
        place += match.letters.count
      } else {
        result.append(characters[place])
        place += 1
      }
    }
    return result
  }

  /// Whether the word stands there by itself, and not as part of a longer one.
  private func stands(_ word: [Character], in text: [Character], at place: Int) -> Bool {
    let end = place + word.count
    guard end <= text.count, text[place..<end].elementsEqual(word) else { return false }
    func joins(_ left: Int, _ right: Int) -> Bool {
      left >= 0 && right < text.count && Self.isPartOfWord(text[left])
        && Self.isPartOfWord(text[right])
    }
    return !joins(place - 1, place) && !joins(end - 1, end)
  }

  /// Capitals where the found word has them throughout, or at its beginning.
  private static func inCase(
    of found: ArraySlice<Character>, _ other: String, as exact: [Character]
  ) -> String {
    if found.elementsEqual(exact) { return other }
    let letters = found.filter(\.isLetter)
    if letters.count > 1, letters.allSatisfy(\.isUppercase) { return other.uppercased() }
    if found.first?.isUppercase ?? false {
      return other.prefix(1).uppercased() + other.dropFirst()
    }
    return other.lowercased()
  }

  private static func folded(_ characters: [Character]) -> [Character] {
    characters.map { character in
      let small = character.lowercased()
      return small.count == 1 ? Character(small) : character
    }
  }

  private static func isPartOfWord(_ character: Character) -> Bool {
    character.isLetter || character.isNumber
  }
}
