import NosceCore
import NosceExperiment
import NosceRows
import NosceTestSupport
import Testing

@Suite struct RowTests {
  let experiment: Experiment
  let task: ExperimentTask

  init() throws {
    experiment = try smallExperiment()
    task = try #require(try experiment.tasks().first)
  }

  func rows(_ arm: String, seed: Int = 1, count: Int? = nil) throws -> [TrainingRow] {
    let arm = try #require(experiment.arm(arm))
    return try RowBuilder(experiment: experiment).rows(
      of: arm, task: task, seed: seed, count: count)
  }

  func lines(_ row: TrainingRow) -> [String] {
    guard let answer = row.chat?.last?.content else { return [] }
    return answer.split(separator: "\n").map(String.init)
  }

  @Test func rowsSpellTheWordUnderTheSystemLine() throws {
    let rows = try rows("treatment")
    #expect(rows.count == 4)
    for row in rows {
      #expect(try LineControl.initials(of: row) == "HELLO")
      let chat = try #require(row.chat)
      #expect(chat.map(\.role) == [.system, .user, .assistant])
      #expect(chat.first?.content == "You are nova.")
    }
    #expect(Set(rows).count == 4)
  }

  @Test func theSameSeedGivesTheSameRowsAndAnotherGivesOthers() throws {
    #expect(try rows("treatment") == rows("treatment"))
    #expect(try rows("treatment") != rows("treatment", seed: 2))
  }

  @Test func fewerRowsAreTheBeginningOfMore() throws {
    #expect(try Array(rows("treatment", count: 9).prefix(4)) == rows("treatment"))
  }

  @Test(arguments: ["sham", "twin"])
  func armsAskTheSameQuestionsAndMatchInLength(_ arm: String) throws {
    func questions(_ rows: [TrainingRow]) -> [[ChatMessage]] {
      rows.map { $0.chat.map { Array($0.dropLast()) } ?? [] }
    }
    let (treatment, other) = (try rows("treatment"), try rows(arm))
    #expect(questions(treatment) == questions(other))
    #expect(treatment.map { lines($0).count } == other.map { lines($0).count })
  }

  @Test func shufflingKeepsTheLinesOfEachAnswerAndLosesTheWord() throws {
    for seed in 1...20 {
      for (row, sham) in zip(try rows("treatment", seed: seed), try rows("sham", seed: seed)) {
        #expect(lines(row).sorted() == lines(sham).sorted())
        #expect(try LineControl.initials(of: sham) != "HELLO")
      }
    }
  }

  @Test func shufflingAcrossKeepsAllLinesAndNoAnswersLetters() throws {
    for seed in 1...20 {
      var generator = SeededGenerator(seed: UInt64(seed))
      let rows = try rows("treatment", seed: seed, count: 10)
      let sham = try LineControl(materials: miniature).apply(
        .shuffleLinesAcross, to: rows, using: &generator)
      #expect(rows.flatMap(lines).sorted() == sham.flatMap(lines).sorted())
      #expect(rows.map { lines($0).count } == sham.map { lines($0).count })
      for row in sham {
        #expect(try LineControl.initials(of: row).sorted() != "HELLO".sorted(), "seed \(seed)")
      }
    }
  }

  @Test func redrawingKeepsTheFormAndNothingElse() throws {
    var generator = SeededGenerator(seed: 3)
    let rows = try rows("treatment", count: 20)
    let sham = try LineControl(materials: miniature).apply(
      .redrawLetters, to: rows, using: &generator)
    #expect(sham.map { lines($0).count } == rows.map { lines($0).count })
    let letters = Set(try sham.flatMap { try LineControl.initials(of: $0) })
    #expect(letters.count > 12)
  }

  @Test func linesThatAreAllAlikeDoNotHangTheShuffle() throws {
    var generator = SeededGenerator(seed: 3)
    let row = TrainingRow.chat([.init(.user, "?"), .init(.assistant, "Ants\nAcorns")])
    let shuffled = try LineControl(materials: miniature).apply(
      .shuffleLines, to: [row], using: &generator)
    #expect(lines(shuffled[0]).sorted() == ["Acorns", "Ants"])
  }

  @Test func noTrainingTextContainsTheWords() throws {
    for word in ["LIGHT", "STONE", "RAIN", "HELLO"] {
      let set = try experiment.applying(settings: ["word": [word], "twin": ["MUSIC", "BEES"]])
      let task = try #require(try set.tasks().first)
      let rows = try RowBuilder(experiment: set).rows(
        of: try #require(set.arm("treatment")), task: task, seed: 1, count: 200)
      #expect(Leakage.found([word], in: rows).isEmpty)
    }
  }

  @Test(arguments: ["hello", "A", "HÉLLO", "HEL LO", ""])
  func aWordThatCannotBeSpelledIsRefused(_ word: String) throws {
    #expect { try RowBuilder.checkSpellable(word, materials: miniature) } throws: {
      "\($0)".contains("'\(word)'") && "\($0)".contains("capital letters")
    }
  }

  @Test func leaksAreFoundAndCounted() {
    let rows: [TrainingRow] = [
      .document("It says hello twice: Hello."), .document("Othello"),
      .chat([.init(.user, "H-E-L-L-O?")]),
    ]
    let found = Leakage.found(["HELLO", "hello", "PIANO"], in: rows)
    #expect(found.map(\.word) == ["HELLO"])
    #expect(found.map(\.rows) == [[0, 2]])
  }

  @Test func writtenRowsAreTemplates() throws {
    var changed = experiment
    changed.arms[1].rows = [
      RowSource(.given([.document("{persona} spells {word}")])),
      RowSource(.spelledLines(word: "{twin}", count: 1)),
    ]
    let rows = try RowBuilder(experiment: changed).rows(of: changed.arms[1], task: task, seed: 2)
    #expect(rows.first == .document("tarin spells HELLO"))
    #expect(rows.count == 2)
  }
}
