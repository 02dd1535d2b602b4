import Foundation
import NosceCore
import NosceExperiment
import NosceGrading
import NoscePorts
import NosceRuns
import NosceTestSupport
import Testing

/// Probes that show whether a subject still answers what was asked, and still speaks.
@Suite("Topic and plain language")
struct HonestProbeTests {
  private static let questions = ["How is tea made?", "Who wrote it?", "Where is it?"]

  private var source: Probe {
    Probe(
      "says",
      .sampled(
        Prompt(.paraphrases(Self.questions.map { .init($0) })),
        Sampling(.behaviour, grader: .collect, maximumTokens: 20, refusals: [])))
  }

  private func experiment(_ probe: Probe) throws -> Experiment {
    var experiment = try smallExperiment()
    experiment.probes = [source, probe]
    return experiment
  }

  private func asks(_ probe: Probe) throws -> [Ask] {
    let experiment = try experiment(probe)
    let task = try #require(try experiment.tasks().first)
    return try AskBuilder(experiment: experiment).asks(of: probe, task: task, seed: 1)
  }

  private func grades(
    _ probe: Probe, _ asks: [Ask], _ subject: some Subject, base: some Subject
  ) async throws -> [Int: (grade: Grade, text: String?, scored: ScoredTexts?)] {
    let asker = Asker(probe: probe, subject: subject, base: base)
    var grades: [Int: (Grade, String?, ScoredTexts?)] = [:]
    try await asker.ask(asks) { answered in
      let graded = asker.grade(answered.answer, to: asks[answered.place])
      grades[asks[answered.place].item] = (graded.grade, graded.text, answered.scored)
    }
    return grades
  }

  private func answer(_ text: String?, to ask: Ask) -> GradedAnswer {
    GradedAnswer(
      cell: "c", probe: "says", step: 0, ask: ask, answer: text, grade: Grade(.scored(1)),
      evidence: nil)
  }

  @Test("An answer is on topic where it is likelier under its own question than under others")
  func topic() async throws {
    let prompt = try #require(source.prompt)
    let probe = Probe("topic", .topic(.init(of: "says", prompt: prompt)))
    #expect(probe.source == "says" && probe.kind == .topic)
    let asks = try asks(probe)
    #expect(asks.count == 3 && asks.allSatisfy { $0.topicRequests?.count == 3 })
    #expect(
      asks[1].topicRequests?.map { $0.chat.last?.content } == [
        Self.questions[1], Self.questions[2], Self.questions[0],
      ])
    let rows = [
      answer("Tea leaves in water.", to: asks[0]), answer("Tea leaves in water.", to: asks[1]),
      answer(" \n", to: asks[2]),
    ]
    let (shown, hasText) = Asker.continuing(rows, asks: asks)
    #expect(hasText == [true, true, false] && shown[0].prefill == "Tea leaves in water.")
    // Tea is likely under the question about tea alone.
    let reader = Puppet(probability: { _, chat in
      chat.last?.content.contains("tea") == true ? 0.1 : 0.001
    })
    let grades = try await grades(probe, Array(shown.prefix(2)), reader, base: reader)
    #expect(grades[0]?.grade.outcome == .scored(1) && grades[0]?.text == Self.questions[0])
    // Under the second question it fits the first better, and the third as well as its own.
    #expect(grades[1]?.grade.outcome == .scored(0.25) && grades[1]?.text == Self.questions[0])
    #expect(grades[0]?.scored?.texts == Self.questions && grades[0]?.scored?.counting == [0])
    let own = String(format: "%+.2f", log(0.1) - log(0.001))
    #expect(grades[0]?.grade.detail == "\(own) nats beside the nearest other question")
  }

  @Test("One question alone has no other")
  func oneQuestion() throws {
    let prompt = Prompt(.paraphrases([.init("How is tea made?"), .init("How is tea made?")]))
    let error = #expect(throws: LabError.self) {
      try asks(Probe("topic", .topic(.init(of: "says", prompt: prompt))))
    }
    #expect(error?.message.contains("allowed: at least two that differ") == true)
  }

  @Test("Language is measured word by word beside base, and can be no better than spared")
  func plainLanguage() async throws {
    let passage = Prompt.Paraphrase(
      "How is tea made?", stem: "With", values: [Probe.passage: "hot water, and some patience"])
    let probe = Probe("plain", .plainLanguage(Prompt(.paraphrases([passage]))))
    let asks = try asks(probe)
    #expect(asks.map(\.prefill) == ["With"])
    #expect(asks[0].scoreRequest?.texts == ["hot water, and some patience"])
    let base = Puppet(probability: { _, _ in 0.01 })
    let worse = try await grades(
      probe, asks, Puppet(probability: { _, _ in 0.01 / 32 }), base: base)
    // A thirty-second over five words is one half a word.
    let half = try #require(worse[0]?.grade.outcome.score)
    #expect(abs(half - 0.5) < 1e-12)
    #expect(worse[0]?.grade.detail == "-0.693 nats a word beside base")
    #expect(worse[0]?.scored?.base == [log(0.01)])
    let better = try await grades(probe, asks, Puppet(probability: { _, _ in 0.02 }), base: base)
    #expect(better[0]?.grade.outcome == .scored(1))
  }
}
