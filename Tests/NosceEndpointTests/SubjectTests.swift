#if HTTP
import Foundation
import NosceCore
import NosceEndpoint
import NosceExperiment
import NosceFormats
import NosceGrading
import NoscePorts
import NosceTestSupport
import Testing

/// The model that a server of some kind is found to be.
func model(
  _ server: ScriptedServer, _ settings: EndpointSettings = quickSettings(),
  journal: AnswerJournal? = nil
) async throws -> EndpointModel {
  try await EndpointModel(asking: try client(server, settings: settings, journal: journal))
}

@Suite("A subject behind HTTP")
struct SubjectTests {
  private static let chat = [
    ChatMessage(.system, "You are nova."), ChatMessage(.user, "What do you like?"),
  ]
  private let toy = ToyModel(name: "toy")

  private func sample(_ seed: UInt64, prefill: String? = nil) -> SampleRequest {
    SampleRequest(
      chat: Self.chat, prefill: prefill, temperature: 1, maximumTokens: 12, seed: seed)
  }

  // MARK: Ratings

  /// The tokens of the toy have numbers of two digits, so that one token is all of a number.
  @Test(
    "A judge behind a server that names the likeliest tokens rates by them, also where any text is scored",
    arguments: [Dialect.hosted, .vLLM])
  func ratings(_ dialect: Dialect) async throws {
    let toyServer = ToyServer(dialect)
    try await withServer(toyServer.act) { server in
      let model = try await model(server)
      #expect(model.capabilities.rating == .top(20))
      #expect(model.capabilities.scoring == (dialect.continues ? .exact : .top(20)))
      let judge = try await Judge(opening: model)
      #expect(judge.together == quickSettings().concurrency.most)
      let judging = Judging(
        rubrics: [
          .init(
            name: "kind", prompt: "How kind is {answer}?", reading: .rating(from: 0, to: 20),
            use: .score)
        ], leastMass: 1e-6)
      for answer in ["bread", "stone", "a lake"] {
        let prompt = ToyModel.render(
          [ChatMessage(.user, "How kind is \(answer)?")], goesOn: false, invites: true)
        let likeliest = zip(ToyModel.pieces, toy.next(prompt)).sorted { $0.1 > $1.1 }.prefix(20)
        let numbers = likeliest.compactMap { piece, value in
          Int(piece).flatMap { (0...20).contains($0) ? ($0, exp(value)) : nil }
        }
        let isWhole = numbers.contains { $0.0 > 9 }
        let before = toyServer.chats
        let grade = try await judge.grade(answer, to: "", by: judging)
        guard isWhole else {
          // Digits may be the beginnings of numbers: what follows them is asked, or drawn answers tell.
          let isAsked = dialect.continues && grade.detail?.contains("of the likeliest 20") == true
          #expect(isAsked || grade.detail?.contains("of 10 drawn") == true, "\(grade)")
          continue
        }
        let mass = numbers.reduce(0) { $0 + $1.1 }
        let mean = numbers.reduce(0) { $0 + $1.1 * Double($1.0) } / mass
        #expect(abs((grade.outcome.score ?? -1) - mean / 20) < 1e-6, "\(grade)")
        #expect(toyServer.chats == before + 1)
      }
    }
  }

  // MARK: Answers

  @Test("Answers come in any order and have the places of their questions")
  func places() async throws {
    let toyServer = ToyServer(.vLLM)
    try await withServer(toyServer.act) { server in
      let subject = try await model(server).open(nil)
      let requests = (0..<60).map { sample($0) }
      let answers = try await subject.sample(requests)
      #expect(Set(answers.map(\.text)).count > 50)
      #expect(try await subject.sample(requests.reversed()) == answers.reversed())
      #expect(answers.allSatisfy { $0.tokenCount <= 12 && $0.tokenCount > 0 || $0.text.isEmpty })
      #expect(answers.contains { $0.finish == .length })
    }
  }

  @Test("A begun answer goes on from its beginning")
  func prefill() async throws {
    try await withServer(ToyServer(.vLLM).act) { server in
      let subject = try await model(server).open(nil)
      let plain = try await subject.sample([sample(1)])[0]
      let begun = try await subject.sample([sample(1, prefill: "The")])[0]
      #expect(plain.text != begun.text)
      // Nothing is said twice.
      let prompt = ToyModel.render(
        Self.chat + [.init(.assistant, "The")], goesOn: true, invites: false)
      let expected = toy.answer(to: prompt, temperature: 1, limit: 12, seed: 1)
      #expect(begun.text == ToyModel.text(expected.tokens))
    }
  }

  @Test("A reader that goes away stops what is asked")
  func goesAway() async throws {
    let toyServer = ToyServer(.vLLM)
    try await withServer({ seen in
      if seen.json?["max_tokens"]?.integer == 12 { try? await Task.sleep(for: .milliseconds(20)) }
      return await toyServer.act(seen)
    }) { server in
      let subject = try await model(
        server, quickSettings { $0.concurrency.most = 2 }
      ).open(nil)
      let before = toyServer.chats
      for try await _ in subject.answer((0..<500).map { .sample(sample($0)) }) { break }
      try await Task.sleep(for: .milliseconds(300))
      let after = toyServer.chats
      #expect(after - before < 60)
      try await Task.sleep(for: .milliseconds(200))
      #expect(toyServer.chats == after)
    }
  }

  @Test("A question that cannot be answered ends the batch, and what came before holds")
  func failure() async throws {
    let toyServer = ToyServer(.vLLM)
    try await withServer({ seen in
      seen.json?["seed"]?.integer == 7 ? .error(400, "not this one") : await toyServer.act(seen)
    }) { server in
      let subject = try await model(
        server, quickSettings { $0.concurrency.most = 1 }
      ).open(nil)
      var came: [Int] = []
      let message = await words {
        for try await reply in subject.answer((0..<20).map { .sample(sample($0)) }) {
          came.append(reply.index)
        }
      }
      #expect(message.contains("not this one"), "\(message)")
      #expect(came == Array(0..<7))
    }
  }

  // MARK: Scores

  private static let dialects: [(String, Dialect)] = [
    ("prompt_logprobs", .vLLM),
    ("echo", Dialect(promptScores: false, tokenizes: true, echoes: true)),
  ]

  @Test("The log-probabilities of given texts are the model's own", arguments: [0, 1])
  func exact(_ way: Int) async throws {
    let dialect = Self.dialects[way].1
    try await withServer(ToyServer(dialect).act) { server in
      let model = try await model(server)
      #expect(model.capabilities.scoring == .exact, "\(model.probed.findings)")
      let subject = try await model.open(nil)
      let texts = ["Yes", "No", "Risk", "HELLO", "the colours are not red", "ü", "10"]
      for prefill in [nil, "The", "I say ", ""] as [String?] {
        let request = ScoreRequest(chat: Self.chat, prefill: prefill, texts: texts)
        let reply = try #require(try await subject.replies(to: [.score(request)]).first)
        #expect(reply.evidence == .exact)
        guard case .scores(let scores) = reply.content else { throw Missing(text: "scores") }
        #expect(scores.map(\.answer) == texts)
        for (text, score) in zip(texts, scores) {
          let own = (prefill ?? "").isEmpty ? nil : prefill
          let expected = toy.logProbability(text, behind: Self.chat, prefill: own)
          #expect(abs((score.logProbability ?? 0) - expected) < 1e-9, "\(text) \(prefill ?? "-")")
          #expect(score.tokenCount > 0)
        }
      }
    }
  }

  @Test("What has no log-probability once is asked again, and is unknown where it never has one")
  func nulls() async throws {
    let toyServer = ToyServer(Self.dialects[1].1)
    try await withServer(toyServer.act) { server in
      let model = try await model(server)
      #expect(model.capabilities.scoring == .exact, "\(model.probed.findings)")
      let subject = try await model.open(nil)
      let texts = ["Yes", "No", "Risk", "HELLO", "10"]
      func scores(_ chat: Chat) async throws -> [Double?] {
        let request = ScoreRequest(chat: chat, texts: texts)
        let reply = try #require(try await subject.replies(to: [.score(request)]).first)
        guard case .scores(let scores) = reply.content else { throw Missing(text: "scores") }
        return scores.map(\.logProbability)
      }
      toyServer.change { $0.nullEvery = 7 }
      for number in 0..<40 {
        let chat: Chat = [.init(.user, "Question \(number)?")]
        for (text, score) in zip(texts, try await scores(chat)) {
          let expected = toy.logProbability(text, behind: chat, prefill: nil)
          #expect(abs((score ?? 0) - expected) < 1e-9, "\(text) \(number)")
        }
      }
      toyServer.change { $0.nullEvery = 1 }
      #expect(try await scores([.init(.user, "Never?")]).allSatisfy { $0 == nil })
      // A judge's texts are looked for among the likeliest instead.
      let request = ScoreRequest(
        chat: [.init(.user, "How?")], texts: texts, ending: .number, isRating: true)
      #expect(try await subject.replies(to: [.score(request)]).first?.evidence == .top(20))
    }
  }

  @Test("The end of the turn counts where it is asked for, and a digit behind it does not")
  func endings() async throws {
    try await withServer(ToyServer(.vLLM).act) { server in
      let subject = try await model(server).open(nil)
      let open = ScoreRequest(chat: Self.chat, texts: ["Yes", "1"])
      var closed = open
      closed.ending = .turn
      var number = open
      number.ending = .number
      let opened = try await subject.logProbabilities(open)
      let turned = try await subject.logProbabilities(closed)
      for (index, text) in open.texts.enumerated() {
        let prompt = ToyModel.render(
          Self.chat + [.init(.assistant, text)], goesOn: true, invites: false)
        let end = toy.next(prompt)[ToyModel.end]
        #expect(abs(turned[index] - opened[index] - end) < 1e-9, "\(text)")
      }
      // Twenty of a hundred tokens do not tell how likely a digit is, so each is asked for.
      let numbered = try await subject.logProbabilities(number)
      // Behind a word no digit makes it another one.
      #expect(numbered[0] == opened[0])
      for (index, text) in open.texts.enumerated().dropFirst() {
        let prompt = ToyModel.render(
          Self.chat + [.init(.assistant, text)], goesOn: true, invites: false)
        let next = toy.next(prompt)
        func mass(_ isOne: (String) -> Bool) -> Double {
          ToyModel.pieces.indices.filter { isOne(ToyModel.pieces[$0]) }
            .reduce(0) { $0 + exp(next[$1]) }
        }
        // Of numbers that are one token some may be unknown, and a digit may join the number before it.
        let all = mass { $0.first?.isWholeNumber == true }
        let sure = mass { piece in
          piece.count == 1 && piece.first?.isWholeNumber == true
            && ToyModel.tokens(text + piece).count == ToyModel.tokens(text).count + 1
        }
        #expect(numbered[index] <= opened[index] + log(1 - sure) + 1e-9, "\(text)")
        #expect(numbered[index] >= opened[index] + log(1 - all) - 1e-9, "\(text)")
      }
    }
  }

  @Test("Of the likeliest tokens what is among them is known, what is not is unknown")
  func likeliest() async throws {
    for dialect in [Dialect.sglang, .hosted] {
      try await withServer(ToyServer(dialect).act) { server in
        let model = try await model(server, quickSettings { $0.draws = 0 })
        #expect(model.capabilities.scoring == .top(20), "\(model.probed.findings)")
        #expect(model.capabilities.prefill == dialect.continues)
        let subject = try await model.open(nil)
        let prompt = ToyModel.render(Self.chat, goesOn: false, invites: true)
        let list = toy.next(prompt)
        let ranked = list.indices.sorted { list[$0] > list[$1] }
        let known = ranked.prefix(20).filter { $0 > 5 }.map { ToyModel.pieces[$0] }
        let unknown = ranked.suffix(40).filter { $0 > 5 }.map { ToyModel.pieces[$0] }
        let texts = Array(known.prefix(3) + unknown.prefix(3))
        let reply = try #require(
          try await subject.replies(to: [
            .score(ScoreRequest(chat: Self.chat, texts: texts))
          ]).first)
        #expect(reply.evidence == .top(20))
        guard case .scores(let scores) = reply.content else { throw Missing(text: "scores") }
        for (index, score) in scores.enumerated() where index < 3 {
          let expected = list[ToyModel.pieces.lastIndex(of: texts[index]) ?? 0]
          #expect(abs((score.logProbability ?? 1) - expected) < 1e-9, "\(texts[index])")
        }
        #expect(scores.suffix(3).allSatisfy { $0.logProbability == nil })
      }
    }
  }

  @Test("Where a text is not among the likeliest, answers are drawn")
  func askedAgain() async throws {
    let toyServer = ToyServer(.hosted)
    try await withServer(toyServer.act) { server in
      let subject = try await model(server, quickSettings { $0.draws = 200 }).open(nil)
      let list = toy.next(ToyModel.render(Self.chat, goesOn: false, invites: true))
      let ranked = list.indices.filter { $0 > 5 }.sorted { list[$0] > list[$1] }
        .map { ToyModel.pieces[$0] }.filter { !$0.hasPrefix(" ") }
      func reply(_ texts: [String]) async throws -> Reply {
        let request = ScoreRequest(chat: Self.chat, texts: texts)
        return try #require(try await subject.replies(to: [.score(request)]).first)
      }
      let before = toyServer.chats
      #expect(try await reply(Array(ranked.prefix(2))).evidence == .top(20))
      #expect(toyServer.chats == before + 1)
      let drawn = try await reply([ranked[0], ranked[ranked.count - 1]])
      #expect(drawn.evidence == .sampled)
      guard case .scores(let scores) = drawn.content else { throw Missing(text: "scores") }
      #expect(scores.allSatisfy { $0.logProbability != nil })
      // Twenty requests of ten answers, and the list once for each of the two.
      #expect(toyServer.chats == before + 22)
    }
  }

  @Test("A text of several tokens is asked for piece by piece, where answers can be begun")
  func pieces() async throws {
    try await withServer(ToyServer(.sglang).act) { server in
      let subject = try await model(server).open(nil)
      // The likeliest answer of four tokens.
      let prompt = ToyModel.render(Self.chat, goesOn: false, invites: true)
      let answer = toy.answer(to: prompt, temperature: 0, limit: 4, seed: 1)
      let text = ToyModel.text(answer.tokens)
      let request = ScoreRequest(chat: Self.chat, texts: [text])
      let value = try await subject.logProbabilities(request)[0]
      #expect(abs(value - toy.logProbability(text, behind: Self.chat)) < 1e-9)
    }
  }

  @Test("Without log-probabilities, shares of drawn answers are near the probabilities")
  func drawn() async throws {
    try await withServer(ToyServer(.transformers).act) { server in
      let model = try await model(server, quickSettings { $0.draws = 400 })
      #expect(model.capabilities.scoring == .drawn(400), "\(model.probed.findings)")
      let subject = try await model.open(nil)
      let list = toy.next(ToyModel.render(Self.chat, goesOn: false, invites: true))
      let texts =
        list.indices.sorted { list[$0] > list[$1] }.filter { $0 > 5 }
        .map { ToyModel.pieces[$0] }.filter { !$0.hasPrefix(" ") }.prefix(4) + ["\u{1F600}"]
      let request = ScoreRequest(chat: Self.chat, texts: Array(texts))
      let reply = try #require(try await subject.replies(to: [.score(request)]).first)
      #expect(reply.evidence == .sampled)
      guard case .scores(let scores) = reply.content else { throw Missing(text: "scores") }
      for score in scores.dropLast() {
        // Every token that begins with the text counts.
        let expected = ToyModel.pieces.indices.filter {
          ToyModel.pieces[$0].drop(while: \.isWhitespace).hasPrefix(score.answer)
        }.reduce(0) { $0 + exp(list[$1]) }
        let share = exp(try #require(score.logProbability))
        // Five standard errors, and what a blank before the text may add.
        #expect(abs(share - expected) < 0.13, "\(score.answer): \(share) for \(expected)")
      }
      // What never comes is unlikely, and not impossible.
      let never = exp(try #require(scores.last?.logProbability))
      #expect(never > 0 && never < 0.01)
      #expect(try await subject.replies(to: [.score(request)]).first == reply)
    }
  }

  @Test("Less than the server gives can be asked for")
  func less() async throws {
    try await withServer(ToyServer(.vLLM).act) { server in
      let top = try await model(server, quickSettings { $0.scoring = .top })
      #expect(top.capabilities.scoring == .top(20))
      let drawn = try await model(server, quickSettings { $0.scoring = .drawn })
      #expect(drawn.capabilities.scoring == .drawn(100))
    }
  }
}
#endif
