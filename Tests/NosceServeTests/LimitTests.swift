#if HTTP
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NosceFormats
import NosceServe
import NosceTestSupport
import Testing

@Suite("What a client may take up")
struct LimitTests {
  /// The gauge of answers that are under way.
  private func open(_ server: TestServer) async throws -> String? {
    try await server.get("/metrics").text.split(separator: "\n")
      .first { $0.hasPrefix("nosce_answers_open{") }.flatMap { $0.split(separator: " ").last }
      .map(String.init)
  }

  @Test("A reply that would be larger than what is held is refused before anything is computed")
  func told() async throws {
    try await TestServer.with { server in
      let body = [
        (key: "model", value: JSON.string("organism")),
        (key: "prompt", value: .array(Array(repeating: .string("a"), count: 2_000))),
        (key: "max_tokens", value: .integer(60)),
      ]
      let many = try await server.post("/v1/completions", body + [("logprobs", .integer(20))])
      #expect(many.status == 400, "\(many.text.prefix(300))")
      #expect(try many.code() == "too_many_logprobs")
      #expect(many.text.contains("2520000"))
      let few = try await server.post(
        "/v1/completions",
        [body[0], body[1], ("max_tokens", .integer(1)), ("logprobs", .integer(1))])
      #expect(few.status == 200)
    }
  }

  @Test("Whoever reads a stream no longer gives up its places when its time is over")
  func stalled() async throws {
    try await TestServer.with({ settings, _ in
      settings.timeLimit = .seconds(5)
      settings.queue = 128
    }) { server in
      let body = Data(
        JSON.object(
          chatBody(
            "Write about bread.",
            [
              ("n", .integer(128)), ("stream", .bool(true)), ("logprobs", .bool(true)),
              ("top_logprobs", .integer(20)),
            ])
        ).text(indent: 0).utf8)
      let response = try await server.client.execute(
        server.request(.POST, "/v1/chat/completions", body, []), timeout: .seconds(120))
      #expect(response.status == .ok)
      // The connection stays, and nobody reads.
      let end = ContinuousClock.now + .seconds(60)
      while try await open(server) != "0", .now < end {
        try await Task.sleep(for: .milliseconds(100))
      }
      #expect(try await open(server) == "0")
      let next = try await server.post(
        "/v1/chat/completions", chatBody("Write.", [("max_tokens", .integer(1))]))
      #expect(next.status == 200)
      withExtendedLifetime(response) {}
    }
  }

  @Test("A body that does not come is not waited for")
  func slowBody() async throws {
    try await TestServer.with({ settings, _ in settings.timeLimit = .seconds(1) }) { server in
      var request = HTTPClientRequest(url: server.base + "/v1/files")
      request.method = .POST
      request.headers.add(name: "content-type", value: "multipart/form-data; boundary=xyz")
      let (pieces, feed) = AsyncStream.makeStream(of: ByteBuffer.self)
      feed.yield(ByteBuffer(string: "--xyz\r\n"))
      request.body = .stream(pieces, length: .known(Int64(1_000)))
      let response = try await server.client.execute(request, timeout: .seconds(60))
      let body = try await response.body.collect(upTo: 1 << 20)
      #expect(response.status.code == 408, "\(String(buffer: body))")
      feed.finish()
    }
  }

  @Test("No more jobs wait than may")
  func waiting() async throws {
    try await TestServer.with({ settings, _ in settings.waitingJobs = 2 }) { server in
      let file = try await server.upload(JobTests.rows())
      let long = JSON.object([
        ("type", .string("supervised")),
        (
          "supervised",
          .object([
            ("hyperparameters", .object([("nosce", .object([("steps", .integer(100_000))]))]))
          ])
        ),
      ])
      func create() async throws -> Answered {
        try await server.post(
          "/v1/fine_tuning/jobs",
          [("model", .string("organism")), ("training_file", .string(file)), ("method", long)])
      }
      let first = try await create()
      #expect(first.status == 200, "\(first.text)")
      #expect(try await create().status == 200)
      let third = try await create()
      #expect(third.status == 429)
      #expect(try third.code() == "too_many_jobs")
      #expect(third.header("retry-after") == "60")
      let id = try #require(try first.json()["id"]?.string)
      #expect(
        try await server.ask(.POST, "/v1/fine_tuning/jobs/\(id)/cancel").status == 200)
      #expect(try await create().status == 200)
    }
  }

  @Test("Nobody else reads what is kept, and no reply is taken for what it is not")
  func kept() async throws {
    try await TestServer.with { server in
      let place = server.folder.appending(path: "state").path
      let mode =
        try FileManager.default.attributesOfItem(atPath: place)[.posixPermissions] as? Int
      #expect(mode == 0o700)
      let id = try await server.upload("<script>1</script>\n")
      for path in ["/v1/files/\(id)/content", "/health", "/v1/nothing"] {
        #expect(try await server.get(path).header("x-content-type-options") == "nosniff")
      }
    }
  }
}
#endif
