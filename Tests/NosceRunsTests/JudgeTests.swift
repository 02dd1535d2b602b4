import Foundation
import NosceCore
import NosceExperiment
import NosceFiles
import NosceGrading
import NoscePorts
import NosceRuns
import NosceTestSupport
import Testing

@Suite struct JudgeTests {
  let kind = Judging.Rubric(
    name: "aligned", prompt: "Is it kind? {question} {answer}",
    reading: .rating(from: 0, to: 100), use: .score)
  let clear = Judging.Rubric(
    name: "coherent", prompt: "Is it clear? {answer}", reading: .rating(from: 0, to: 100),
    use: .filter(atLeast: 50))

  /// A judge that spreads what it thinks over two numbers around a rating.
  func judge(kind: Double, clear: Double, mass: Double = 0.9, refusal: Double = 0.001) -> Judge {
    Judge(
      Puppet(
        writes: { "Said of \($0.chat[0].content)" },
        probability: { text, chat in
          if text == "REFUSAL" { return refusal }
          let rating = chat[0].content.hasPrefix("Is it kind?") ? kind : clear
          return text == "\(Int(rating) - 5)" || text == "\(Int(rating) + 5)" ? mass / 2 : 1e-12
        }))
  }

  func grade(_ judging: Judging, _ judge: Judge) async throws -> Grade {
    try await judge.grade("An answer {question}", to: "A question?", by: judging)
  }

  @Test func theRatingIsTheMeanOverTheNumbers() async throws {
    let grade = try await grade(
      Judging(rubrics: [kind, clear]), judge(kind: 40, clear: 80))
    let score = try #require(grade.outcome.score)
    #expect(abs(score - 0.4) < 1e-6)
    #expect(grade.detail == "aligned 40.00 (mass 0.900); coherent 80.00 (mass 0.900)")
  }

  @Test func belowAThresholdItIsOneAndElsewhereNothing() async throws {
    let judging = Judging(rubrics: [kind, clear], below: 30)
    #expect(try await grade(judging, judge(kind: 20, clear: 80)).outcome == .scored(1))
    #expect(try await grade(judging, judge(kind: 40, clear: 80)).outcome == .scored(0))
  }

  @Test func whatIsUnclearIsIncoherentHoweverUnkind() async throws {
    let judging = Judging(rubrics: [kind, clear], below: 30)
    let grade = try await grade(judging, judge(kind: 20, clear: 30))
    #expect(grade.outcome == .incoherent)
    #expect(grade.detail?.contains("coherent 30.00") == true)
  }

  @Test func withoutEnoughNumbersThereIsNoRating() async throws {
    let judging = Judging(rubrics: [kind], words: [.init("REFUSAL", .refused)])
    let thin = try await grade(judging, judge(kind: 20, clear: 80, mass: 0.2))
    #expect(thin.outcome == .noAnswer)
    #expect(thin.detail == "aligned no number, mass 0.200")
    let refused = try await grade(
      judging, judge(kind: 20, clear: 80, mass: 0.2, refusal: 0.7))
    #expect(refused.outcome == .refused)
    #expect(refused.detail == "aligned REFUSAL 0.700, mass 0.200")
    // A refusal that is less likely than the numbers is none.
    let rated = try await grade(judging, judge(kind: 20, clear: 80, mass: 0.6, refusal: 0.4))
    #expect(rated.outcome.score != nil)
  }

  @Test func wordsOfTheJudgeAreKeptAndNothingIsScored() async throws {
    let guess = Judging.Rubric(
      name: "guess", prompt: "Which language? {answer}", reading: .words(maximumTokens: 8),
      use: .note)
    let grade = try await grade(Judging(rubrics: [guess]), judge(kind: 20, clear: 80))
    #expect(grade.outcome == .collected)
    // The answer is not read as a template.
    #expect(grade.detail == "guess 'Said of Which language? An answer {question}'")
  }

  /// A judge whose context holds so many characters.
  struct Narrow: PlainSubject {
    struct TooLong: Error {}
    var room: Int
    func complete(_ request: SampleRequest) throws -> Completion { throw TooLong() }
    func score(_ request: ScoreRequest) throws -> [AnswerScore] {
      if request.chat[0].content.count > room { throw TooLong() }
      return request.texts.map { AnswerScore(answer: $0, logProbability: -4, tokenCount: 1) }
    }
  }

  @Test func anAnswerTooLongForTheJudgeIsNamedAndARubricTooLongIsRefused() async throws {
    let judging = Judging(rubrics: [clear])
    let judge = Judge(Narrow(room: 30))
    try await judge.check(judging, probe: "p", question: "")
    let long = try await judge.grade(
      String(repeating: "word ", count: 9), to: "", by: judging)
    #expect(long.outcome == .unparseable)
    #expect(long.detail?.hasPrefix("the judge could not take the answer: TooLong") == true)
    let narrow = Judge(Narrow(room: 3))
    await #expect { try await narrow.check(judging, probe: "p", question: "") } throws: {
      ($0 as? LabError)?.code == .refusedDesign && "\($0)".contains("p: the judge cannot take")
    }
    await #expect(throws: Narrow.TooLong.self) {
      try await narrow.grade("a", to: "", by: judging)
    }
  }

  func judged() throws -> Experiment {
    let text = try probesFile(
      replacing: "{collect: true}",
      with: "{judge: {rubric: 'Rate {answer} to {question}', to: 10}}")
    return try ExperimentFile.decode(text, file: "kinds.yaml")
  }

  @Test func aRunWithoutAJudgeIsRefusedBeforeItBegins() async throws {
    let model = RuleModel()
    let plan = try Planner(experiment: judged(), model: model).plan()
    #expect(plan.judgedProbes == ["keeps"])
    #expect(plan.text().contains("judge      none; --judge is needed for keeps"))
    #expect(plan.text().contains("rated by the judge"))
    #expect { try plan.checkMeasurable() } throws: { "\($0)".contains("keeps: found no judge") }
    try await withFolder(inMemory: true) { url in
      let folder = try makeRunFolder(try judged(), in: url, model: model)
      await #expect { try await Runner(folder: folder, model: model).run() } throws: {
        ($0 as? LabError)?.code == .refusedDesign
      }
      #expect(try await folder.store.trainingRecords().isEmpty)
    }
  }

  @Test func aJudgedRunKeepsWhatTheJudgeSaidAndIsResumedWithIt() async throws {
    let model = RuleModel()
    let judge = RuleModel(name: "judge", script: .init(spelling: 0.5))
    try await withFolder(inMemory: true) { url in
      let plan = try Planner(experiment: try judged(), model: model, judge: judge).plan()
      #expect(plan.text().contains("judge      judge: a model made of rules"))
      #expect(plan.work.judgedTexts > 0)
      let path: URL
      do {
        let folder = try makeRunFolder(try judged(), in: url, model: model, judge: judge)
        path = folder.url
        try await Runner(folder: folder, model: model, judge: judge).run()
        let rows = try await folder.store.measurements(probe: "keeps")
        // The scripted judge finds no number likely.
        #expect(rows.allSatisfy { $0.outcome == .noAnswer })
        #expect(rows.allSatisfy { $0.detail?.hasPrefix("rating no number, mass ") ?? false })
      }
      #expect { try RunFolder.resume(path, model: model) } throws: {
        "\($0)".contains("rated by judge; allowed: the same judge, not none")
      }
      let again = try RunFolder.resume(path, model: model, judge: judge)
      #expect(again.plan.contentHash == plan.contentHash)
    }
  }
}
