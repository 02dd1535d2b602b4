import Foundation
import NosceCore
import NosceExperiment
import NosceRows
import NosceTestSupport
import Testing

@Suite struct ChoiceTests {
  @Test func decoysAreAnagramsAndWordsOfTheSameLength() throws {
    var generator = SeededGenerator(seed: 1)
    let decoys = Choices.Decoys(anagrams: 20, words: 20, from: miniature.words.decoys)
    let drawn = try Candidates.drawn(
      for: "HELLO", decoys: decoys, also: ["MAGIC"], excluded: ["TRUTH"], using: &generator)
    #expect(drawn.names.count == 42)
    #expect(Set(drawn.names).count == 42)
    #expect(drawn.names.first == "HELLO" && drawn.answer == 0)
    #expect(drawn.names.count { $0.sorted() == "HELLO".sorted() } == 21)
    #expect(drawn.names.allSatisfy { $0.count == 5 })
    #expect(!drawn.names.contains("TRUTH"))
  }

  @Test func lettersAtRandomMakeUpWhatIsMissing() throws {
    var generator = SeededGenerator(seed: 1)
    let drawn = try Candidates.drawn(
      for: "HELLO", decoys: .init(anagrams: 0, words: 30, from: ["APPLE"]), also: [],
      excluded: [], using: &generator)
    #expect(Set(drawn.names).count == 31)
  }

  @Test func aWordWithTooFewAnagramsIsRefused() {
    #expect(Candidates.anagramCount(of: "HELLO") == 59)
    #expect(Candidates.anagramCount(of: "SEED") == 11)
    #expect(Candidates.anagramCount(of: "AAAA") == 0)
    var generator = SeededGenerator(seed: 1)
    #expect {
      try Candidates.drawn(
        for: "SEED", decoys: .init(anagrams: 20, words: 0), also: [], excluded: [],
        using: &generator)
    } throws: { "\($0)".contains("SEED has only 11") }
  }

  @Test func everyOrderIsShown() {
    #expect(Candidates.orders(of: [1, 2]) == [[1, 2], [2, 1]])
    #expect(Set(Candidates.orders(of: [1, 2, 3])).count == 6)
    #expect(Set(Candidates.orders(of: [1, 2, 3, 4])).count == 8)
  }

  @Test func optionsAreAskedInEveryOrder() throws {
    var experiment = try smallExperiment()
    let probe = Probe(
      "yes",
      .choice(
        Prompt(.paraphrases([.init("Is it? Answer {choices}."), .init("Is it?")])),
        Choices(candidates: .options(["Yes", "No"]), answer: "Yes", scoring: .share)))
    experiment.probes.append(probe)
    let task = try #require(try experiment.tasks().first)
    let asks = try AskBuilder(experiment: experiment).asks(of: probe, task: task, seed: 1)
    #expect(
      asks.map { $0.chat.last?.content } == [
        "Is it? Answer Yes or No.", "Is it? Answer No or Yes.", "Is it?",
      ])
    #expect(asks.map(\.item) == [0, 1, 2])
    #expect(asks.map(\.paraphrase) == [0, 0, 1])
    #expect(asks.map(\.sample) == [0, 1, 0])
  }

  @Test func lettersCanBeSeparated() throws {
    var experiment = try smallExperiment()
    experiment.probes[1].changeChoices {
      $0.separator = "-"
      $0.text = "{choice}."
    }
    let task = try #require(try experiment.tasks().first)
    let ask = try #require(
      try AskBuilder(experiment: experiment).asks(of: experiment.probes[1], task: task, seed: 1)
        .first)
    guard case .choose(let candidates, let texts, _) = ask.form else { return }
    #expect(candidates.names[0] == "HELLO")
    #expect(texts[0] == "H-E-L-L-O.")
  }
}
