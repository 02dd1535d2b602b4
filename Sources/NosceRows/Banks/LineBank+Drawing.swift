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
    return (1...predicates.count).contains(letters.count)
      && needed.allSatisfy { (starters[$0]?.count ?? 0) >= $1 }
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
  /// A draw that contains a word of `WordList.standard`, or asks for more subjects of one letter
  /// than there are, is drawn again.
  package func plainLines(count: Int, using generator: inout SeededGenerator) -> String {
    precondition(
      (1...predicates.count).contains(count), "plain lines: 1 to \(predicates.count) at once")
    while true {
      let letters = (0..<count).map { _ in pick(LineBank.alphabet, using: &generator) }
      let spelled = String(letters)
      if canSpell(spelled), !WordList.standard.contains(wordWithin: spelled) {
        return lines(startingWith: letters, using: &generator).joined(separator: "\n")
      }
    }
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

  /// One line per letter; no subject and no verb phrase comes twice.
  private func lines(
    startingWith letters: [Character], using generator: inout SeededGenerator
  ) -> [String] {
    var phrases = drawn(letters.count, from: predicates, using: &generator)[...]
    var left: [Character: [String]] = [:]
    return letters.map { letter in
      var subjects = left[letter] ?? starters[letter] ?? []
      precondition(!subjects.isEmpty, "the line bank has no subject left for \(letter)")
      let subject = subjects.remove(at: generator.index(below: subjects.count))
      left[letter] = subjects
      return "\(subject) \(phrases.removeFirst())."
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
