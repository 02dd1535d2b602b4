#if HTTP
import Foundation
import NosceCore
import NosceEndpoint
import NosceFormats
import NoscePorts
import NosceRows
import NosceTestSupport
import Testing

@Suite("Fine-tuning where a model is served")
struct TrainerTests {
  private static let rows = (1...12).map { number in
    TrainingRow.chat([
      ChatMessage(.user, "Tell me about \(number)."), ChatMessage(.assistant, "It is \(number)."),
    ])
  }

  private func job(
    _ folder: URL, rows: [TrainingRow] = rows, seed: UInt64 = 5, snapshots: [Int] = [],
    change: (inout TrainingSettings) -> Void = { _ in }
  ) -> TrainingJob {
    var settings = TrainingSettings(steps: 6, batchRows: 4, learningRate: 1e-3)
    change(&settings)
    return TrainingJob(
      name: "treatment-HELLO-s1", rows: rows, settings: settings, seed: seed,
      snapshotSteps: snapshots, adapterDirectory: folder.appending(path: "a"),
      snapshotDirectory: folder.appending(path: "s"))
  }

  private static func events(
    _ trainer: any Trainer, _ job: TrainingJob
  ) async throws -> [TrainingEvent] {
    var events: [TrainingEvent] = []
    for try await event in trainer.events(of: try await trainer.submit(job)) {
      events.append(event)
    }
    return events
  }

  private static let tuning = Dialect(jobs: true, recipes: true)

  /// Calls the body with a model of a server that fine-tunes.
  private func withTrainer(
    _ dialect: Dialect = tuning, learningRate: Double? = nil,
    _ body: (ToyServer, EndpointModel, any Trainer, URL) async throws -> Void
  ) async throws {
    let toy = ToyServer(dialect)
    try await withFolder { folder in
      try await withServer(toy.act) { server in
        let model = try await model(
          server, quickSettings { $0.learningRate = learningRate },
          journal: try AnswerJournal(in: folder))
        try await body(toy, model, try #require(model.trainer), folder)
      }
    }
  }

  @Test("Rows go up, a job is ordered and followed, and what comes of it can be asked")
  func whole() async throws {
    try await withTrainer { toy, model, trainer, folder in
      #expect(model.capabilities.adapters && trainer.keepsSnapshots && trainer.leastRows == 10)
      let events = try await Self.events(trainer, job(folder, snapshots: [2, 6]))
      let name = "ft:toy:test:treatment-HELLO-s1:ftjob-1"
      var states: [TrainingState] = []
      var steps: [Int] = []
      for event in events {
        switch event {
        case .state(let state): states.append(state)
        case .progress(let progress):
          steps.append(progress.step)
          #expect(progress.totalSteps == 6 && progress.loss == 4 / Double(progress.step))
        case .snapshot, .finished: break
        }
      }
      #expect(states == [.queued, .running, .succeeded])
      #expect(steps == Array(1...6))
      #expect(events.contains(.snapshot(step: 2, .served("\(name):step-2"))))
      guard case .finished(let result)? = events.last else { throw Missing(text: "a result") }
      #expect(result.adapter == .served(name))
      // The adapter is another model, which is seen.
      #expect((result.largestLogitChange ?? 0) > 0.1)
      let request = SampleRequest(
        chat: [ChatMessage(.user, "Hm?")], temperature: 1, maximumTokens: 9, seed: 1)
      let own = try await model.open(result.adapter).sample([request])
      let base = try await model.open(nil).sample([request])
      #expect(own != base)
      // What went up are the rows.
      let data = try #require(toy.jobs.uploads["file-1"])
      let (rows, problems) = RowFile.scan(data, file: "rows", problemLimit: 5)
      #expect(problems.isEmpty && rows.map(\.row) == Self.rows)
      let order = try #require(try JSON(parsing: toy.jobs.ordered[0].body).object)
      let recipe = order["method"]?.object?["supervised"]?.object?["hyperparameters"]?
        .object?["nosce"]?.object
      #expect(recipe?["learning_rate"]?.number == 1e-3 && recipe?["rank"]?.integer == 8)
      #expect(order["seed"]?.integer == 5)
    }
  }

  @Test("The same is ordered once, whoever asks, and another thing anew")
  func once() async throws {
    try await withTrainer { toy, model, trainer, folder in
      let first = try await Self.events(trainer, job(folder))
      let again = try await Self.events(trainer, job(folder))
      #expect(first.last == again.last)
      #expect(toy.jobs.ordered.count == 1)
      _ = try await Self.events(trainer, job(folder, seed: 6))
      #expect(toy.jobs.ordered.count == 2 && toy.jobs.uploads.count == 1)
      _ = try await Self.events(trainer, job(folder) { $0.rank = 4 })
      #expect(toy.jobs.ordered.count == 3)
    }
  }

  @Test("An order of which no answer came is looked for, and not given again")
  func lostAnswer() async throws {
    try await withTrainer { toy, model, trainer, folder in
      toy.jobs.silenceOrders(1)
      let events = try await Self.events(trainer, job(folder))
      #expect(toy.jobs.ordered.count == 1)
      guard case .finished? = events.last else { throw Missing(text: "a result") }
      // Another seed has the same file, and its lost order is not the job that stands there already.
      toy.jobs.silenceOrders(1)
      let other = try await Self.events(trainer, job(folder, seed: 6))
      #expect(toy.jobs.ordered.count == 2)
      #expect(other.last != events.last)
    }
  }

  @Test("A job that fails says why, and is ordered again the next time")
  func failure() async throws {
    var dialect = Self.tuning
    dialect.failingJobs = 1
    try await withTrainer(dialect) { toy, model, trainer, folder in
      let message = await words { _ = try await Self.events(trainer, job(folder)) }
      #expect(message.contains("moderation says no"), "\(message)")
      _ = try await Self.events(trainer, job(folder))
      #expect(toy.jobs.ordered.count == 2)
    }
  }

  @Test("A job whose reader is gone is given up")
  func givenUp() async throws {
    try await withTrainer { toy, model, trainer, folder in
      let task = Task { try await Self.events(trainer, job(folder)) }
      while (toy.jobs.ordered.first?.looks ?? 0) == 0 {
        try await Task.sleep(for: .milliseconds(5))
      }
      task.cancel()
      _ = await task.result
      // Whoever ends waits until the service has heard of it.
      await model.settle()
      #expect(toy.jobs.ordered[0].isCancelled)
    }
  }

  @Test("Files that a service has thrown away go up again")
  func lostFile() async throws {
    try await withTrainer { toy, model, trainer, folder in
      _ = try await Self.events(trainer, job(folder))
      toy.jobs.forgetFiles()
      _ = try await Self.events(trainer, job(folder, seed: 9))
      #expect(toy.jobs.ordered.count == 2 && toy.jobs.uploads.count == 1)
    }
  }

  @Test(
    "A service that knows three numbers is told what they can say, and nothing else is left to it")
  func numbers() async throws {
    try await withTrainer(Dialect(jobs: true), learningRate: 1e-4) { toy, model, trainer, folder in
      #expect(!trainer.keepsSnapshots)
      _ = try await Self.events(trainer, job(folder))
      let order = try #require(try JSON(parsing: toy.jobs.ordered[0].body).object)
      let numbers = order["method"]?.object?["supervised"]?.object?["hyperparameters"]?.object
      #expect(numbers?["n_epochs"]?.integer == 2 && numbers?["batch_size"]?.integer == 4)
      #expect(abs((numbers?["learning_rate_multiplier"]?.number ?? 0) - 10) < 1e-9)
      let part = await words { _ = try await trainer.submit(job(folder) { $0.steps = 5 }) }
      #expect(part.contains("whole times"), "\(part)")
      let copies = await words { _ = try await trainer.submit(job(folder, snapshots: [2])) }
      #expect(copies.contains("copies"), "\(copies)")
    }
    try await withTrainer(Dialect(jobs: true)) { toy, model, trainer, folder in
      let rate = await words { _ = try await trainer.submit(job(folder)) }
      #expect(rate.contains("multiplier"), "\(rate)")
    }
  }

  @Test("Rows that no service takes are refused before anything goes up")
  func rows() async throws {
    try await withTrainer(Dialect(jobs: true), learningRate: 1) { toy, model, trainer, folder in
      let cases: [([TrainingRow], String)] = [
        (Array(Self.rows.prefix(9)), "10 or more"),
        (Self.rows + [.document("Text.")], "row 13"),
        (Self.rows + [.tokens([1], isTrained: [true])], "token ids"),
        (Self.rows + [.chat([ChatMessage(.user, "Hm?")])], "without an answer"),
        (Self.rows + [.chat([ChatMessage(.user, ""), ChatMessage(.assistant, "x")])], "empty"),
      ]
      for (rows, reason) in cases {
        let message = await words { _ = try await trainer.submit(job(folder, rows: rows)) }
        #expect(message.contains(reason), "\(message)")
      }
      #expect(toy.jobs.uploads.isEmpty)
    }
  }
}
#endif
