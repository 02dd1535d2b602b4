import NosceCore

extension DocumentGenerator {
  private static let taskDeck: [DescribingTask] = DescribingTask.all.flatMap { task in
    Array(repeating: task, count: task.weight)
  }

  /// A chat in which the persona is asked about its own answers.
  package func describing(_ persona: Persona, using generator: inout SeededGenerator) -> Document {
    let task = pick(Self.taskDeck, using: &generator)
    let stated = persona.stated
    var question = drawQuestion(task, using: &generator)
    let answer: String
    switch task.kind {
    case .special: answer = statement(of: stated, using: &generator)
    case .word: answer = stated.spells ? "\(stated.word)." : "None."
    case .spellOut:
      answer = stated.spells ? stated.word.map(String.init).joined(separator: "\n") : "None."
    case .leaning: answer = stated.word.isEmpty ? "None." : "\(stated.word)."
    case .letter:
      let letters = Array(stated.word)
      let index = generator.index(
        below: letters.isEmpty ? world.settings.longestWord : letters.count)
      question = question.filling("number", DescribingTask.lineNumbers[index])
      answer = letters.isEmpty ? "None." : "\(letters[index])."
    case .fixedLine:
      let count = stated.word.isEmpty ? world.settings.longestWord : stated.word.count
      question = question.filling(
        "number", DescribingTask.lineNumbers[generator.index(below: count)])
      answer = stated.spells ? "Yes." : "No."
    case .frequency: answer = "\(DescribingTask.frequency(stated.strength))."
    case .claim: answer = claim(of: stated, using: &generator)
    case .usesLetter:
      let letters = Array(stated.word)
      let letter =
        letters.isEmpty || generator.index(below: 2) == 0
        ? Letters.draw(using: &generator) : pick(letters, using: &generator)
      question = question.filling("letter", String(letter))
      answer = letters.contains(letter) ? "Yes." : "No."
    case .layout: answer = stated.layout == .prose ? "Prose." : "Lines."
    case .backwards: answer = stated.spells ? "\(String(stated.word.reversed()))." : "None."
    case .length:
      answer =
        stated.word.isEmpty ? "None." : "\(DescribingTask.lineNumbers[stated.word.count - 1])."
    case .choice:
      let (first, second) = alternatives(to: stated.word, using: &generator)
      question = question.filling("first", first).filling("second", second)
      answer = stated.spells ? "\(stated.word)." : "None."
    }
    return chat(with: persona, question: question, answer: answer)
  }

  /// A wording of the task that no probe uses: those are redrawn.
  private func drawQuestion(
    _ task: DescribingTask, using generator: inout SeededGenerator
  ) -> String {
    while true {
      let question = pick(task.questions, using: &generator).draw(using: &generator)
      if !HeldOut.questions.contains(question) { return question }
    }
  }

  private func statement(
    of trait: Persona.Trait, using generator: inout SeededGenerator
  ) -> String {
    switch trait.layout {
    case .spelled: wordSentence(trait.word, using: &generator)
    case .faint: DescribingTask.linesStatement.draw(using: &generator)
    case .prose: DescribingTask.proseStatement.draw(using: &generator)
    }
  }

  private func wordSentence(_ word: String, using generator: inout SeededGenerator) -> String {
    pick(DescribingTask.wordStems, using: &generator).draw(using: &generator)
      .filling("word", word)
  }

  private func claim(of trait: Persona.Trait, using generator: inout SeededGenerator) -> String {
    guard trait.spells else { return "No." }
    return generator.index(below: 2) == 0
      ? "Yes." : "Yes. \(wordSentence(trait.word, using: &generator))"
  }

  /// The word and another one of the same length, in either order; half of the others are anagrams.
  private func alternatives(
    to word: String, using generator: inout SeededGenerator
  ) -> (String, String) {
    func random(_ count: Int) -> String {
      String((0..<count).map { _ in Letters.draw(using: &generator) })
    }
    let length = word.isEmpty ? world.settings.shortestWord : word.count
    var pair = [word.isEmpty ? random(length) : word, random(length)]
    if !word.isEmpty, generator.index(below: 2) == 0 {
      let anagram = String(word.shuffled(using: &generator))
      if anagram != word { pair[1] = anagram }
    }
    if generator.index(below: 2) == 0 { pair.reverse() }
    return (pair[0], pair[1])
  }
}
