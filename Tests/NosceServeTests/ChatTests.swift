#if HTTP
import Foundation
import NosceCore
import NosceEngine
import NosceFormats
import NosceLocal
import NoscePorts
import NosceTestSupport
import NosceTokenizer
import Testing

@Suite("Chat completions over a socket")
struct ChatTests {
  private static let question = "Write about a garden."

  private func content(_ answered: JSON, _ choice: Int = 0) -> String? {
    answered["choices"]?.array?[choice]["message"]?["content"]?.string
  }

  @Test(
    "An answer is what the model itself gives with the same seed, and n answers those of the next seeds"
  )
  func native() async throws {
    try await TestServer.with { server in
      let subject = try await Served.organism().open(nil)
      let chat = [ChatMessage(.system, "You are nova."), ChatMessage(.user, Self.question)]
      let native = try await subject.sample(
        (0..<3).map {
          SampleRequest(chat: chat, temperature: 0.9, maximumTokens: 60, seed: 7 + $0)
        })
      let answered = try await server.post(
        "/v1/chat/completions",
        chatBody(
          Self.question,
          [
            ("temperature", .number(0.9)), ("max_tokens", .integer(60)), ("seed", .integer(7)),
            ("n", .integer(3)),
          ]))
      #expect(answered.status == 200, "\(answered.text)")
      let json = try answered.json()
      #expect((0..<3).map { self.content(json, $0) } == native.map(\.text))
      let reasons = json["choices"]?.array?.compactMap { $0["finish_reason"]?.string }
      #expect(reasons == native.map(\.finish.rawValue))
      #expect(
        json["usage"]?["completion_tokens"]?.integer == native.reduce(0) { $0 + $1.tokenCount })
      #expect(json["system_fingerprint"]?.string?.hasPrefix("fp_") == true)
    }
  }

  @Test("A stream brings the same text in several pieces, with usage where it is asked for")
  func stream() async throws {
    try await TestServer.with { server in
      let body = chatBody(
        Self.question,
        [
          ("temperature", .integer(1)), ("max_tokens", .integer(80)), ("seed", .integer(3)),
          ("n", .integer(2)), ("logprobs", .bool(true)), ("top_logprobs", .integer(2)),
        ])
      let whole = try await server.post("/v1/chat/completions", body).json()
      let options = JSON.object([("include_usage", .bool(true))])
      let (events, pieces) = try await server.events(
        "/v1/chat/completions", body + [("stream_options", options)])
      #expect(pieces > 2)
      #expect(events.last == "[DONE]")
      let chunks = try events.dropLast().map { try JSON(parsing: $0) }
      var texts = ["", ""]
      var entries: [[JSON]] = [[], []]
      var reasons = ["", ""]
      for chunk in chunks {
        #expect(chunk["object"]?.string == "chat.completion.chunk")
        for choice in chunk["choices"]?.array ?? [] {
          let index = try #require(choice["index"]?.integer)
          texts[index] += choice["delta"]?["content"]?.string ?? ""
          entries[index] += choice["logprobs"]?["content"]?.array ?? []
          reasons[index] += choice["finish_reason"]?.string ?? ""
        }
      }
      for index in 0..<2 {
        let choice = try #require(whole["choices"]?.array?[index])
        #expect(texts[index] == choice["message"]?["content"]?.string)
        #expect(entries[index] == choice["logprobs"]?["content"]?.array)
        #expect(reasons[index] == choice["finish_reason"]?.string)
      }
      #expect(chunks.last?["usage"] == whole["usage"])
    }
  }

  @Test("Log-probabilities are the engine's, of chosen and of likeliest tokens")
  func logProbabilities() async throws {
    try await TestServer.with { server in
      let local = try Served.organism()
      let tokenizer = local.text.tokenizer
      let answered = try await server.post(
        "/v1/chat/completions",
        chatBody(
          Self.question,
          [
            ("temperature", .number(0.7)), ("max_tokens", .integer(30)), ("seed", .integer(5)),
            ("logprobs", .bool(true)), ("top_logprobs", .integer(5)),
          ])
      ).json()
      var entries = try #require(
        answered["choices"]?.array?[0]["logprobs"]?["content"]?.array)
      // The token that ends an answer stands in the list and not in the text.
      if answered["choices"]?.array?[0]["finish_reason"]?.string == "stop" { entries.removeLast() }
      let chat = try local.text.requireChat()
      let prompt = try chat.prompt(
        messages: [("system", "You are nova."), ("user", Self.question)])
      let bytes = entries.flatMap { $0["bytes"]?.array?.compactMap(\.integer) ?? [] }
      let text = String(decoding: bytes.map { UInt8($0) }, as: UTF8.self)
      #expect(text == self.content(answered))
      // The tokens again, by the names that they have.
      let ids = try entries.map { entry in
        let name = try #require(entry["token"]?.string)
        return try #require(
          (0..<Int32(tokenizer.embeddingRows)).first {
            !tokenizer.isSpecial($0) && tokenizer.bytesInText(of: $0) == Array(name.utf8)
          })
      }
      let native = try InferenceModel(local.weights).logProbabilities(
        prefix: prompt, candidates: [ids])[0]
      for (entry, value) in zip(entries, native) {
        #expect(abs(try #require(entry["logprob"]?.number) - Double(value)) < 1e-4)
        let top = try #require(entry["top_logprobs"]?.array)
        #expect(top.count == 5)
        let values = top.compactMap { $0["logprob"]?.number }
        #expect(values == values.sorted(by: >))
      }
      let logits = try local.weights.logits(prompt)[prompt.count - 1]
      let best = try #require(logits.indices.max { logits[$0] < logits[$1] })
      let first = try #require(entries[0]["top_logprobs"]?.array?[0]["bytes"]?.array)
      #expect(
        first.compactMap(\.integer).map { UInt8($0) } == tokenizer.bytesInText(of: Int32(best)))
    }
  }

  @Test("Of a given answer the prompt's log-probabilities are those that the lab computes")
  func promptLogProbabilities() async throws {
    try await TestServer.with { server in
      let answer = "The garden is quiet."
      var body = chatBody(
        Self.question,
        [
          ("max_tokens", .integer(0)), ("prompt_logprobs", .integer(1)),
          ("add_generation_prompt", .bool(false)), ("continue_final_message", .bool(true)),
        ])
      let message = JSON.object([("role", .string("assistant")), ("content", .string(answer))])
      body[1].value = .array((body[1].value.array ?? []) + [message])
      let answered = try await server.post("/v1/chat/completions", body)
      #expect(answered.status == 200, "\(answered.text)")
      let list = try #require(try answered.json()["prompt_logprobs"]?.array)
      let local = try Served.organism()
      let chat = try local.text.requireChat()
      let (prompt, ids) = try chat.prompt(
        messages: [("system", "You are nova."), ("user", Self.question)], answer: answer,
        closed: false)
      #expect(list.count == prompt.count + ids.count)
      #expect(list.first == .null)
      var sum = 0.0
      for (place, id) in ids.enumerated() {
        let entry = try #require(list[prompt.count + place][String(id)])
        sum += try #require(entry["logprob"]?.number)
        #expect(try #require(entry["rank"]?.integer) >= 1)
        #expect(entry["decoded_token"]?.string != nil)
      }
      let native = try await local.open(nil).logProbabilities(
        ScoreRequest(
          chat: [ChatMessage(.system, "You are nova."), ChatMessage(.user, Self.question)],
          texts: [answer]))
      #expect(abs(sum - native[0]) < 1e-3)
    }
  }

  @Test("Stop strings end an answer before them, also across tokens")
  func stops() async throws {
    try await TestServer.with { server in
      let settings: [(key: String, value: JSON)] = [
        ("temperature", .integer(0)), ("max_tokens", .integer(60)),
      ]
      let whole = try await server.post(
        "/v1/chat/completions", chatBody(Self.question, settings)
      ).json()
      let text = try #require(self.content(whole))
      try #require(text.count > 12)
      // A piece out of the middle, which begins within a word.
      let stop = String(text.dropFirst(7).prefix(5))
      let before = String(text.prefix(upTo: try #require(text.range(of: stop)).lowerBound))
      let cut = try await server.post(
        "/v1/chat/completions", chatBody(Self.question, settings + [("stop", .string(stop))])
      ).json()
      #expect(self.content(cut) == before)
      #expect(cut["choices"]?.array?[0]["finish_reason"]?.string == "stop")
      let (events, _) = try await server.events(
        "/v1/chat/completions",
        chatBody(Self.question, settings + [("stop", .array([.string("\u{1}"), .string(stop)]))]))
      let streamed = try events.dropLast().map { try JSON(parsing: $0) }
        .compactMap { $0["choices"]?.array?.first?["delta"]?["content"]?.string }.joined()
      #expect(streamed == before)
    }
  }

  @Test("A nucleus of next to nothing takes the likeliest token every time")
  func nucleus() async throws {
    try await TestServer.with { server in
      func text(_ more: [(key: String, value: JSON)]) async throws -> String? {
        self.content(
          try await server.post(
            "/v1/chat/completions",
            chatBody(Self.question, [("max_tokens", .integer(40))] + more)
          ).json())
      }
      let greedy = try await text([("temperature", .integer(0))])
      let narrow = try await text([
        ("temperature", .number(1.5)), ("top_p", .number(1e-6)), ("seed", .integer(9)),
      ])
      let wide = try await text([("temperature", .number(1.5)), ("seed", .integer(9))])
      #expect(narrow == greedy)
      #expect(wide != greedy)
    }
  }

  @Test("Many at a time get what each gets alone")
  func together() async throws {
    try await TestServer.with { server in
      @Sendable func ask(_ number: Int) async throws -> String? {
        let body = chatBody(
          "Write about \(["a garden", "the sea", "bread"][number % 3]).",
          [
            ("temperature", .integer(1)), ("max_tokens", .integer(20 + number)),
            ("seed", .integer(number)), ("logprobs", .bool(true)),
          ])
        let json = try await server.post("/v1/chat/completions", body).json()
        return json["choices"]?.text(indent: 0)
      }
      var alone: [String?] = []
      for number in 0..<24 { alone.append(try await ask(number)) }
      let together = try await withThrowingTaskGroup(of: (Int, String?).self) { group in
        for number in 0..<24 { group.addTask { (number, try await ask(number)) } }
        var results = [String?](repeating: nil, count: 24)
        for try await (number, text) in group { results[number] = text }
        return results
      }
      #expect(together == alone)
      #expect(alone.allSatisfy { $0 != nil })
    }
  }
}
#endif
