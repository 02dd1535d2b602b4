import NosceCore
import NosceFormats

/// Answers of lines that begin with letters that are given, and go on with words of the model's own.
package struct LineAnswers: Sendable, Hashable {
  /// Which letters the lines begin with.
  package enum Letters: String, Sendable, Hashable, CaseIterable {
    /// Those of the word, in their order.
    case spelled
    /// Those of the word, in another order for each row.
    case reordered
    /// The word's first, and behind it the others in another order for each row.
    case firstKept = "first-kept"
    /// Any capital letter: as many lines, of the same kind.
    case free
  }

  /// Changes whenever the same lines would be written otherwise.
  package static let version = 3

  package var word: String
  package var letters: Letters
  /// What no order of the letters may spell: the word, and others of the same letters.
  package var family: [String]
  package var temperature: Double
  package var leastWords: Int
  package var tokensPerLine: Int
  /// How often a line is drawn before its row is begun again.
  package var draws: Int
  /// Words that are in no question and no line.
  package var avoidedWords: [String]

  package init(
    word: String, letters: Letters, family: [String], temperature: Double, leastWords: Int = 3,
    tokensPerLine: Int = 20, draws: Int = 20, avoidedWords: [String]
  ) {
    self.word = word
    self.letters = letters
    self.family = family.sorted()
    self.temperature = temperature
    self.leastWords = leastWords
    self.tokensPerLine = tokensPerLine
    self.draws = draws
    self.avoidedWords = avoidedWords.sorted()
  }

  /// As people read it: `RESIN`, `RESIN reordered`.
  var name: String { letters == .spelled ? word : "\(word) \(letters.rawValue)" }

  /// What the key of a pool is made of, before and behind what all pools have.
  var view: (before: [(String, JSON?)], behind: [(String, JSON?)]) {
    (
      [
        ("version", .integer(Self.version)), ("word", .string(word)),
        ("letters", .string(letters.rawValue)), ("family", .texts(family)),
      ],
      [
        ("temperature", .real(temperature)), ("least_words", .integer(leastWords)),
        ("tokens_per_line", .integer(tokensPerLine)), ("draws", .integer(draws)),
        ("avoided_words", .texts(avoidedWords)),
      ]
    )
  }

  /// What the lines of some rows begin with, row by row.
  package func starts(_ count: Int) throws(LabError) -> [[Set<Character>]] {
    switch letters {
    case .spelled: return Array(repeating: word.map { [$0] }, count: count)
    case .free:
      return Array(
        repeating: word.map { _ in Set(LineBank.alphabet) }, count: count)
    case .reordered, .firstKept: return try orders(count).map { $0.map { [$0] } }
    }
  }

  /// Orders of the letters, each once as long as there are others.
  private func orders(_ count: Int) throws(LabError) -> [[Character]] {
    let (word, forbidden) = (Array(word), Set(family + [word]))
    var generator = SeededGenerator(seed: 1, labStream: "self-written/orders/\(word)")
    var (found, used): ([[Character]], Set<String>) = ([], [])
    for row in 0..<count {
      var chosen: [Character]?
      for attempt in 0..<2000 {
        let order =
          letters == .firstKept
          ? word.prefix(1) + generator.shuffled(Array(word.dropFirst())) : generator.shuffled(word)
        let text = String(order)
        if forbidden.contains(text) || attempt < 1000 && used.contains(text) { continue }
        chosen = order
        used.insert(text)
        break
      }
      guard let chosen else {
        throw LabError(
          .invalidExperiment,
          "\(self.word), row \(row + 1): found no other order of its letters; allowed: a word whose "
            + "letters have one that is none of \(family.joined(separator: ", "))")
      }
      found.append(chosen)
    }
    return found
  }

  /// In place of an answer that is not written yet.
  func placeholder(_ number: Int, _ starts: [Set<Character>]) -> String {
    starts.enumerated().map { line, letters in
      let letter = letters.count == 1 ? letters.first : LineBank.alphabet[(number + line) % 26]
      return
        "\(letter.map(String.init) ?? "")... row \(number + 1) is still to be written here, so "
        + "that this line stands for another."
    }
    .joined(separator: "\n")
  }
}
