#if HTTP
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NosceFormats
import NosceServe
import NosceTestSupport
import Testing

@Suite("What the server refuses, each with its status and OpenAI's shape")
struct RefusalTests {
  private func post(
    _ server: TestServer, _ text: String, _ path: String = "/v1/chat/completions",
    _ headers: [(String, String)] = []
  ) async throws -> Answered {
    try await server.ask(.POST, path, Data(text.utf8), headers: headers)
  }

  @Test(
    "Bodies that are wrong are 400 and say which key is",
    arguments: [
      ("{", "invalid_json", nil),
      ("[]", "invalid_json", nil),
      (#"{"model":"organism"}"#, "missing_required_parameter", "messages"),
      (#"{"messages":[{"role":"user","content":"a"}]}"#, "missing_required_parameter", "model"),
      (#"{"model":"organism","messages":[]}"#, "invalid_value", "messages"),
      (
        #"{"model":"organism","messages":[{"role":"tool","content":"a"}]}"#,
        "invalid_value", "messages[0].role"
      ),
      (
        #"{"model":"organism","messages":[{"role":"user","content":[{"type":"image_url"}]}]}"#,
        "invalid_value", "messages[0].content[0].type"
      ),
      (#"+"temperature":3"#, "invalid_value", "temperature"),
      (#"+"top_p":0"#, "invalid_value", "top_p"),
      (#"+"n":129"#, "invalid_value", "n"),
      (#"+"logprobs":true,"top_logprobs":21"#, "invalid_value", "top_logprobs"),
      (#"+"top_logprobs":2"#, "invalid_value", "top_logprobs"),
      (#"+"stop":["1","2","3","4","5"]"#, "invalid_value", "stop"),
      (#"+"logit_bias":{"5":1}"#, "unsupported_value", "logit_bias"),
      (#"+"presence_penalty":0.5"#, "unsupported_value", "presence_penalty"),
      (#"+"tools":[{}]"#, "unsupported_value", "tools"),
      (#"+"magic":1"#, "unsupported_parameter", "magic"),
      (#"+"max_tokens":100000"#, "context_length_exceeded", "messages"),
      (#"+"continue_final_message":true"#, "invalid_value", "continue_final_message"),
      (#"+"stream":true,"prompt_logprobs":1"#, "invalid_value", "prompt_logprobs"),
    ] as [(String, String, String?)])
  func bodies(body: String, code: String, parameter: String?) async throws {
    // What begins with a plus sign stands in a chat that is right otherwise.
    let chat = #"{"model":"organism","messages":[{"role":"user","content":"a"}],"#
    let body = body.hasPrefix("+") ? chat + body.dropFirst() + "}" : body
    try await TestServer.with { server in
      let answered = try await post(server, body)
      #expect(answered.status == 400, "\(answered.text)")
      #expect(try answered.code() == code, "\(answered.text)")
      #expect(try answered.json()["error"]?["param"]?.string == parameter)
    }
  }

  @Test("What changes no answer is passed over")
  func inert() async throws {
    try await TestServer.with { server in
      let answered = try await server.post(
        "/v1/chat/completions",
        chatBody(
          "Write.",
          [
            ("max_tokens", .integer(1)), ("user", .string("me")), ("store", .bool(false)),
            ("metadata", .object([("a", .string("b"))])), ("presence_penalty", .number(0)),
            ("logit_bias", .null), ("tools", .null),
          ]))
      #expect(answered.status == 200, "\(answered.text)")
    }
  }

  @Test("Unknown models and paths are 404, other methods 405, other bodies 415, large ones 413")
  func statuses() async throws {
    try await TestServer.with({ settings, _ in settings.bodyLimit = 2_000 }) { server in
      let chat = #"{"model":"other","messages":[{"role":"user","content":"a"}]}"#
      let model = try await post(server, chat)
      #expect(model.status == 404)
      #expect(try model.code() == "model_not_found")
      #expect(try await server.get("/v1/nothing").status == 404)
      #expect(try await server.get("/v1/models/other").status == 404)
      let method = try await server.get("/v1/chat/completions")
      #expect(method.status == 405)
      #expect(method.header("allow") == "POST")
      #expect(try method.code() == "method_not_allowed")
      let type = try await post(
        server, chat, "/v1/chat/completions", [("content-type", "text/plain")])
      #expect(type.status == 415)
      #expect(try type.code() == "unsupported_media_type")
      let large = try await post(server, String(repeating: " ", count: 3_000) + chat)
      #expect(large.status == 413)
      #expect(try large.code() == "request_too_large")
      let query = try await server.get("/v1/files?colour=red")
      #expect(query.status == 400)
    }
  }

  @Test("A token that no model has, and a prompt of none, are refused")
  func tokens() async throws {
    try await TestServer.with { server in
      for prompt in ["[99999999]", "[-1]", "\"\"", "[]", "[[1], \"a\", 3]"] {
        let answered = try await post(
          server, "{\"model\":\"organism\",\"prompt\":\(prompt)}", "/v1/completions")
        #expect(answered.status == 400, "\(prompt) \(answered.text)")
        _ = try answered.code()
      }
    }
  }

  @Test("A full queue is 429 and says when to come again")
  func queue() async throws {
    try await TestServer.with({ settings, _ in settings.queue = 4 }) { server in
      try await withThrowingTaskGroup(of: (Int, String?).self) { group in
        for number in 0..<24 {
          group.addTask {
            let answered = try await server.post(
              "/v1/chat/completions",
              chatBody(
                "Write.",
                [
                  ("max_tokens", .integer(300)), ("seed", .integer(number)),
                  ("temperature", .integer(2)),
                ]))
            if answered.status == 429 { #expect(try answered.code() == "queue_full") }
            return (answered.status, answered.header("retry-after"))
          }
        }
        var statuses: [Int: Int] = [:]
        for try await (status, again) in group {
          statuses[status, default: 0] += 1
          if status == 429 { #expect(again == "1") }
        }
        #expect(Set(statuses.keys) == [200, 429])
        #expect(statuses[200, default: 0] >= 4)
      }
      // And afterwards there is room again.
      let answered = try await server.post(
        "/v1/chat/completions",
        chatBody("Write.", [("max_tokens", .integer(1)), ("n", .integer(4))]))
      #expect(answered.status == 200)
      let more = try await server.post(
        "/v1/chat/completions",
        chatBody("Write.", [("max_tokens", .integer(1)), ("n", .integer(5))]))
      #expect(more.status == 400)
    }
  }

  @Test("An answer that is not there in time is 503")
  func time() async throws {
    try await TestServer.with({ settings, _ in settings.timeLimit = .zero }) { server in
      let answered = try await server.post(
        "/v1/chat/completions",
        chatBody(
          "Write.",
          [("max_tokens", .integer(400)), ("n", .integer(128)), ("temperature", .integer(2))]))
      #expect(answered.status == 503, "\(answered.text)")
      #expect(try answered.code() == "timeout")
    }
  }

  @Test("A client that leaves takes its answers with it")
  func leaving() async throws {
    try await TestServer.with { server in
      for isStreamed in [false, true] {
        let body = chatBody(
          "Write.",
          [
            ("max_tokens", .integer(450)), ("n", .integer(128)), ("temperature", .integer(2)),
            ("stream", .bool(isStreamed)),
          ])
        let data = Data(JSON.object(body).text(indent: 0).utf8)
        let asking = Task {
          let response = try await server.client.execute(
            server.request(.POST, "/v1/chat/completions", data, []), timeout: .seconds(60))
          for try await _ in response.body {}
        }
        try await Task.sleep(for: .milliseconds(150))
        asking.cancel()
        _ = await asking.result
        // Long before they would have been written.
        let end = ContinuousClock.now + .seconds(20)
        var open = 1
        while open > 0, .now < end {
          try await Task.sleep(for: .milliseconds(20))
          let text = try await server.get("/metrics").text
          let line = text.split(separator: "\n").first { $0.hasPrefix("nosce_answers_open{") }
          open = line?.split(separator: " ").last.flatMap { Int($0) } ?? 1
        }
        #expect(open == 0)
      }
    }
  }
}
#endif
