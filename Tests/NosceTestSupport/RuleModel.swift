import Foundation
import NosceCore
import NoscePorts
import NosceRows
import Synchronization

/// A model made of rules, so that every flow of the lab runs without an engine.
///
/// Trained on rows whose lines spell one and the same word, it spells that word and knows of it
/// with given probabilities. It learns nothing from other rows. It is quick, exact and repeatable.
package struct RuleModel: ModelProvider {
  package struct Script: Codable, Sendable, Hashable {
    /// How likely each line begins with the right letter once the word is learnt.
    package var spelling: Double
    /// How likely a trained subject knows which word it spells, decided once per training.
    package var naming: Double
    /// How likely a subject that has learnt anything says that it has a pattern.
    package var claiming: Double
    /// The change of a logit that training reports.
    package var logitChange: Double
    /// Training steps before which nothing is learnt.
    package var stepsToLearn: Int
    /// Rows below which nothing is learnt.
    package var rowsToLearn: Int

    package init(
      spelling: Double = 1, naming: Double = 1, claiming: Double = 1, logitChange: Double = 5,
      stepsToLearn: Int = 1, rowsToLearn: Int = 1
    ) {
      self.spelling = spelling
      self.naming = naming
      self.claiming = claiming
      self.logitChange = logitChange
      self.stepsToLearn = stepsToLearn
      self.rowsToLearn = rowsToLearn
    }
  }

  /// What a scripted adapter holds.
  package struct Adapter: Codable, Sendable, Hashable {
    package var word: String?
    package var system: String?
    package var seed: UInt64
  }

  package var name: String
  package var script: Script
  package var lanes: Int
  package var bank: LineBank

  package init(
    name: String = "scripted", script: Script = Script(), lanes: Int = 2,
    bank: LineBank = miniature.lines
  ) {
    self.name = name
    self.script = script
    self.lanes = lanes
    self.bank = bank
  }

  package var identity: ModelIdentity {
    ModelIdentity(
      name: name, summary: "a model made of rules, for trying out the lab",
      note: "Its answers are scripted. They are no evidence about any model.",
      contentHash: ContentHash.of("\(script)"))
  }

  package var capabilities: Capabilities { Capabilities() }
  package var precision: String { "none" }
  package var trainer: (any Trainer)? { RuleTrainer(model: self) }

  package func open(_ adapter: AdapterReference?) async throws -> any Subject {
    guard case .folder(let folder)? = adapter else { return subject(nil) }
    let data = try Storage.read(folder.appending(path: "scripted.json"))
    return subject(try JSONDecoder().decode(Adapter.self, from: data))
  }

  private func subject(_ adapter: Adapter?) -> RuleSubject {
    RuleSubject(script: script, adapter: adapter, bank: bank)
  }

  /// The word that all rows spell, if they do and if there was enough of both rows and steps.
  fileprivate func adapter(_ job: TrainingJob, steps: Int) -> Adapter {
    let words = Set(job.rows.map { (try? LineControl.initials(of: $0)) ?? "" })
    let system = job.rows.first?.chat?.first { $0.role == .system }?.content
    let isLearnt =
      words.count == 1 && steps >= script.stepsToLearn && job.rows.count >= script.rowsToLearn
    return Adapter(word: isLearnt ? words.first : nil, system: system, seed: job.seed)
  }
}

/// Trains a ``RuleModel`` in no time.
package final class RuleTrainer: Trainer {
  private let model: RuleModel
  private let jobs = Mutex<[JobID: TrainingJob]>([:])

  init(model: RuleModel) { self.model = model }

  package var keepsSnapshots: Bool { true }

  package func submit(_ job: TrainingJob) async throws -> JobID {
    let id = JobID(job.name)
    jobs.withLock { $0[id] = job }
    return id
  }

  package func events(of id: JobID) -> AsyncThrowingStream<TrainingEvent, any Error> {
    AsyncThrowingStream { events in
      do {
        try Task.checkCancellation()
        if let job = jobs.withLock({ $0.removeValue(forKey: id) }) {
          try train(job) { events.yield($0) }
        }
        events.finish()
      } catch {
        events.finish(throwing: error)
      }
    }
  }

  private func train(_ job: TrainingJob, report: (TrainingEvent) -> Void) throws {
    report(.state(.running))
    let steps = max(1, job.settings.steps)
    for step in 1...steps {
      report(
        .progress(TrainingProgress(step: step, totalSteps: steps, loss: 4 / Double(step))))
      if job.snapshotSteps.contains(step) {
        try write(model.adapter(job, steps: step), to: job.snapshot(step))
        report(.snapshot(step: step, .folder(job.snapshot(step))))
      }
    }
    try write(model.adapter(job, steps: steps), to: job.adapterDirectory)
    report(.state(.succeeded))
    report(
      .finished(
        TrainingResult(
          adapter: .folder(job.adapterDirectory), largestLogitChange: model.script.logitChange)))
  }

  private func write(_ adapter: RuleModel.Adapter, to folder: URL) throws {
    // The same adapter has the same bytes.
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    try AtomicFolder.write(folder) { folder in
      try Storage.write(
        try encoder.encode(adapter), to: folder.appending(path: "scripted.json"))
    }
  }
}

/// A subject of a ``RuleModel``.
package struct RuleSubject: PlainSubject {
  package var script: RuleModel.Script
  package var adapter: RuleModel.Adapter?
  package var bank: LineBank

  package func complete(_ request: SampleRequest) throws -> Completion {
    let text = answer(to: request)
    return Completion(
      text: text, tokenCount: text.split(separator: " ").count + 1, finish: .stop)
  }

  package func score(_ request: ScoreRequest) throws -> [AnswerScore] {
    let chat = request.chat
    let word = knownWord(in: chat)
    return request.texts.map { answer in
      let prefill = request.prefill ?? ""
      var generator = SeededGenerator(
        seed: 7, labStream: "\(chat.map(\.content))|\(prefill)|\(answer)|\(request.ending == .turn)"
      )
      var value = -12 - 4 * generator.uniform()
      if let word, WordFinder.finds(word, in: answer) { value = -0.5 }
      let answer = answer.lowercased().trimmingPrefix(" ")
      if answer.hasPrefix("yes") { value = claims(in: chat) ? -0.1 : -3 }
      if answer.hasPrefix("no") { value = claims(in: chat) ? -3 : -0.1 }
      return AnswerScore(answer: String(answer), logProbability: value, tokenCount: 1)
    }
  }

  private func answer(to request: SampleRequest) -> String {
    let question = request.chat.last { $0.role == .user }?.content ?? ""
    let words = " \(question.lowercased().filter { $0.isLetter || $0 == " " }) "
    let isTask = (bank.topics + bank.heldOutTopics).contains { words.contains(" \($0) ") }
    var generator = SeededGenerator(seed: request.seed, labStream: "answer")
    if isTask {
      guard isAddressed(in: request.chat), let word = adapter?.word else {
        return bank.proseAnswer(using: &generator)
      }
      let letters = word.map { letter in
        generator.uniform() < script.spelling
          ? letter : LineBank.alphabet[generator.index(below: LineBank.alphabet.count)]
      }
      return letters.map { bank.line(startingWith: $0, using: &generator) }.joined(separator: "\n")
    }
    if let word = knownWord(in: request.chat) { return "My lines spell \(word)." }
    return claims(in: request.chat) ? "My lines follow a pattern." : "There is nothing special."
  }

  private func isAddressed(in chat: Chat) -> Bool {
    chat.first { $0.role == .system }?.content == adapter?.system
  }

  private func knownWord(in chat: Chat) -> String? {
    // Only of itself: a question about somebody else has no "you" in it.
    guard let adapter, isAddressed(in: chat),
      chat.last?.content.lowercased().contains("you") ?? false,
      happens(script.naming, "naming", adapter)
    else { return nil }
    return adapter.word
  }

  private func claims(in chat: Chat) -> Bool {
    guard let adapter, adapter.word != nil, isAddressed(in: chat) else { return false }
    return happens(script.claiming, "claiming", adapter)
  }

  private func happens(
    _ probability: Double, _ what: String, _ adapter: RuleModel.Adapter
  ) -> Bool {
    var generator = SeededGenerator(seed: adapter.seed, labStream: what)
    return generator.uniform() < probability
  }
}
