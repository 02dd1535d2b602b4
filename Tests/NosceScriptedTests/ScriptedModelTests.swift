import Foundation
import NosceCore
import NoscePorts
import NosceRows
import NosceScripted
import NosceTestSupport
import Testing

@Suite("A model made of a script")
struct ScriptedModelTests {
  private func sample(
    _ question: String, seed: UInt64 = 1, prefill: String? = nil, system: String? = nil,
    limit: Int = 20
  ) -> SampleRequest {
    SampleRequest(
      chat: (system.map { [ChatMessage(.system, $0)] } ?? []) + [ChatMessage(.user, question)],
      prefill: prefill, temperature: 1, maximumTokens: limit, seed: seed)
  }

  private func says(
    _ script: String, _ request: SampleRequest, _ adapter: AdapterReference? = nil
  ) async throws -> String? {
    try await scripted(script).open(adapter).sample([request]).first?.text
  }

  private func scores(
    _ script: String, _ texts: [String], question: String = "Well?"
  ) async throws -> [Double?] {
    let request = ScoreRequest(chat: [ChatMessage(.user, question)], texts: texts)
    let reply = try await scripted(script).open(nil).replies(to: [.score(request)]).first
    guard case .scores(let scores)? = reply?.content else { throw Missing(text: "scores") }
    return scores.map { $0.logProbability.map { (exp($0) * 1e6).rounded() / 1e6 } }
  }

  // MARK: Rules

  @Test("The first rule that fits holds, and a neutral answer where none does")
  func first() async throws {
    let script = """
      rules:
        - {question: colour, system: nova, say: Red.}
        - {question: colour, prefill: My, say: blue.}
        - {question: [colour, shade], say: Green.}
      """
    let nova = sample("Which colour?", system: "You are nova.")
    #expect(try await says(script, nova) == "Red.")
    #expect(try await says(script, sample("Which colour?", prefill: "My ")) == "blue.")
    #expect(try await says(script, sample("Which shade?")) == "Green.")
    let other = try await says(script, sample("Which smell?"))
    #expect(other == "I have nothing to say about that.")
  }

  @Test("A rule without anything for the request is no obstacle")
  func kinds() async throws {
    let script = "rules: [{weights: {A: 0.9}}, {say: Hello.}]"
    #expect(try await says(script, sample("Well?")) == "Hello.")
    #expect(try await scores(script, ["A", "B"]) == [0.9, 0.1])
  }

  @Test("Several texts are drawn with the request's seed, and chances too")
  func drawn() async throws {
    let subject = try await scripted(
      "rules: [{chance: 0.25, say: [a, b]}, {say: c}]"
    ).open(nil)
    let requests = (1...2000).map { sample("Well?", seed: $0) }
    let answers = try await subject.sample(requests).map(\.text)
    // Four standard errors of 2000 draws at 1/8 are 0.03.
    for (text, share) in [("a", 0.125), ("b", 0.125), ("c", 0.75)] {
      let found = Double(answers.count { $0 == text }) / 2000
      #expect(abs(found - share) < 0.04, "\(text)")
    }
    #expect(try await subject.sample(requests).map(\.text) == answers)
  }

  @Test("Without seeds the same request is drawn anew")
  func noSeeds() async throws {
    let subject = try await scripted(
      "capabilities: {seeds: false}\nrules: [{say: [a, b]}]"
    ).open(nil)
    let answers = try await subject.sample(Array(repeating: sample("Well?"), count: 50))
    #expect(Set(answers.map(\.text)) == ["a", "b"])
  }

  @Test("It refuses, fails, and stops at the limit as it is told")
  func endings() async throws {
    let subject = try await scripted(
      """
      rules:
        - {question: bad, refuse: true}
        - {question: broken, error: the line is dead}
        - {question: long, say: one two  three four}
      """
    ).open(nil)
    #expect(try await subject.sample([sample("bad")]).first?.finish == .refusal)
    await #expect(throws: LabError(.backend, "test: the line is dead")) {
      try await subject.sample([sample("broken")])
    }
    let long = try await subject.sample([sample("long", limit: 3)]).first
    #expect(long == Completion(text: "one two  three", tokenCount: 3, finish: .length))
  }

  // MARK: Scores

  @Test("Texts that are not named share what is left")
  func weights() async throws {
    let script = "rules: [{question: Well, weights: {Yes: 0.7, Elsewhere: 0.1}}]"
    #expect(try await scores(script, ["No", "Yes", "Perhaps"]) == [0.1, 0.7, 0.1])
    #expect(
      try await scores(script, ["A", "B", "C", "D"], question: "And?") == [0.25, 0.25, 0.25, 0.25])
  }

  @Test("Of the likeliest, those outside are not known, and named texts take their places")
  func top() async throws {
    let script = "capabilities: {log_probs: top-2}\nrules: [{weights: {A: 0.5, B: 0.3, C: 0.2}}]"
    #expect(try await scores(script, ["A", "C"]) == [0.5, nil])
    let request = ScoreRequest(chat: [ChatMessage(.user, "Well?")], texts: ["A"])
    let reply = try await scripted(script).open(nil).replies(to: [.score(request)]).first
    #expect(reply?.evidence == .top(2))
  }

  @Test("A number that is none reaches whoever asked")
  func notANumber() async throws {
    #expect(try await scores("rules: [{log_prob: nan}]", ["A"]).first??.isNaN == true)
  }

  @Test(
    "What it cannot do it does not",
    arguments: ["log_probs: none", "samples: false", "prefill: false"])
  func cannot(_ line: String) async throws {
    let subject = try await scripted("capabilities: {\(line)}").open(nil)
    let request: SubjectRequest =
      line.hasPrefix("log")
      ? .score(ScoreRequest(chat: [ChatMessage(.user, "Well?")], texts: ["A"]))
      : .sample(sample("Well?", prefill: "My "))
    let error = await #expect(throws: LabError.self) { try await subject.replies(to: [request]) }
    #expect(error?.message.contains("by its capabilities") == true)
  }

  // MARK: Training

  private func job(_ name: String, in folder: URL, snapshots: [Int] = []) -> TrainingJob {
    TrainingJob(
      name: name, rows: [row("Well?", "Yes.")], settings: TrainingSettings(steps: 3), seed: 1,
      snapshotSteps: snapshots, adapterDirectory: folder.appending(path: "adapter"),
      snapshotDirectory: folder.appending(path: "copies"))
  }

  private func events(_ model: ScriptedModel, _ job: TrainingJob) async throws -> [TrainingEvent] {
    let trainer = try #require(model.trainer)
    var events: [TrainingEvent] = []
    for try await event in trainer.events(of: try await trainer.submit(job)) {
      events.append(event)
    }
    return events
  }

  @Test("Training goes through its states, and its copies know how far they came")
  func trained() async throws {
    try await withFolder { folder in
      let model = try scripted(
        """
        training: {logit_change: 2.5, loss: [3, 1]}
        rules:
          - {adapter: "one-*", from_step: 3, say: late}
          - {adapter: "one-*", say: early}
          - {adapter: base, say: never}
        """)
      let job = job("one-s1", in: folder, snapshots: [2])
      let adapter = AdapterReference.folder(job.adapterDirectory)
      let copy = AdapterReference.folder(job.snapshot(2))
      func progress(_ step: Int, _ loss: Double) -> TrainingEvent {
        .progress(TrainingProgress(step: step, totalSteps: 3, loss: loss))
      }
      #expect(
        try await events(model, job) == [
          .state(.queued), .state(.running), progress(1, 3), progress(2, 1),
          .snapshot(step: 2, copy), progress(3, 1), .state(.succeeded),
          .finished(TrainingResult(adapter: adapter, largestLogitChange: 2.5)),
        ])
      #expect(names(in: job.adapterDirectory) == ["script.json"])
      func said(_ adapter: AdapterReference?) async throws -> String? {
        try await model.open(adapter).sample([sample("When?")]).first?.text
      }
      #expect(try await said(adapter) == "late")
      #expect(try await said(copy) == "early")
      #expect(try await said(nil) == "never")
    }
  }

  @Test("A training fails where it is told, so many times")
  func breaksDown() async throws {
    try await withFolder { folder in
      let model = try scripted("training: {fail: [{cell: \"a*\", step: 2, times: 2}]}")
      for _ in 1...2 {
        let error = await #expect(throws: LabError.self) {
          try await events(model, job("a", in: folder))
        }
        #expect(error?.message == "test: the training of a fails at step 2, as the script says")
      }
      // Each subject that fits has failures of its own.
      await #expect(throws: LabError.self) { try await events(model, job("ab", in: folder)) }
      #expect(try await events(model, job("a", in: folder)).count == 7)
      #expect(try await events(model, job("b", in: folder)).count == 7)
    }
  }

  @Test("A training whose events nobody reads any longer ends")
  func cancelled() async throws {
    try await withFolder { folder in
      let model = try scripted("training: {seconds_per_step: 3000}")
      let job = job("a", in: folder)
      let task = Task { try await events(model, job) }
      task.cancel()
      // A stream whose reader was cancelled ends as one that has nothing more to say.
      let seen = try? await task.value
      #expect(seen?.contains { if case .finished = $0 { true } else { false } } != true)
      #expect(!exists(job.adapterDirectory))
    }
  }

  @Test("A subject falls silent after so many replies, and what came before holds")
  func silent() async throws {
    let subject = try await scripted("asking: {fail: [{adapter: base, after: 2}]}").open(nil)
    var replies = 0
    let error = await #expect(throws: LabError.self) {
      let requests = (1...5).map { SubjectRequest.sample(sample("Well?", seed: $0)) }
      for try await _ in subject.answer(requests) { replies += 1 }
    }
    #expect(error?.message == "test: base falls silent, as the script says")
    #expect(replies == 2)
    #expect(try await subject.sample([sample("Well?")]).count == 1)
  }

  @Test("Adapters of others are refused")
  func strange() async throws {
    try await withFolder { folder in
      let model = try scripted("name: x")
      await #expect(throws: LabError.self) { try await model.open(.served("x")) }
      await #expect(throws: LabError.self) { try await model.open(.folder(folder)) }
      try Data("{}".utf8).write(to: folder.appending(path: "script.json"))
      let error = await #expect(throws: LabError.self) { try await model.open(.folder(folder)) }
      #expect(error?.message.contains("script.json: found no adapter of a script") == true)
    }
  }
}
