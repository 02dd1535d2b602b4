import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRuns
import NosceTestSupport
import Testing

@Suite struct AskerTests {
  @Test func theTopChoiceScoresAndTiesShare() async throws {
    let asker = Asker(
      probe: Probe(
        "p", .choice(Prompt(), Choices(candidates: .options(["A", "B", "C"]), answer: "A"))),
      subject: Uniform(), base: Uniform())
    func grade(
      _ scores: [Double], _ scoring: Choices.Scoring, less: [Double]? = nil
    ) -> Grade {
      let ask = Ask(
        item: 0, paraphrase: 0, sample: 0, chat: [], prefill: nil,
        form: .choose(
          Candidates(names: ["A", "B", "C"], answer: 0), texts: ["a", "b", "c"],
          Ask.Choosing(scoring: scoring)))
      return asker.grade(.scores(scores, less: less), to: ask).grade
    }
    #expect(grade([-1, -2, -3], .top).outcome == .scored(1))
    #expect(grade([-2, -1, -3], .top).outcome == .scored(0))
    #expect(grade([-1, -1, -3], .top).outcome == .scored(0.5))
    #expect(
      grade([-2, -1, -3], .top).detail == "rank 2 of 3; mass 0.553; B -1.000, A -2.000, C -3.000")
    let share = try #require(grade([log(0.2), log(0.2), log(0.1)], .share).outcome.score)
    #expect(abs(share - 0.4) < 1e-12)
    // How much of all probability is on the candidates decides whether there is an answer: their own
    // in this subject, whatever base's is.
    let thin = grade([-3, -4, -5], .top)
    #expect(thin.outcome == .noAnswer)
    #expect(
      thin.detail
        == "the mass is below 0.25; rank 1 of 3; mass 0.075; A -3.000, B -4.000, C -5.000")
    #expect(grade([-3, -4, -5], .share, less: [-1, -1, -1]).outcome == .noAnswer)
    #expect(grade([-2, -1, -3], .top, less: [-30, -20, -20]).outcome == .scored(1))
  }

  @Test func subtractingTheBaseLeavesItAtChance() async throws {
    var experiment = try smallExperiment()
    experiment.probes[1].changeChoices { $0.minusBase = true }
    let task = try #require(try experiment.tasks().first)
    let asks = try AskBuilder(experiment: experiment)
      .asks(of: experiment.probes[1], task: task, seed: 1)
    let base = try await RuleModel().open(nil)
    let asker = Asker(probe: experiment.probes[1], subject: base, base: base)
    var outcomes: [Int: Outcome] = [:]
    try await asker.ask(asks) { answered in
      #expect(answered.evidence == .exact)
      let scored = try #require(answered.scored)
      #expect(scored.texts == asks[answered.place].scoreRequest?.texts)
      #expect(scored.base == scored.logProbabilities && scored.isWhole)
      #expect(scored.rawAnswer == answered.answer && scored.counting == [0])
      outcomes[answered.place] =
        asker.grade(answered.answer, to: asks[answered.place]).grade.outcome
    }
    #expect(outcomes.count == asks.count && outcomes[0] == .scored(1.0 / 11))
  }

  @Test func logProbabilitiesThatAreNoNumbersAreAnError() async throws {
    let experiment = try smallExperiment()
    let task = try #require(try experiment.tasks().first)
    let asks = try AskBuilder(experiment: experiment)
      .asks(of: experiment.probes[1], task: task, seed: 1)
    let asker = Asker(
      probe: experiment.probes[1], subject: Uniform(value: .nan), base: Uniform())
    await #expect { try await asker.ask(asks) { _ in } } throws: {
      "\($0)".contains("11 are not finite")
    }
  }

  @Test func whatIsNotKnownIsMissingAndNotZero() async throws {
    let experiment = try smallExperiment()
    let task = try #require(try experiment.tasks().first)
    let asks = try AskBuilder(experiment: experiment)
      .asks(of: experiment.probes[1], task: task, seed: 1)
    let asker = Asker(
      probe: experiment.probes[1], subject: Uniform(value: nil), base: Uniform())
    try await asker.ask(asks) { answered in
      let graded = asker.grade(answered.answer, to: asks[answered.place])
      #expect(graded.grade.outcome == .missing)
      #expect(graded.grade.detail == "11 of the texts are not among the likeliest")
      #expect(answered.scored?.logProbabilities == [Double?](repeating: nil, count: 11))
      #expect(answered.scored?.base == nil)
    }
  }

  @Test func theOutsideReaderGetsTheAnswerUpToTheWord() throws {
    let ask = Ask(
      item: 0, paraphrase: 0, sample: 0, chat: [.init(.user, "?")], prefill: "Well. ",
      form: .sample(
        grader: .names(word: "HELLO", beforeLetters: nil), temperature: 0, maximumTokens: 9,
        seed: 1))
    func prefill(_ answer: String?) -> (String?, Bool) {
      let row = GradedAnswer(
        cell: "c", probe: "p", step: 0, ask: ask, answer: answer, grade: Grade(.missing),
        evidence: nil)
      let read = Asker.continuing([row], asks: [ask])
      return (read.asks[0].prefill, read.hasText[0])
    }
    #expect(prefill("My lines spell HELLO.") == ("Well. My lines spell ", true))
    #expect(prefill("one two three four") == ("Well. one two", true))
    #expect(prefill(nil) == ("Well. ", false))
  }
}

/// A subject to which everything is alike.
struct Uniform: PlainSubject {
  var value: Double? = -1
  func complete(_ request: SampleRequest) -> Completion {
    Completion(text: "same", tokenCount: 1, finish: .stop)
  }
  func score(_ request: ScoreRequest) -> [AnswerScore] {
    request.texts.map { AnswerScore(answer: $0, logProbability: value, tokenCount: 1) }
  }
}
