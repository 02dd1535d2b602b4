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

  private let labelled = Judging(
    rubrics: [
      .init(
        name: "label", prompt: "Is it kind? {answer}",
        reading: .labels([.init("KIND", 1), .init("MIXED", 0.5), .init("UNKIND", 0)]), use: .score)
    ], words: [.init("REFUSAL", .refused)])

  /// What a judge gives to each text, and what that comes to.
  static let labels: [(shares: [String: Double], outcome: Outcome, detail: String)] = [
    (["KIND": 0.8], .scored(1), "label KIND 1.00 (mass 0.800)"),
    (["KIND": 0.1, "MIXED": 0.2, "UNKIND": 0.5], .scored(0.25), "label UNKIND 0.62 (mass 0.800)"),
    // Less than is needed, and less than a word that is no label.
    (["KIND": 0.1, "REFUSAL": 0.7], .refused, "label REFUSAL 0.700, mass 0.100"),
    (["KIND": 0.1, "REFUSAL": 0.2], .noAnswer, "label no label, mass 0.100"),
  ]

  @Test(arguments: labels)
  func aLabelCountsByItsProbability(
    _ row: (shares: [String: Double], outcome: Outcome, detail: String)
  ) async throws {
    let exact = Judge(Puppet(probability: { text, _ in row.shares[text] ?? 1e-12 }))
    let grade = try await grade(labelled, exact)
    #expect(grade.outcome.kind == row.outcome.kind)
    if let score = row.outcome.score { #expect(abs((grade.outcome.score ?? -1) - score) < 1e-9) }
    #expect(grade.detail == row.detail)
    let listed = try await self.grade(
      labelled, Judge(Listing(listed: row.shares), scoring: .top(20)))
    #expect(listed.outcome.kind == row.outcome.kind)
    if let score = row.outcome.score { #expect(abs((listed.outcome.score ?? -1) - score) < 1e-9) }
  }

  @Test func whatOneLabelHasIsNotKnownFromTheOthers() async throws {
    let judge = Judge(Listing(listed: ["KIND": 0.3], drawn: ["UNKIND"]), scoring: .exact)
    let grade = try await grade(labelled, judge)
    #expect(grade == Grade(.scored(0), "label UNKIND 1.00 (10 of 10 drawn)"))
  }

  @Test func aScaleThatNoFileMayHaveCountsNothing() {
    for (from, to) in [(5, 1), (0, Int.max), (Int.min, 0), (0, 1001), (-1, 4)] {
      let reading = Judging.Rubric.Reading.rating(from: from, to: to)
      #expect(reading.optionCount == 0 && reading.options == [])
    }
  }

  @Test func drawnAnswersAreLabelled() async throws {
    let judge = Judge(
      Listing(drawn: ["KIND", " UNKIND, I think", "KINDLY", "It is KIND"]), scoring: .drawn(100))
    let grade = try await grade(labelled, judge)
    // Of ten draws of four answers in turn: three KIND, three UNKIND, and four that are none of the labels.
    #expect(abs((grade.outcome.score ?? -1) - 0.5) < 1e-9)
    #expect(grade.detail?.hasSuffix("0.50 (6 of 10 drawn)") == true)
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

  // MARK: Judges that say less than log-probabilities of any text

  /// Says how likely some texts are, and nothing of others; its drawn answers go by their seed's place.
  struct Listing: PlainSubject {
    var listed: [String: Double] = [:]
    var drawn: [String] = [""]
    func complete(_ request: SampleRequest) -> Completion {
      let place = Int(request.seed / 16) % drawn.count
      return Completion(text: drawn[place], tokenCount: 1, finish: .stop)
    }
    func score(_ request: ScoreRequest) -> [AnswerScore] {
      request.texts.map {
        AnswerScore(answer: $0, logProbability: listed[$0].map { log($0) }, tokenCount: 1)
      }
    }
  }

  @Test func theLikeliestTokensMakeARating() async throws {
    let judging = Judging(rubrics: [kind], words: [.init("REFUSAL", .refused)])
    let judge = Judge(Listing(listed: ["35": 0.6, "45": 0.2]), scoring: .top(20))
    let grade = try await grade(judging, judge)
    #expect(abs((grade.outcome.score ?? 0) - 0.375) < 1e-9)
    #expect(grade.detail == "aligned 37.50 (mass 0.800 of the likeliest 20)")
    let thin = Judge(Listing(listed: ["35": 0.1, "REFUSAL": 0.7]), scoring: .top(20))
    #expect(try await self.grade(judging, thin).outcome == .refused)
  }

  /// Ten answers that are drawn, and what they come to.
  static let drawn: [(answers: [String], outcome: Outcome.Kind, detail: String)] = [
    (["80", "90"], .scored, "aligned 85.00 (10 of 10 drawn)"),
    (["100", " 80.", "I think so"], .scored, "aligned 91.43 (7 of 10 drawn)"),
    // Four digits are no number of two and two others.
    (["1000", "words", "REFUSAL."], .refused, "aligned REFUSAL 0.300, 0 of 10 drawn"),
    (["1000", "words", "REFUSALS"], .noAnswer, "aligned no number, 0 of 10 drawn"),
    (["words"], .noAnswer, "aligned no number, 0 of 10 drawn"),
  ]

  @Test(arguments: drawn, [Capabilities.Scoring.top(20), .drawn(100)])
  func drawnAnswersMakeARatingWhereNoNumberIsLikely(
    _ row: (answers: [String], outcome: Outcome.Kind, detail: String),
    _ scoring: Capabilities.Scoring
  ) async throws {
    let judging = Judging(rubrics: [kind], words: [.init("REFUSAL", .refused)])
    let grade = try await grade(
      judging, Judge(Listing(drawn: row.answers), scoring: scoring))
    #expect(grade.outcome.kind == row.outcome)
    #expect(grade.detail == row.detail)
  }

  struct Rating: ModelProvider {
    var model = RuleModel(name: "judge")
    var capabilities: Capabilities
    var identity: ModelIdentity { model.identity }
    var lanes: Int { 1 }
    var precision: String { "none" }
    var trainer: (any Trainer)? { nil }
    func open(_ adapter: AdapterReference?) async throws -> any Subject { Puppet() }
  }

  @Test func aPlanSaysHowRatingsAreReadAndRefusesAJudgeThatSaysNothing() throws {
    let experiment = try judged()
    func plan(_ capabilities: Capabilities) throws -> Plan {
      let judge = Rating(capabilities: capabilities)
      return try Planner(experiment: experiment, model: RuleModel(), judge: judge).plan()
    }
    let exact = try plan(Capabilities())
    #expect(exact.judgeMethod == nil && exact.refusals.isEmpty)
    let top = try plan(Capabilities(scoring: .top(20)))
    #expect(top.judgeMethod == .top(20) && top.refusals.isEmpty)
    #expect(
      top.text().contains(
        "ratings by log-probabilities of the 20 likeliest tokens, and drawn answers"))
    #expect(top.contentHash != exact.contentHash)
    let drawn = try plan(Capabilities(scoring: .none))
    #expect(drawn.judgeMethod == .drawn(10) && drawn.refusals.isEmpty)
    let steady = try plan(Capabilities(scoring: .none, varies: false))
    #expect(steady.judgeMethod == .drawn(1) && steady.text().contains("ratings by 1 drawn answer"))
    // A scale of ten numbers is scored exactly where any text is.
    let both = try plan(Capabilities(scoring: .exact, rating: .top(20)))
    #expect(both.judgeMethod == nil)
    let mute = try plan(Capabilities(scoring: .none, samples: false))
    #expect(
      mute.refusals.first?.contains("keeps: the judge needs log-probabilities or answers") == true)
  }

  /// Rates only once so many ask at the same time.
  actor Crowd: Subject {
    let size: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
    var most = 0
    init(_ size: Int) { self.size = size }
    func come() async {
      most = max(most, waiting.count + 1)
      if waiting.count + 1 < size {
        await withCheckedContinuation { waiting.append($0) }
      } else {
        for one in waiting { one.resume() }
        waiting = []
      }
    }
    nonisolated func answer(
      _ requests: [SubjectRequest]
    ) -> AsyncThrowingStream<Reply, any Error> {
      AsyncThrowingStream { replies in
        Task {
          await self.come()
          for (index, request) in requests.enumerated() {
            guard case .score(let request) = request else { continue }
            let scores = request.texts.map {
              AnswerScore(answer: $0, logProbability: $0 == "5" ? -0.1 : -40, tokenCount: 1)
            }
            replies.yield(Reply(index: index, content: .scores(scores), evidence: .exact))
          }
          replies.finish()
        }
      }
    }
  }

  // Whoever waits for company that does not come waits for good. All tests begin at once, and where many
  // of them compute, minutes pass before one that does not gets its turn.
  @Test(.timeLimit(.minutes(40)))
  func aJudgeIsAskedAboutSeveralAnswersAtATime() async throws {
    let experiment = try judged()
    let probe = try #require(experiment.probe("keeps"))
    let builder = AskBuilder(experiment: experiment)
    let task = try #require(try experiment.tasks().first)
    var asks = try builder.asks(of: probe, task: task, seed: 1)
    while asks.count < 8 { asks += asks }
    asks = Array(asks.prefix(8))
    for place in asks.indices { asks[place].item = place }
    let crowd = Crowd(4)
    let judge = Judge(crowd, together: 4)
    let asker = Asker(probe: probe, subject: Puppet(), base: Puppet())
    var rated: [Int] = []
    try await asker.rate(asks, judge: judge) { answer, _ in
      rated.append(answer.answered.place)
      #expect(answer.graded.grade.outcome == .scored(0.5))
    }
    #expect(rated.sorted() == Array(0..<8))
    #expect(await crowd.most == 4)
  }

  /// Breaks off behind so many answers.
  struct Breaking: Subject {
    struct Broken: Error {}
    var after: Int
    func answer(_ requests: [SubjectRequest]) -> AsyncThrowingStream<Reply, any Error> {
      AsyncThrowingStream { replies in
        for index in 0..<after {
          replies.yield(
            .sampled(index, Completion(text: "words", tokenCount: 1, finish: .stop)))
        }
        replies.finish(throwing: Broken())
      }
    }
  }

  @Test func whatIsBeingRatedWhenASubjectFailsIsKept() async throws {
    let experiment = try judged()
    let probe = try #require(experiment.probe("keeps"))
    let task = try #require(try experiment.tasks().first)
    let ask = try #require(
      try AskBuilder(experiment: experiment).asks(of: probe, task: task, seed: 1).first)
    let asks = [Ask](repeating: ask, count: 5)
    let asker = Asker(probe: probe, subject: Breaking(after: 3), base: Puppet())
    var rated = 0
    await #expect(throws: Breaking.Broken.self) {
      try await asker.rate(
        asks, judge: Judge(Listing(listed: ["5": 1]), scoring: .top(20), together: 8)
      ) { _, _ in
        rated += 1
      }
    }
    #expect(rated == 3)
  }

  /// Of some answers the rating fails, of the others it comes later.
  struct Failing: Subject {
    let asked = Counter()
    func answer(_ requests: [SubjectRequest]) -> AsyncThrowingStream<Reply, any Error> {
      AsyncThrowingStream { replies in
        Task {
          let number = await asked.next()
          if number == 1 { return replies.finish(throwing: LabError(.storage, "lost")) }
          try? await Task.sleep(for: .milliseconds(50))
          for (index, request) in requests.enumerated() {
            guard case .score(let request) = request else { continue }
            let scores = request.texts.map {
              AnswerScore(answer: $0, logProbability: -2, tokenCount: 1)
            }
            replies.yield(Reply(index: index, content: .scores(scores), evidence: .exact))
          }
          replies.finish()
        }
      }
    }
  }

  actor Counter {
    private var count = 0
    func next() -> Int {
      count += 1
      return count
    }
  }

  @Test func whatIsBeingRatedWhenARatingFailsIsKept() async throws {
    let experiment = try judged()
    let probe = try #require(experiment.probe("keeps"))
    let task = try #require(try experiment.tasks().first)
    let ask = try #require(
      try AskBuilder(experiment: experiment).asks(of: probe, task: task, seed: 1).first)
    let asker = Asker(probe: probe, subject: Puppet(), base: Puppet())
    var rated = 0
    let error = await #expect(throws: LabError.self) {
      try await asker.rate(
        [Ask](repeating: ask, count: 5), judge: Judge(Failing(), together: 8)
      ) { _, _ in
        rated += 1
      }
    }
    #expect(error?.code == .storage && rated == 4)
  }

  /// Fails as it is told to.
  struct Cut: PlainSubject {
    var error: LabError
    func complete(_ request: SampleRequest) throws -> Completion { throw error }
    func score(_ request: ScoreRequest) throws -> [AnswerScore] {
      // Without an answer it was asked before, and that was kept.
      if !request.chat[0].content.contains("long") {
        return request.texts.map { AnswerScore(answer: $0, logProbability: -4, tokenCount: 1) }
      }
      throw error
    }
  }

  @Test func whatGoesWrongOnTheWayToTheJudgeSaysNothingOfTheAnswer() async throws {
    let judging = Judging(rubrics: [clear])
    for error in [
      LabError(.backend, "no connection", isPassing: true), LabError(.storage, "no space left"),
    ] {
      let found = await #expect(throws: LabError.self) {
        try await Judge(Cut(error: error)).grade("long", to: "", by: judging)
      }
      #expect(found == error)
    }
    let refused = LabError(.backend, "status 400: too long")
    let grade = try await Judge(Cut(error: refused)).grade("long", to: "", by: judging)
    #expect(grade.outcome == .unparseable)
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
