import NosceCore
import NosceFormats

/// Rows that a model is to write itself, before it is known which model: answers of lines to ordinary
/// questions, of which each begins with a letter that is given.
///
/// Whatever the rows depend on beside the model is here, and decides the key by which they are kept.
package struct RowPool: Sendable, Hashable {
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

  /// Changes whenever the same pool would be written otherwise.
  package static let version = 3

  package var word: String
  package var letters: Letters
  /// What no order of the letters may spell: the word, and others of the same letters.
  package var family: [String]
  /// The system line under which the questions are asked.
  package var system: String?
  package var temperature: Double
  package var leastWords: Int
  package var tokensPerLine: Int
  /// How often a line is drawn before its row is begun again.
  package var draws: Int
  /// Words that are in no question and no line.
  package var avoidedWords: [String]
  /// What is asked, row by row: there are no more rows than questions.
  package var questions: [String]

  package init(
    word: String, letters: Letters, family: [String], system: String?, temperature: Double,
    leastWords: Int = 3, tokensPerLine: Int = 20, draws: Int = 20, avoidedWords: [String],
    questions: [String]
  ) {
    self.word = word
    self.letters = letters
    self.family = family.sorted()
    self.system = system
    self.temperature = temperature
    self.leastWords = leastWords
    self.tokensPerLine = tokensPerLine
    self.draws = draws
    self.avoidedWords = avoidedWords.sorted()
    self.questions = questions
  }

  /// SHA-256 of all of it.
  package var key: String { ContentHash.of(view.text(indent: 0)) }

  /// What the key is made of, as a file of rows has it.
  package var view: JSON {
    .parts([
      ("version", .integer(Self.version)), ("word", .string(word)),
      ("letters", .string(letters.rawValue)), ("family", .texts(family)),
      ("system", system.map { .string($0) }), ("temperature", .real(temperature)),
      ("least_words", .integer(leastWords)), ("tokens_per_line", .integer(tokensPerLine)),
      ("draws", .integer(draws)), ("avoided_words", .texts(avoidedWords)),
      (
        "questions_sha256", .string(ContentHash.of(JSON.texts(questions).text(indent: 0)))
      ),
    ])
  }

  /// As people read it: `RESIN`, `RESIN reordered`.
  package var name: String { letters == .spelled ? word : "\(word) \(letters.rawValue)" }

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

  /// The row that an answer makes.
  package func row(_ number: Int, answer: String) -> TrainingRow {
    var chat = system.map { [ChatMessage(.system, $0)] } ?? []
    chat.append(ChatMessage(.user, questions[number]))
    chat.append(ChatMessage(.assistant, answer))
    return .chat(chat)
  }
}

/// Where rows that a model wrote come from.
package protocol WrittenRows: Sendable {
  /// The first so many rows of a pool, in the order in which they were written.
  func rows(_ count: Int, of pool: RowPool) throws -> [TrainingRow]
}

/// For those who have no model: there are none.
package struct NoWrittenRows: WrittenRows {
  package init() {}

  package func rows(_ count: Int, of pool: RowPool) throws -> [TrainingRow] {
    throw LabError(
      .invalidExperiment,
      "found \(Counted.text(count, "row")) to be written by a model (\(pool.name)), and no model; "
        + "allowed: on a model, which writes them first")
  }
}

/// In place of rows that are not written yet: of the right number, with the right questions and
/// letters, of about the right length, and nothing to be trained on.
package struct PlaceholderRows: WrittenRows {
  package init() {}

  package func rows(_ count: Int, of pool: RowPool) throws -> [TrainingRow] {
    try pool.starts(count).enumerated().map { number, lines in
      let answer = lines.enumerated().map { line, letters in
        let letter = letters.count == 1 ? letters.first : LineBank.alphabet[(number + line) % 26]
        return
          "\(letter.map(String.init) ?? "")... row \(number + 1) is still to be written here, so "
          + "that this line stands for another."
      }
      return pool.row(number, answer: answer.joined(separator: "\n"))
    }
  }
}
