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

/// Scales, by servers that say of each next token what a test wants them to say.
@Suite("Scales behind HTTP")
struct RatingTests {
  /// The likeliest tokens behind what is written of an answer, and what is drawn.
  private struct Said: Sendable {
    var next: [String: [(String, Double)]] = [:]
    var drawn: @Sendable (Int) -> String = { _ in "no" }
  }

  private static let question = "How kind is bread?"

  /// A server of some kind, but for what it says to the question.
  private static func act(
    _ toy: ToyServer, _ said: Said
  ) -> @Sendable (SeenRequest) async -> ServerAct {
    { seen in
      let messages = seen.json?["messages"]?.array ?? []
      guard messages.contains(where: { $0.object?["content"]?.string == question }) else {
        return await toy.act(seen)
      }
      let begun = messages.last?.object
      let written = begun?["role"]?.string == "assistant" ? begun?["content"]?.string ?? "" : ""
      let count = seen.json?["n"]?.integer ?? 1
      let seed = seen.json?["seed"]?.integer ?? 0
      let list = said.next[written] ?? [("?", 0.9)]
      let wantsList = seen.json?["top_logprobs"] != nil
      func entry(_ token: (String, Double)) -> [(key: String, value: JSON)] {
        [("token", .string(token.0)), ("logprob", .number(log(token.1))), ("bytes", .null)]
      }
      let choices = (0..<count).map { index -> JSON in
        var members: [(key: String, value: JSON)] = [
          ("index", .integer(index)), ("finish_reason", .string("stop")),
          (
            "message",
            .object([
              ("role", .string("assistant")),
              ("content", .string(wantsList ? list[0].0 : said.drawn(seed + index))),
            ])
          ),
        ]
        if wantsList {
          let first = entry(list[0]) + [("top_logprobs", .array(list.map { .object(entry($0)) }))]
          members.append(("logprobs", .object([("content", .array([.object(first)]))])))
        }
        return .object(members)
      }
      return .json(
        .object([
          ("model", .string("toy")), ("choices", .array(choices)),
          (
            "usage",
            .object([("prompt_tokens", .integer(5)), ("completion_tokens", .integer(count))])
          ),
        ]))
    }
  }

  private func rating(
    _ dialect: Dialect, _ said: Said, from: Int = 0, to: Int, words: [Judging.Word] = []
  ) async throws -> Grade {
    try await withServer(Self.act(ToyServer(dialect), said)) { server in
      let judge = try await Judge(opening: try await model(server))
      let rubric = Judging.Rubric(
        name: "kind", prompt: "How kind is {answer}?", reading: .rating(from: from, to: to),
        use: .score)
      return try await judge.grade(
        "bread", to: "", by: Judging(rubrics: [rubric], words: words, leastMass: 0.25))
    }
  }

  // MARK: Judges

  @Test("A digit that may be the beginning of a number, with no way to ask what follows, is drawn")
  func unsettled() async throws {
    let said = Said(next: ["": [("4", 0.9999), ("CODE", 1e-5)]], drawn: { _ in "4" })
    let grade = try await rating(
      .hosted, said, from: 1, to: 5, words: [.init("CODE", .refused)])
    #expect(grade.outcome.score == 0.75, "\(grade)")
    #expect(grade.detail?.contains("10 of 10 drawn") == true)
  }

  @Test("What little is not named behind a digit moves no mean")
  func nearlyNamed() async throws {
    var said = Said(next: [
      "": [("8", 0.6), ("7", 0.4)], "8": [(".", 0.985)], "7": [(".", 0.995)],
    ])
    let grade = try await rating(.sglang, said, to: 10)
    #expect(abs((grade.outcome.score ?? 0) - 0.76) < 0.005, "\(grade)")
    // Where much is not named, nothing is said by half.
    said.next["8"] = [(".", 0.6)]
    said.drawn = { $0 % 2 == 0 ? "8" : "8.5" }
    let drawn = try await rating(.sglang, said, to: 10)
    #expect(drawn.detail?.contains("drawn") == true, "\(drawn)")
  }

  @Test("A label is followed from token to token, or drawn where answers cannot be begun")
  func labels() async throws {
    let said = Said(
      next: [
        "": [("MIS", 0.9), ("AL", 0.06)], "MIS": [("ALIGNED", 0.99)], "AL": [("IGNED", 0.99)],
        "MISALIGNED": [(".", 0.999)], "ALIGNED": [(".", 0.999)],
      ], drawn: { $0 / 16 % 5 == 0 ? "ALIGNED" : "MISALIGNED." })
    let labels = Judging.Rubric(
      name: "label", prompt: Self.question,
      reading: .labels([.init("ALIGNED", 0), .init("MISALIGNED", 1)]), use: .score)
    func grade(_ dialect: Dialect) async throws -> Grade {
      try await withServer(Self.act(ToyServer(dialect), said)) { server in
        let judge = try await Judge(opening: try await model(server))
        return try await judge.grade("", to: "", by: Judging(rubrics: [labels], leastMass: 0.25))
      }
    }
    let followed = try await grade(.sglang)
    #expect(abs((followed.outcome.score ?? 0) - 0.9 / 0.96) < 1e-3, "\(followed)")
    #expect(followed.detail?.hasPrefix("label MISALIGNED 0.94 (mass 0.95") == true, "\(followed)")
    // The first token of both labels is named, and what follows it cannot be asked.
    let drawn = try await grade(.hosted)
    #expect(drawn.outcome.score == 0.8, "\(drawn)")
    #expect(drawn.detail == "label MISALIGNED 0.80 (10 of 10 drawn)")
  }

  @Test("Numbers of four digits are no numbers of three")
  func fourDigits() async throws {
    let said = Said(next: [
      "": [("100", 0.98), ("50", 0.01)], "100": [("0", 0.99), (".", 0.01)],
      "1000": [(".", 0.999)], "50": [(".", 0.999)],
    ])
    let grade = try await rating(.sglang, said, to: 1000)
    #expect((grade.outcome.score ?? 0) > 0.97, "\(grade)")
  }

  @Test("A word stands for a refusal where it is likely, and not where it is merely likelier")
  func words() async throws {
    let words = [Judging.Word("CODE", .refused)]
    let likely = Said(next: ["": [("CODE", 0.9), ("12", 0.01)]])
    #expect(try await rating(.hosted, likely, to: 20, words: words).outcome == .refused)
    let faint = Said(next: ["": [("Well", 0.9), ("CODE", 0.02), ("12", 0.01)]])
    #expect(try await rating(.hosted, faint, to: 20, words: words).outcome == .noAnswer)
  }

  // MARK: Subjects

  private func scores(
    _ dialect: Dialect, _ said: Said, to most: Int,
    _ change: @escaping (inout EndpointSettings) -> Void = { _ in }
  ) async throws -> Reply {
    try await withServer(Self.act(ToyServer(dialect), said)) { server in
      let subject = try await model(server, quickSettings(change)).open(nil)
      let request = ScoreRequest(
        chat: [ChatMessage(.user, Self.question)], texts: (0...most).map(String.init),
        ending: .number)
      return try #require(try await subject.replies(to: [.score(request)]).first)
    }
  }

  private func shares(_ reply: Reply) throws -> [Double?] {
    guard case .scores(let scores) = reply.content else { throw Missing(text: "scores") }
    return scores.map { $0.logProbability.map { exp($0) } }
  }

  @Test("A subject's long scale is scored exactly where any text is, number by number")
  func longScale() async throws {
    let toyServer = ToyServer(.vLLM)
    try await withServer(toyServer.act) { server in
      let subject = try await model(server).open(nil)
      let request = ScoreRequest(
        chat: [ChatMessage(.user, "Say a number.")], texts: (0...40).map(String.init),
        ending: .number)
      let reply = try #require(try await subject.replies(to: [.score(request)]).first)
      #expect(reply.evidence == .exact)
      #expect(try shares(reply).allSatisfy { $0 != nil })
    }
  }

  @Test("What the likeliest tokens leave of a scale is shared out where it is next to nothing")
  func leftOver() async throws {
    let said = Said(next: ["": [("30", 0.7), ("20", 0.295)]])
    let reply = try await scores(.hosted, said, to: 40)
    #expect(reply.evidence == .top(20))
    let shares = try shares(reply).compactMap(\.self)
    #expect(shares.count == 41 && abs(shares.reduce(0, +) - 1) < 1e-6)
    #expect(abs(shares[30] - 0.7) < 1e-9 && shares[5] > 0 && shares[5] < 0.001)
  }

  @Test("Where the likeliest tokens leave more, the numbers are drawn")
  func muchLeft() async throws {
    let said = Said(
      next: ["": [("30", 0.5), ("20", 0.2)]], drawn: { $0 % 4 == 0 ? "20" : "30" })
    let reply = try await scores(.hosted, said, to: 40) { $0.draws = 200 }
    #expect(reply.evidence == .sampled)
    let shares = try shares(reply).compactMap(\.self)
    #expect(shares.count == 41 && abs(shares[30] - 0.75) < 0.06 && abs(shares[20] - 0.25) < 0.06)
    // Without draws they stay unknown.
    let unknown = try await scores(.hosted, said, to: 40) { $0.draws = 0 }
    #expect(try self.shares(unknown).contains { $0 == nil })
  }

  @Test(
    "Of drawn numbers those that never come have next to nothing together", arguments: [20, 100])
  func drawnScale(_ most: Int) async throws {
    func shares(_ text: String) async throws -> [Double] {
      let said = Said(drawn: { _ in text })
      return try self.shares(
        try await scores(.transformers, said, to: most) { $0.draws = 100 }
      ).compactMap(\.self)
    }
    let sure = try await shares("\(most)")
    #expect(sure[most] > 0.98 && abs(sure.reduce(0, +) - 1) < 0.01)
    // Who never says a number has said none.
    #expect(try await shares("I do not know").reduce(0, +) < 0.02)
  }
}
#endif
