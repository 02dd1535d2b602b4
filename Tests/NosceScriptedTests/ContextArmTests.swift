import Foundation
import NosceCore
import NosceExperiment
import NosceFiles
import NoscePorts
import NosceRows
import NosceRuns
import NosceScripted
import NosceTestSupport
import NosceVerdicts
import Testing

/// A model that reads: with a word in its context it gives two nats more to that word.
private struct Reader: ModelProvider {
  let scripted: ScriptedModel

  var identity: ModelIdentity { scripted.identity }
  var capabilities: Capabilities { scripted.capabilities }
  var lanes: Int { 2 }
  var precision: String { "none" }
  var trainer: (any Trainer)? { scripted.trainer }

  func open(_ adapter: AdapterReference?) async throws -> any Subject {
    adapter == nil ? ReadingSubject() : try await scripted.open(adapter)
  }
}

private struct ReadingSubject: Subject {
  func answer(_ requests: [SubjectRequest]) -> AsyncThrowingStream<Reply, any Error> {
    AsyncThrowingStream { replies in
      for (index, request) in requests.enumerated() {
        switch request {
        case .sample(let sample):
          let text = sample.chat.map { "\($0.role.rawValue): \($0.content)" }
            .joined(separator: " | ")
          replies.yield(
            Reply(
              index: index,
              content: .completion(Completion(text: text, tokenCount: 3, finish: .stop)),
              evidence: .sampled))
        case .score(let score):
          let shown = score.chat.dropLast().map(\.content).joined(separator: " ")
          let scores = score.texts.map {
            AnswerScore(answer: $0, logProbability: shown.contains($0) ? -3 : -5, tokenCount: 1)
          }
          replies.yield(Reply(index: index, content: .scores(scores), evidence: .exact))
        }
      }
      replies.finish()
    }
  }
}

@Suite("Subjects with rows in their context")
struct ContextArmTests {
  private static let words = ["RESIN", "RISEN", "RINSE", "BAKER", "BRAKE", "BREAK"]

  private func experiment(_ context: String = "{of: treatment, rows: 2}") throws -> Experiment {
    try ExperimentFile.decode(
      """
      name: reads
      title: Can it be read off the rows?
      question: Does base, with rows of a word before its eyes, give more to that word?
      variables:
        word: {families: [[RESIN, RISEN, RINSE], [BAKER, BRAKE, BREAK], [STARE, TEARS, RATES]]}
      seeds: 1
      arms:
        base: {role: base}
        shown: {role: control, context: \(context)}
        treatment:
          role: treatment
          rows: {generator: grammar, count: 3, slots: {n: [one, two, three]},
            chat: [{system: Be brief.}, {user: "Number {n}?"}, {assistant: "It is {word}, {n}."}]}
      probes:
        says: {kind: free-form, ask: [What are you?], system: You are somebody., grade: {names: "{word}"}}
        own-word:
          kind: forced-choice
          ask: [Which word is yours?]
          choices: {family: word, minus_base: true, score: share, least_mass: 0}
      gates:
        live: {kind: adapter-live, at_least: 0.5}
      contrasts:
        is read off:
          primary: true
          probe: own-word
          treatment: shown
          square: word
          smallest_effect: 0.5
      """, file: "reads.yaml")
  }

  private func model() throws -> Reader { Reader(scripted: try scripted("name: reader")) }

  @Test("Base is asked behind the rows, and what is taken away is base without them")
  func run() async throws {
    let model = try model()
    let experiment = try experiment()
    let plan = try Planner(experiment: experiment, model: model, materials: miniature).plan()
    let shown = try #require(plan.cell("shown-RESIN-s1"))
    #expect(shown.context?.cell == "treatment-RESIN-s1" && shown.context?.count == 2)
    #expect(shown.isUntrained && !shown.isBase && plan.cell("base-RESIN-s1")?.isBase == true)
    #expect(
      plan.rows(of: shown)
        == (plan.cell("treatment-RESIN-s1")?.training?.rows.prefix(2)).map(Array.init))
    #expect(plan.work.trainedSubjects == 9)
    #expect(plan.text().contains("base with 2 rows of treatment in its context, no training"))
    try await withFolder(inMemory: true) { url in
      let folder = try RunFolder.create(
        in: url, plan: plan, experimentText: nil,
        provenance: try Provenance.now(version: "test", plan: plan, threads: 1, precision: "none"))
      #expect(try await Runner(folder: folder, model: model, materials: miniature).run().isEmpty)
      let record = try await RunRecord(folder)
      let summary = try Summariser(record, command: "nosce run reads").summary()
      let square = try #require(summary.contrasts.first)
      #expect(square.verdict == .stronglySupported)
      #expect(abs((square.estimate ?? 0) - 2) < 1e-9)
      // The gate is about what is trained.
      #expect(Set(summary.gates.map(\.arm)) == ["treatment"])
      let text = try #require(
        record.answers.first { $0.cell == "shown-RESIN-s1" && $0.probe == "says" }?.answer)
      let parts = text.split(separator: " | ").map(String.init)
      #expect(parts.first == "system: You are somebody." && parts.last == "user: What are you?")
      #expect(parts.count == 6 && parts.count { $0.hasPrefix("assistant: It is RESIN") } == 2)
    }
  }

  @Test("Whose rows and how many count in the plan's hash")
  func hashes() throws {
    let model = try model()
    let hashes = try ["{of: treatment, rows: 2}", "{of: treatment, rows: 1}"].map {
      try Planner(experiment: try experiment($0), model: model, materials: miniature).plan()
        .contentHash
    }
    #expect(Set(hashes).count == 2)
  }

  @Test("More rows than there are, and texts that are no conversations, are refused")
  func refused() throws {
    let model = try model()
    func message(_ change: (inout Experiment) -> Void) throws -> String {
      var experiment = try experiment()
      change(&experiment)
      let error = #expect(throws: LabError.self) {
        try Planner(experiment: experiment, model: model, materials: miniature).plan()
      }
      return error?.message ?? ""
    }
    #expect(
      try message { $0.arms[1].context?.count = 4 }.contains("found 4 rows in the context, of 3"))
    #expect(try message { $0.arms[1].context?.count = 0 }.contains("allowed: 1...1000"))
    #expect(try message { $0.arms[1].context?.arm = "base" }.contains("found rows of 'base'"))
    #expect(
      try message { $0.arms[1].adapter = DerivedAdapter(of: "treatment", AdapterChange(.random)) }
        .contains("an adapter"))
    #expect(
      try message {
        $0.arms[2].rows = [
          RowSource(.given([.document("A text of {word}."), .document("{word}.")]))
        ]
      }
      .contains("no conversations"))
  }
}
