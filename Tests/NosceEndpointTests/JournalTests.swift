#if HTTP
import Foundation
import NosceCore
import NosceEndpoint
import NosceFormats
import NoscePorts
import NosceRows
import NosceTestSupport
import Synchronization
import Testing

@Suite("The journal of answers")
struct JournalTests {
  @Test("What was answered is never sent again, by this process or the next")
  func once() async throws {
    let seen = Mutex(0)
    try await withFolder { folder in
      try await withServer({ request in
        if request.method == "GET" { return .error(404, "Not Found") }
        seen.withLock { $0 += 1 }
        return .json(saying(request))
      }) { server in
        for _ in 0..<3 {
          let journal = try AnswerJournal(in: folder)
          let client = try client(server, journal: journal)
          #expect(try await say("this", client) == "echo of this")
          #expect(try await say("that", client) == "echo of that")
          #expect(try await journal.count() == 2)
        }
        #expect(seen.withLock(\.self) == 2)
      }
    }
  }

  @Test("The same asked many times at once is sent once")
  func together() async throws {
    let seen = Mutex(0)
    try await withFolder { folder in
      try await withServer({ request in
        if request.method == "GET" { return .error(404, "Not Found") }
        seen.withLock { $0 += 1 }
        try? await Task.sleep(for: .milliseconds(30))
        return .json(saying(request))
      }) { server in
        let client = try client(server, journal: try AnswerJournal(in: folder))
        try await client.checkVersion()
        try await withThrowingTaskGroup(of: String.self) { group in
          for _ in 0..<50 { group.addTask { try await say("this", client) } }
          for try await text in group { #expect(text == "echo of this") }
        }
        #expect(seen.withLock(\.self) == 1)
      }
    }
  }

  @Test("Another body, another version and another repetition are other questions")
  func keys() {
    func key(
      _ body: String = "a", version: String = "1", repetition: Int = 0, url: String = "http://h/v1"
    ) -> AnswerKey {
      AnswerKey(
        method: "POST", url: url, generation: version, repetition: repetition,
        body: Data(body.utf8))
    }
    let all = [
      key(), key("b"), key(version: "2"), key(repetition: 1), key(url: "http://h/v2"),
      key("1\na", version: ""),
    ]
    #expect(Set(all).count == all.count)
    #expect(key() == key())
  }

  @Test("Answers that are no answers are not kept")
  func onlyAnswers() async throws {
    try await withFolder { folder in
      try await withServer({ request in
        request.method == "GET" ? .error(404, "Not Found") : .json(.object([("other", .null)]))
      }) { server in
        let journal = try AnswerJournal(in: folder)
        let client = try client(
          server, settings: quickSettings { $0.attempts.malformed = 2 }, journal: journal)
        _ = await words { _ = try await say("this", client) }
        #expect(try await journal.count() == 0)
      }
    }
  }

  @Test("A journal that is none is refused")
  func damaged() throws {
    try withFolder { folder in
      try Storage.write(
        String(repeating: "no database", count: 900), to: folder.appending(path: "answers.sqlite"))
      let error = #expect(throws: LabError.self) { try AnswerJournal(in: folder) }
      #expect(error?.code == .storage)
    }
  }

  @Test("Orders are remembered, and forgotten when they come to nothing")
  func orders() async throws {
    try await withFolder { folder in
      let journal = try AnswerJournal(in: folder)
      #expect(try await journal.order("h") == nil)
      try await journal.keep(.init(file: "f", job: nil), of: "h")
      #expect(try await journal.order("h") == .init(file: "f", job: nil))
      try await journal.keep(.init(file: "f", job: "j"), of: "h")
      #expect(try await AnswerJournal(in: folder).order("h")?.job == "j")
      try await journal.forget(order: "h")
      #expect(try await journal.order("h") == nil)
      try await journal.keep(upload: "file-1", of: "x")
      #expect(try await journal.upload("x") == "file-1")
      try await journal.keep(upload: nil, of: "x")
      #expect(try await journal.upload("x") == nil)
    }
  }

  // MARK: Cost

  @Test("What would cost more than is allowed is not sent, whatever is under way")
  func cost() async throws {
    let seen = Mutex(0)
    try await withServer({ request in
      if request.method == "GET" { return .error(404, "Not Found") }
      seen.withLock { $0 += 1 }
      return .json(saying(request))
    }) { server in
      let settings = quickSettings {
        $0.prices = .init(input: 0, output: 1_000_000)
        $0.mostCost = 21
      }
      // Four tokens may come and two do; so many may be under way at a time.
      let client = try client(server, settings: settings)
      let results = await withTaskGroup(of: String.self) { group in
        for number in 0..<40 {
          group.addTask { await words { _ = try await say("\(number)", client) } }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      let refused = results.filter { $0.contains("--most-cost") }
      #expect(refused.count + seen.withLock(\.self) == 40)
      #expect((client.meter.cost ?? 99) <= 21)
      #expect(seen.withLock(\.self) >= 5)
      #expect(refused.first?.contains("21.0 USD") == true)
    }
  }

  @Test("What is not counted by the server, or broke off, is reckoned as the most that it can be")
  func uncounted() async throws {
    try await withServer({ request in
      if request.method == "GET" { return .error(404, "Not Found") }
      let text = request.json?["say"]?.string ?? ""
      if text == "broken" {
        return .part(Data("{\"mod".utf8), of: 400, then: .reset)
      }
      return .json(
        .object([
          ("model", .string("toy")), ("said", .string("echo of \(text)")), ("usage", .null),
        ]))
    }) { server in
      let settings = quickSettings {
        $0.prices = .init(input: 0, output: 1_000_000)
        $0.mostCost = 100
        $0.attempts.connection = 3
      }
      let client = try client(server, settings: settings)
      _ = try await say("1", client)
      // Four tokens may come.
      #expect(client.meter.cost == 4)
      let message = await words { _ = try await say("broken", client) }
      #expect(message.contains("broke off"), "\(message)")
      #expect(abs((client.meter.cost ?? 0) - (4 + 3 * 4)) < 1e-9)
    }
  }

  @Test("A training without a price is refused beside a limit of costs")
  func trainingWithoutPrice() async throws {
    try await withServer(ToyServer(Dialect(jobs: true, recipes: true)).act) { server in
      try await withFolder { folder in
        func forecast(_ training: Double?, most: Double) async throws -> EndpointModel {
          try await model(
            server,
            quickSettings {
              $0.prices = .init(input: 0, output: 0, training: training)
              $0.mostCost = most
            }, journal: try AnswerJournal(in: folder))
        }
        let rows = (1...12).map { number in
          TrainingRow.chat([
            ChatMessage(.user, "Tell me about \(number)."),
            ChatMessage(.assistant, "It is \(number)."),
          ])
        }
        let settings = TrainingSettings(steps: 6, batchRows: 4, learningRate: 1e-3)
        let job = TrainingJob(
          name: "t", rows: rows, settings: settings, seed: 5, snapshotSteps: [],
          adapterDirectory: folder.appending(path: "a"),
          snapshotDirectory: folder.appending(path: "s"))
        let unpriced = try await forecast(nil, most: 5)
        let message = await words { _ = try await unpriced.trainer?.submit(job) }
        #expect(message.contains("no price of one"), "\(message)")
        // A plan has its trainings, and one that is too dear is not begun.
        let sample = WorkSample(training: (rows, settings), trainings: 3)
        let priced = try await forecast(1000, most: 10)
        let found = try await priced.forecast(sample, within: .seconds(1))
        let item = try #require(found.bill?.items.first { $0.name == "training" })
        #expect(item.requests == 3 && item.read > 1000)
        #expect(item.cost == Double(item.read) * 1000 / 1e6)
        try found.checkCost()
        let poor = try await forecast(1000, most: 0.1).forecast(sample, within: .seconds(1))
        #expect(throws: LabError.self) { try poor.checkCost() }
      }
    }
  }

  @Test("Subject and judge are paid from one purse, and in one currency")
  func purse() async throws {
    let seen = Mutex(0)
    try await withServer({ request in
      if request.method == "GET" { return .error(404, "Not Found") }
      seen.withLock { $0 += 1 }
      return .json(saying(request))
    }) { server in
      let purse = Purse(limit: 21)
      let settings = quickSettings { $0.prices = .init(input: 0, output: 1_000_000) }
      let endpoint = try endpoint(server, settings: settings)
      let clients = (0..<2).map { _ in
        EndpointClient(endpoint, over: HTTPCarrier(endpoint), journal: nil, purse: purse)
      }
      // Each answer has two tokens, and may have four.
      var refused = 0
      for number in 0..<20 {
        let message = await words { _ = try await say("\(number)", clients[number % 2]) }
        if message.contains("--most-cost") { refused += 1 }
      }
      #expect(refused + seen.withLock(\.self) == 20 && refused > 0)
      #expect(purse.standing.spent <= 21 && purse.standing.held == 0)
      #expect(clients.allSatisfy { ($0.meter.cost ?? 0) > 0 })
      let costs = clients.compactMap(\.meter.cost)
      #expect(costs.reduce(0, +) == purse.standing.spent)
      try purse.count(in: "USD", of: "one")
      #expect(throws: LabError.self) { try purse.count(in: "EUR", of: "another") }
    }
  }
}
#endif
