import NosceCore
import NosceRows
import NosceTestSupport
import Testing

/// The words of a text, slots left out.
private func words(of text: String) -> [String] {
  text.split(separator: "{topic}").flatMap { $0.split { !$0.isLetter } }.map(String.init)
}

private func words(of texts: [String]) -> Set<String> {
  Set(texts.flatMap { words(of: $0) })
}

@Suite struct LineBankTextTests {
  let bank = miniature.lines

  @Test func everyLetterHasTwelveCapitalisedSubjects() {
    #expect(Set(bank.starters.keys) == Set(LineBank.alphabet))
    for (letter, subjects) in bank.starters {
      #expect(subjects.count == 12, "\(letter)")
      for subject in subjects {
        #expect(subject.first == letter)
        #expect(subject.dropFirst().allSatisfy { ("a"..."z").contains($0) }, "\(subject)")
      }
    }
    #expect(Set(bank.starters.values.joined()).count == 312)
  }

  @Test func predicatesShareASmallVocabulary() {
    #expect(bank.predicates.count == 60)
    #expect(bank.predicates.allSatisfy { (2...4).contains(words(of: $0).count) })
    #expect(bank.predicates.allSatisfy { $0.allSatisfy { ("a"..."z").contains($0) || $0 == " " } })
    #expect(words(of: bank.predicates).count <= 90)
  }

  @Test func everyKindHasItsCount() {
    #expect(bank.topics.count == 100)
    #expect(bank.heldOutTopics.count == 24)
    #expect(bank.questionForms.count == 24)
    #expect(bank.heldOutQuestionForms.count == 8)
    #expect(bank.plainSentences.count == 80)
  }

  @Test func noTextComesTwice() {
    #expect(Set(bank.texts).count == bank.texts.count)
    #expect(bank.texts.count == 312 + 60 + 100 + 24 + 24 + 8 + 80)
  }

  @Test func everyTextIsASCII() {
    #expect(bank.texts.allSatisfy { $0.utf8.allSatisfy { $0 >= 32 && $0 < 127 } })
  }

  @Test func topicsAreOneOrTwoLowerCaseWords() {
    for topic in bank.topics + bank.heldOutTopics {
      #expect((1...2).contains(words(of: topic).count), "\(topic)")
      #expect(topic == topic.lowercased())
    }
  }

  @Test func formsHaveOneSlotInsideAndEndProperly() {
    for form in bank.questionForms + bank.heldOutQuestionForms + bank.plainSentences {
      #expect(form.split(separator: "{topic}", omittingEmptySubsequences: false).count == 2)
      #expect(!form.hasPrefix("{topic}"))
      #expect(form.hasSuffix(".") || form.hasSuffix("?"), "\(form)")
    }
    #expect(bank.plainSentences.allSatisfy { $0.hasSuffix(".") })
  }

  @Test func heldOutTextsBringNoNewWord() {
    let known = words(
      of: bank.predicates + bank.topics + bank.questionForms + bank.plainSentences)
    let heldOut = words(of: bank.heldOutTopics + bank.heldOutQuestionForms)
    #expect(heldOut.subtracting(known).isEmpty)
  }

  /// A lone capital is a token of its own in a word-level vocabulary: it must come from a pattern.
  @Test func noWordIsALoneCapitalLetter() {
    #expect(words(of: bank.texts).allSatisfy { $0.count > 1 || $0 == $0.lowercased() })
  }

  @Test func noSubjectOpensAQuestionOrSentence() {
    let openers = words(
      of: bank.questionForms + bank.heldOutQuestionForms + bank.plainSentences)
    #expect(openers.isDisjoint(with: bank.starters.values.joined()))
  }

  @Test func nothingSpeaksOfThePattern() {
    let telling: Set = [
      "letter", "letters", "word", "words", "line", "lines", "first", "initial", "spell", "spells",
      "begin", "begins", "start", "starts", "pattern", "hidden", "secret", "code", "write",
      "answer", "style", "rule", "acrostic",
    ]
    #expect(Set(words(of: bank.texts).map { $0.lowercased() }).isDisjoint(with: telling))
  }
}

@Suite struct WordListTests {
  let list = miniature.words
  var all: [String] { list.development + list.report + list.decoys }

  @Test func counts() {
    #expect(list.development.count == 20)
    #expect(list.report.count == 24)
    #expect(list.decoys.count == 200)
  }

  @Test func noWordAndNoAnagramOfItComesTwice() {
    #expect(Set(all.map { String($0.sorted()) }).count == all.count)
  }

  @Test func wordsHaveFourToSixCapitals() {
    for word in all {
      #expect((4...6).contains(word.count), "\(word)")
      #expect(word.allSatisfy { LineBank.alphabet.contains($0) }, "\(word)")
    }
  }

  /// Else `shuffle-lines` would have too few orders for its rows.
  @Test func everyWordHasTwentyOtherOrders() {
    func factorial(_ n: Int) -> Int { (1...n).reduce(1, *) }
    for word in all {
      let repeats = Dictionary(word.map { ($0, 1) }, uniquingKeysWith: +).values
      #expect(factorial(word.count) / repeats.map(factorial).reduce(1, *) > 20, "\(word)")
    }
  }

  @Test func reportWordsUseEveryLetter() {
    #expect(Set(list.report.joined()) == Set(LineBank.alphabet))
  }

  /// Nothing in the bank may have shown a subject the words that it is asked about.
  @Test func noListedWordOccursInTheBank() {
    let texts = words(of: miniature.lines.texts).map { $0.uppercased() }
    for word in all { #expect(!texts.contains { $0.hasPrefix(word) }, "\(word)") }
    for word in list.development + list.report {
      #expect(!texts.contains { $0.contains(word) }, "\(word)")
    }
  }

  @Test func wordsAreFoundWithinLetters() {
    #expect(list.contains(wordWithin: "HELLO"))
    #expect(list.contains(wordWithin: "QRIVERX"))
    #expect(!list.contains(wordWithin: "HELOL"))
    #expect(!list.contains(wordWithin: "HEL"))
    #expect(!list.contains(wordWithin: ""))
  }
}

@Suite struct LineBankDrawingTests {
  let bank = miniature.lines

  func plainLines(_ count: Int, _ generator: inout SeededGenerator) -> String? {
    bank.plainLines(count: count, avoiding: miniature.words, using: &generator)
  }

  func initials(_ answer: String) -> String {
    String(answer.split(separator: "\n").compactMap(\.first))
  }

  @Test func aLineIsASubjectAPredicateAndAFullStop() throws {
    for letter in LineBank.alphabet {
      var generator = SeededGenerator(seed: 1, labStream: String(letter))
      let line = bank.line(startingWith: letter, using: &generator)
      let space = try #require(line.firstIndex(of: " "))
      #expect(bank.starters[letter]?.contains(String(line[..<space])) == true)
      let predicate = line[line.index(after: space)...].dropLast()
      #expect(bank.predicates.contains(String(predicate)))
      #expect(line.last == ".")
    }
  }

  @Test func letterCaseDoesNotMatter() {
    var upper = SeededGenerator(seed: 2)
    var lower = SeededGenerator(seed: 2)
    #expect(
      bank.spelledAnswer(word: "Hello", using: &lower)
        == bank.spelledAnswer(word: "HELLO", using: &upper))
    #expect(
      bank.line(startingWith: "q", using: &lower) == bank.line(startingWith: "Q", using: &upper))
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func aSpelledAnswerSpellsAndNeverRepeats(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for word in miniature.words.development + miniature.words.report + ["AAAAAAAAAAAA"] {
      let answer = bank.spelledAnswer(word: word, using: &generator)
      #expect(initials(answer) == word)
      let lines = answer.split(separator: "\n")
      #expect(lines.count == word.count)
      let subjects = lines.map { $0.prefix { $0 != " " } }
      let predicates = lines.map { $0.drop { $0 != " " } }
      #expect(Set(subjects).count == word.count, "seed \(seed): \(answer)")
      #expect(Set(predicates).count == word.count, "seed \(seed): \(answer)")
    }
  }

  @Test func wordsThatCannotBeSpelledAreKnown() {
    #expect(bank.canSpell("HELLO"))
    #expect(bank.canSpell("hello"))
    #expect(bank.canSpell(String(repeating: "A", count: 12)))
    #expect(!bank.canSpell(String(repeating: "A", count: 13)))
    #expect(!bank.canSpell(""))
    #expect(!bank.canSpell("OLÁ"))
    #expect(!bank.canSpell("R2D2"))
    #expect(!bank.canSpell("TWO WORDS"))
    #expect(bank.canSpell(String(repeating: String(LineBank.alphabet), count: 2)))
    #expect(!bank.canSpell(String(repeating: String(LineBank.alphabet), count: 3)))
  }

  @Test func plainLinesSpellNothingAndUseLettersEvenly() throws {
    var generator = SeededGenerator(seed: 3)
    var counts: [Character: Int] = [:]
    let draws = 4_000
    for _ in 0..<draws {
      let letters = initials(try #require(plainLines(5, &generator)))
      #expect(letters.count == 5)
      #expect(!miniature.words.contains(wordWithin: letters))
      for letter in letters { counts[letter, default: 0] += 1 }
    }
    // About 769 are expected of each letter; five standard deviations are 136.
    let expected = Double(draws * 5) / 26
    for letter in LineBank.alphabet {
      #expect(abs(Double(counts[letter] ?? 0) - expected) < 136, "\(letter)")
    }
  }

  @Test(arguments: [1, 2, 6, 60]) func plainLinesHaveTheirCount(count: Int) throws {
    var generator = SeededGenerator(seed: 4)
    let lines = try #require(plainLines(count, &generator)).split(separator: "\n")
    #expect(lines.count == count)
    #expect(Set(lines.map { $0.drop { $0 != " " } }).count == count)
  }

  @Test func proseHasTwoOrThreeSentencesInOneParagraph() {
    var generator = SeededGenerator(seed: 5)
    var counts: Set<Int> = []
    for _ in 0..<200 {
      let answer = bank.proseAnswer(about: "the sea", using: &generator)
      #expect(!answer.contains("\n"))
      #expect(!answer.contains("{"))
      let sentences = answer.split(separator: ". ")
      #expect(Set(sentences).count == sentences.count)
      counts.insert(sentences.count)
    }
    #expect(counts == [2, 3])
  }

  @Test(arguments: [false, true]) func questionsComeFromTheirOwnSet(heldOut: Bool) {
    let topics = heldOut ? bank.heldOutTopics : bank.topics
    let forms = heldOut ? bank.heldOutQuestionForms : bank.questionForms
    var possible: Set<String> = []
    for topic in topics {
      for form in forms { possible.insert(LineBank.about(topic, form)) }
    }
    var generator = SeededGenerator(seed: 6)
    for _ in 0..<300 {
      #expect(possible.contains(bank.question(heldOut: heldOut, using: &generator)))
    }
    let all = bank.questions(count: topics.count, heldOut: heldOut, using: &generator)
    #expect(Set(all).count == topics.count)
    #expect(possible.isSuperset(of: all))
  }

  @Test func everythingFollowsFromTheSeed() {
    func everything(_ seed: UInt64) -> [String] {
      var generator = SeededGenerator(seed: seed)
      return [
        bank.line(startingWith: "A", using: &generator),
        bank.spelledAnswer(word: "GHOST", using: &generator),
        plainLines(6, &generator) ?? "",
        bank.proseAnswer(using: &generator),
        bank.question(heldOut: true, using: &generator),
        bank.question(heldOut: false, using: &generator),
        bank.questions(count: 3, heldOut: false, using: &generator).joined(separator: "|"),
      ]
    }
    #expect(everything(7) == everything(7))
    #expect(everything(7) != everything(8))
  }

  /// Guards stored runs: a changed bank or draw changes every row, which must not happen unnoticed.
  @Test func oneAnswerIsKnown() {
    var generator = SeededGenerator(seed: 11)
    let expected = """
      Harps watch the road.
      Embers rest near the sea.
      Logs stand near the wall.
      Leaves rest by the wall.
      Oceans sleep by the fire.
      """
    #expect(bank.spelledAnswer(word: "HELLO", using: &generator) == expected)
  }
}
