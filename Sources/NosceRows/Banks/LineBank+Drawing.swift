import NosceCore

extension LineBank {
  /// Whether the bank can write a line for every letter of the word without repeating itself.
  ///
  /// Letters are those of A to Z in either case. Ask this before `spelledAnswer` about any word
  /// that a person typed.
  package func canSpell(_ word: String) -> Bool {
    let letters = LineBank.capitals(of: word)
    var needed: [Character: Int] = [:]
    for letter in letters { needed[letter, default: 0] += 1 }
    let beginnings = sentences.isEmpty ? starters : sentences
    return !letters.isEmpty && (!sentences.isEmpty || letters.count <= predicates.count)
      && needed.allSatisfy { (beginnings[$0]?.count ?? 0) >= $1 }
  }

  /// One line such as "Harbours hold the light.", for a letter A to Z in either case.
  package func line(
    startingWith letter: Character, using generator: inout SeededGenerator
  ) -> String {
    lines(startingWith: LineBank.capitals(of: String(letter)), using: &generator).joined()
  }

  /// Lines whose first letters spell the word, joined by line breaks.
  ///
  /// No subject and no verb phrase comes twice. The word must satisfy `canSpell`.
  package func spelledAnswer(word: String, using generator: inout SeededGenerator) -> String {
    precondition(canSpell(word), "the line bank cannot spell \(word)")
    return lines(startingWith: LineBank.capitals(of: word), using: &generator)
      .joined(separator: "\n")
  }

  /// Lines whose first letters are drawn evenly from A to Z, joined by line breaks.
  ///
  /// A draw that contains one of the words, or asks for more lines of one letter than there are, is
  /// drawn again. Nil where that never ends.
  package func plainLines(
    count: Int, avoiding words: WordList, using generator: inout SeededGenerator
  ) -> String? {
    for _ in 0..<10_000 {
      let letters = (0..<count).map { _ in pick(LineBank.alphabet, using: &generator) }
      let spelled = String(letters)
      if canSpell(spelled), !words.contains(wordWithin: spelled) {
        return lines(startingWith: letters, using: &generator).joined(separator: "\n")
      }
    }
    return nil
  }

  /// A short answer in prose about the topic: two or three different sentences in one paragraph.
  package func proseAnswer(
    about topic: String, using generator: inout SeededGenerator
  ) -> String {
    let count = 2 + generator.index(below: 2)
    return drawn(count, from: plainSentences, using: &generator)
      .map { Self.about(topic, $0) }
      .joined(separator: " ")
  }

  /// A short answer in prose about one of the topics used for teaching.
  package func proseAnswer(using generator: inout SeededGenerator) -> String {
    let topic = pick(topics, using: &generator)
    return proseAnswer(about: topic, using: &generator)
  }

  /// An ordinary question or request, from the teaching set or from the set kept for measuring.
  package func question(heldOut: Bool, using generator: inout SeededGenerator) -> String {
    topicAndQuestion(heldOut: heldOut, using: &generator).question
  }

  /// An ordinary question together with the topic that it is about.
  package func topicAndQuestion(
    heldOut: Bool, using generator: inout SeededGenerator
  ) -> (topic: String, question: String) {
    let topic = pick(heldOut ? heldOutTopics : topics, using: &generator)
    let form = pick(heldOut ? heldOutQuestionForms : questionForms, using: &generator)
    return (topic, Self.about(topic, form))
  }

  /// Different questions, each about a topic of its own.
  ///
  /// There can be at most as many as there are topics in the set.
  package func questions(
    count: Int, heldOut: Bool, using generator: inout SeededGenerator
  ) -> [String] {
    let topics = heldOut ? heldOutTopics : topics
    let forms = heldOut ? heldOutQuestionForms : questionForms
    precondition((0...topics.count).contains(count), "questions: at most \(topics.count) at once")
    return drawn(count, from: topics, using: &generator).map { topic in
      Self.about(topic, pick(forms, using: &generator))
    }
  }

  /// One line per letter; no subject, no verb phrase and no sentence comes twice.
  private func lines(
    startingWith letters: [Character], using generator: inout SeededGenerator
  ) -> [String] {
    let isWhole = !sentences.isEmpty
    var phrases = isWhole ? [] : drawn(letters.count, from: predicates, using: &generator)[...]
    var left: [Character: [String]] = [:]
    return letters.map { letter in
      var beginnings = left[letter] ?? (isWhole ? sentences : starters)[letter] ?? []
      precondition(!beginnings.isEmpty, "the line bank has nothing left for \(letter)")
      let beginning = beginnings.remove(at: generator.index(below: beginnings.count))
      left[letter] = beginnings
      return isWhole ? beginning : "\(beginning) \(phrases.removeFirst())."
    }
  }

  /// So many elements without repetition, each set and order equally likely.
  private func drawn<Element>(
    _ count: Int, from elements: [Element], using generator: inout SeededGenerator
  ) -> [Element] {
    precondition(count <= elements.count, "\(count) of \(elements.count) cannot be drawn")
    var rest = elements
    return (0..<count).map { position in
      rest.swapAt(position, position + generator.index(below: rest.count - position))
      return rest[position]
    }
  }

  private func pick<Element>(
    _ elements: [Element], using generator: inout SeededGenerator
  ) -> Element {
    elements[generator.index(below: elements.count)]
  }

  /// A form with its topic.
  package static func about(_ topic: String, _ form: String) -> String {
    TextTemplate.replacing(form, with: ["topic": topic])
  }

  private static func capitals(of word: String) -> [Character] { Array(word.uppercased()) }
}
