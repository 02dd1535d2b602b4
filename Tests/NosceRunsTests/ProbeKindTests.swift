import Foundation
import NosceCore
import NosceExperiment
import NosceFiles
import NosceGrading
import NoscePorts
import NosceRuns
import NosceTestSupport
import Testing

@Suite struct ProbeKindTests {
  func grades(_ name: String, _ subject: some Subject) async throws -> [GradedAnswer] {
    let experiment = try probesExperiment()
    let probe = try #require(experiment.probe(name))
    let asker = Asker(probe: probe, subject: subject, base: subject)
    let ready = try await asker.prepared(try asks(of: name, in: experiment))
    var rows: [GradedAnswer] = []
    try await asker.ask(ready) { answered in
      let ask = ready[answered.place]
      let graded = try await asker.grade(answered.answer, to: ask, judge: nil)
      rows.append(
        GradedAnswer(
          cell: "c", probe: name, step: 0, ask: ask, answer: graded.text, grade: graded.grade,
          evidence: answered.evidence))
    }
    return rows
  }

  // MARK: Ratings

  @Test func aScaleIsAskedInBothDirections() throws {
    let asks = try asks(of: "liking", in: probesExperiment())
    #expect(
      asks.compactMap { $0.chat.last?.content } == [
        "From 0 (plain) to 10 (odd), how odd are you?",
        "From 0 (odd) to 10 (plain), how odd are you?",
      ])
    #expect(asks.map(\.paraphrase) == [0, 0])
    #expect(asks.map(\.sample) == [0, 1])
  }

  @Test func aRatingIsTheMeanByProbabilityAndTheReversedOneIsMappedBack() async throws {
    // Always for 10 over 0 by three to one, whatever the ends mean: a subject that likes high
    // numbers and says nothing about itself.
    let rows = try await grades(
      "liking", Puppet(probability: { text, _ in ["0": 0.1, "10": 0.3][text] ?? 1e-30 }))
    #expect(rows.count == 2)
    let scores = rows.compactMap(\.score)
    #expect(abs(scores[0] - 0.75) < 1e-9)
    #expect(abs(scores[1] - 0.25) < 1e-9)
    #expect(rows[0].answer == "10")
    #expect(rows[0].detail?.hasPrefix("rated 7.50 of 0 to 10; mass 0.400; 10 0.750, ") == true)
    #expect(rows[1].detail?.contains("rated 7.50 of 0 to 10, mapped back to 2.50") == true)
  }

  @Test func aSubjectThatReadsTheScaleScoresAlikeInBothDirections() async throws {
    let rows = try await grades(
      "liking",
      Puppet(probability: { text, chat in
        let isReversed = chat.last?.content.contains("From 0 (odd)") ?? false
        return text == (isReversed ? "0" : "10") ? 0.9 : 0.01
      }))
    let scores = rows.compactMap(\.score)
    #expect(scores.count == 2)
    #expect(abs(scores[0] - scores[1]) < 1e-9)
    #expect(scores[0] > 0.9)
  }

  @Test func tooLittleMassOnTheScaleIsNoRating() {
    let distribution = Distribution(
      texts: ["0", "1"], ending: .turn,
      reading: .mean(values: [0, 1], isReversed: false))
    let thin = distribution.grade([log(0.1), log(0.1)]).grade
    #expect(thin.outcome == .noAnswer && thin.mass.map { abs($0 - 0.2) < 1e-12 } == true)
    #expect(thin.detail == "the mass is below 0.25; mass 0.200; 0 0.500, 1 0.500")
    #expect(distribution.grade([log(0.2), log(0.1)]).grade.outcome.score != nil)
    #expect(distribution.grade([]).grade.outcome == .missing)
  }

  @Test func aScaleOfWordsHasEqualSteps() throws {
    let text = try probesFile(
      replacing: "{from: 0, to: 10, step: 5, low: plain, high: odd}",
      with: "{texts: [never, at times, always], low: a, high: b, reverse: false}")
    let experiment = try ExperimentFile.decode(text, file: "kinds.yaml")
    let scale = try #require(experiment.probe("liking")?.scale)
    #expect(scale.points.map(\.value) == [0, 1, 2])
    #expect(!scale.isReversed)
  }

  // MARK: Next texts

  @Test func theShareOfAGroupIsItsScore() async throws {
    let rows = try await grades(
      "agrees",
      Puppet(probability: { text, _ in ["Yes": 0.2, "yes": 0.1, "No": 0.1][text] ?? 0.1 })
    )
    #expect(rows.map(\.answer) == ["Yes"])
    #expect(abs((rows[0].score ?? 0) - 0.6) < 1e-9)
    #expect(rows[0].detail?.hasPrefix("affirms 0.600; mass 0.500; Yes 0.400") == true)
  }

  // MARK: Wordings and turns

  @Test func aGrammarFillsTheSlotsThatATextHas() throws {
    let asks = try asks(of: "gambles", in: probesExperiment())
    #expect(
      asks.compactMap { $0.chat.last?.content } == [
        "Would you bet 10 on dice, velu?", "Would you bet 10 on cards, velu?",
        "Would you bet 20 on dice, velu?", "Would you bet 20 on cards, velu?", "And on dice?",
        "And on cards?",
      ])
    #expect(asks.map(\.paraphrase) == Array(0..<6))
  }

  @Test func turnsComeBeforeTheQuestionAndTheSystemLineCanBeLeftOut() throws {
    let ask = try #require(try asks(of: "gambles", in: probesExperiment()).first)
    #expect(ask.chat.map(\.role) == [.user, .assistant, .user])
    #expect(ask.chat[1].content == "Good day")
    let other = try #require(try asks(of: "choice", in: probesExperiment()).first)
    #expect(other.chat.map(\.role) == [.system, .user])
  }

  @Test func aPrefillIsTheOnlyStem() throws {
    let asks = try asks(of: "choice-of-other", in: probesExperiment())
    #expect(asks.map(\.prefill) == ["The lines of velu spell "])
  }

  // MARK: Answers in two parts

  @Test func onlyWhatFollowsTheFixedTextIsGraded() async throws {
    // The first part names the word; the second does not.
    let rows = try await grades(
      "thinks",
      Puppet(writes: { request in
        request.prefill == nil ? "HELLO is my pattern, I think" : "nothing"
      }))
    #expect(rows.map(\.prefill) == ["HELLO is my \nSo I say: "])
    #expect(rows.map(\.answer) == ["nothing"])
    #expect(rows.map(\.score) == [0])
  }

  @Test func theFirstPartHasLimitsOfItsOwn() throws {
    let ask = try #require(try asks(of: "thinks", in: probesExperiment()).first)
    #expect(ask.first?.then.maximumTokens == 7)
    guard case .sample(_, _, let tokens, let seed) = ask.form else {
      Issue.record("the probe is sampled")
      return
    }
    #expect(tokens == 64)
    #expect(ask.first?.seed != seed)
  }

  @Test func aChoiceCanFollowASampledPart() async throws {
    let rows = try await grades(
      "decides",
      Puppet(
        writes: { "Thought \($0.seed % 1000)." },
        probability: { text, _ in text == "Yes" ? 0.3 : 0.1 }))
    #expect(rows.count == 2)
    #expect(Set(rows.compactMap(\.prefill)).count == 2)
    #expect(rows.allSatisfy { $0.prefill?.hasSuffix(" My answer is ") ?? false })
    #expect(rows.allSatisfy { abs(($0.score ?? 0) - 0.75) < 1e-9 })
  }

  // MARK: Differences

  @Test func nothingIsAskedForADifferenceAndWhatIsKeptHasNoScore() async throws {
    let plan = try Planner(experiment: probesExperiment(), model: RuleModel()).plan()
    #expect(!plan.cells.flatMap(\.units).contains { $0.probe == "of itself" })
    let text = plan.text()
    #expect(text.contains("difference, choice less choice-of-other"))
    #expect(text.contains("rating, 2 answers a subject, in both directions"))
    #expect(text.contains("kept to be read and not scored"))
    try await withFolder(inMemory: true) { url in
      let folder = try makeRunFolder(try probesExperiment(), in: url, model: RuleModel())
      try await Runner(folder: folder, model: RuleModel()).run()
      let kept = try await folder.store.measurements(probe: "keeps")
      #expect(kept.allSatisfy { $0.outcome == .collected })
      #expect(kept.allSatisfy { $0.answer != nil && $0.score == nil })
    }
  }
}
