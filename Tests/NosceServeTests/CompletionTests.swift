#if HTTP
import NosceEngine
import NosceFormats
import NosceLocal
import NosceTestSupport
import NosceTokenizer
import Testing

@Suite("Text completions over a socket")
struct CompletionTests {
  private static let text =
    "<|im_start|>user\nWrite about the sea.<|im_end|>\n<|im_start|>assistant\n"

  private func ids(_ text: String) throws -> [Int32] {
    try Served.organism().text.tokenizer.encode(text)
  }

  private func body(
    _ prompt: JSON, _ more: [(key: String, value: JSON)] = []
  ) -> [(key: String, value: JSON)] {
    [("model", .string("organism")), ("prompt", prompt)] + more
  }

  @Test("A prompt may be a text, token ids, or a list of either, each answered as it is alone")
  func prompts() async throws {
    try await TestServer.with { server in
      let texts = [Self.text, "The sea is", "A garden"]
      let settings: [(key: String, value: JSON)] = [
        ("max_tokens", .integer(20)), ("temperature", .integer(1)), ("seed", .integer(4)),
      ]
      func answers(_ prompt: JSON) async throws -> [String?] {
        let json = try await server.post("/v1/completions", self.body(prompt, settings)).json()
        return (json["choices"]?.array ?? []).map { $0["text"]?.string }
      }
      let alone = try await answers(.string(texts[0]))
      let list = try await answers(.array(texts.map { .string($0) }))
      let tokens = try texts.map { JSON.array(try self.ids($0).map { .integer(Int($0)) }) }
      let byIDs = try await answers(.array(tokens))
      #expect(list.count == 3)
      #expect(alone == [list[0]])
      #expect(byIDs == list)
      #expect(try await answers(tokens[1]) == [list[1]])
    }
  }

  @Test("An echo has the prompt's text, its log-probabilities, and where each token begins")
  func echo() async throws {
    try await TestServer.with { server in
      let prompt = "The sea is quiet, and the garden is gréen."
      let answered = try await server.post(
        "/v1/completions",
        self.body(
          .string(prompt),
          [
            ("max_tokens", .integer(4)), ("temperature", .integer(0)), ("echo", .bool(true)),
            ("logprobs", .integer(3)),
          ]))
      #expect(answered.status == 200, "\(answered.text)")
      let json = try answered.json()
      let choice = try #require(json["choices"]?.array?[0])
      // The token that ends an answer stands in the lists and not in the text.
      let isStopped = choice["finish_reason"]?.string == "stop"
      let written = try #require(json["usage"]?["completion_tokens"]?.integer)
      let text = try #require(choice["text"]?.string)
      #expect(text.hasPrefix(prompt))
      let list = try #require(choice["logprobs"]?.object)
      let tokens = try #require(list["tokens"]?.array).compactMap(\.string)
      let offsets = try #require(list["text_offset"]?.array).compactMap(\.integer)
      let values = try #require(list["token_logprobs"]?.array)
      let top = try #require(list["top_logprobs"]?.array)
      let ids = try self.ids(prompt)
      #expect(tokens.count == ids.count + written + (isStopped ? 1 : 0))
      #expect([offsets.count, values.count, top.count] == [Int](repeating: tokens.count, count: 3))
      #expect(values[0] == .null)
      #expect(top[0] == .null)
      let scalars = Array(text.unicodeScalars)
      for (token, offset) in zip(tokens, offsets).prefix(ids.count + written)
      where !token.contains("\u{FFFD}") {
        #expect(scalars[offset...].starts(with: Array(token.unicodeScalars)))
      }
      let native = try Served.organism().weights.logProbabilities(ids)
      for (value, expected) in zip(values.dropFirst(), native) {
        #expect(abs(try #require(value.number) - Double(expected)) < 1e-4)
      }
      for (place, entry) in top.enumerated().dropFirst() {
        // The three likeliest, and the token itself.
        #expect((3...4).contains(try #require(entry.object).members.count))
        #expect(entry[tokens[place]] != nil)
      }
    }
  }

  @Test("Without a token to be written a prompt is only scored; a stream says the same")
  func scoring() async throws {
    try await TestServer.with { server in
      let settings: [(key: String, value: JSON)] = [
        ("max_tokens", .integer(0)), ("echo", .bool(true)), ("logprobs", .integer(0)),
        ("n", .integer(2)),
      ]
      let body = self.body(.string("The sea is quiet."), settings)
      let whole = try await server.post("/v1/completions", body).json()
      let first = try #require(whole["choices"]?.array?[0])
      #expect(first["text"]?.string == "The sea is quiet.")
      #expect(first["finish_reason"]?.string == "length")
      let list = try #require(first["logprobs"]?.object)
      #expect(list["top_logprobs"] == nil)
      #expect(list.keys.contains("top_logprobs"))
      #expect(whole["usage"]?["completion_tokens"]?.integer == 0)
      #expect(whole["choices"]?.array?[1]["logprobs"] == first["logprobs"])
      let (events, _) = try await server.events("/v1/completions", body)
      let chunks = try events.dropLast().map { try JSON(parsing: $0) }
      for index in 0..<2 {
        let mine = chunks.compactMap { $0["choices"]?.array?.first }
          .filter { $0["index"]?.integer == index }
        #expect(mine.compactMap { $0["text"]?.string }.joined() == "The sea is quiet.")
        #expect(mine.first?["logprobs"] == first["logprobs"])
      }
    }
  }

  @Test("vLLM's prompt log-probabilities stand in each choice, and in a chat on top")
  func promptLogProbabilities() async throws {
    try await TestServer.with { server in
      let ids = try self.ids("The sea is quiet.")
      let json = try await server.post(
        "/v1/completions",
        self.body(
          .string("The sea is quiet."),
          [("max_tokens", .integer(1)), ("prompt_logprobs", .integer(2))])
      ).json()
      let list = try #require(json["choices"]?.array?[0]["prompt_logprobs"]?.array)
      #expect(list.count == ids.count)
      #expect(list[0] == .null)
      for (entry, id) in zip(list, ids).dropFirst() {
        let members = try #require(entry.object?.members)
        #expect((2...3).contains(members.count))
        #expect(members.contains { $0.key == String(id) })
        let ranks = members.compactMap { $0.value["rank"]?.integer }
        #expect(ranks.prefix(2) == [1, 2])
      }
    }
  }

  @Test("Tokens may be called by their numbers")
  func byID() async throws {
    try await TestServer.with { server in
      let json = try await server.post(
        "/v1/completions",
        self.body(
          .string("The sea"),
          [
            ("max_tokens", .integer(0)), ("echo", .bool(true)), ("logprobs", .integer(0)),
            ("return_tokens_as_token_ids", .bool(true)),
          ])
      ).json()
      let tokens = json["choices"]?.array?[0]["logprobs"]?["tokens"]?.array?.compactMap(\.string)
      #expect(tokens == (try self.ids("The sea")).map { "token_id:\($0)" })
      let told = try await server.post(
        "/tokenize", self.body(.string("The sea"))
      ).json()
      #expect(
        told["tokens"]?.array?.compactMap(\.integer) == (try self.ids("The sea")).map { Int($0) })
      #expect(told["max_model_len"]?.integer == 512)
    }
  }
}
#endif
