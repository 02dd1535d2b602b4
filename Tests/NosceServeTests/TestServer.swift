#if HTTP
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NosceFormats
import NosceLocal
import NosceOrganism
import NosceServe
import NosceTestSupport
import Testing

/// The bundled organism, loaded once for all tests of this module; it does not change.
enum Served {
  private static let loaded = Result { try Organism.coherent.model() }
  static func organism() throws -> LocalModel { try loaded.get() }

  /// The settings of most tests: a free port, and a state of its own.
  static func settings(_ folder: URL) -> ServerSettings {
    var settings = ServerSettings(state: folder.appending(path: "state"), seed: 1, version: "test")
    settings.port = 0
    return settings
  }
}

/// What a server has answered.
struct Answered {
  var status: Int
  var headers: HTTPHeaders
  var body: Data

  func header(_ name: String) -> String? { headers.first(name: name) }

  /// The body, which must be JSON.
  func json() throws -> JSON { try JSON(parsing: body) }

  var text: String { String(decoding: body, as: UTF8.self) }

  /// `error.code` of a refusal, which must have OpenAI's shape.
  func code() throws -> String {
    let error = try #require(try json()["error"]?.object)
    #expect(Set(error.keys) == ["message", "type", "param", "code"])
    #expect(error["message"]?.string?.isEmpty == false)
    return try #require(error["code"]?.string)
  }
}

/// A server that listens, and a client of it.
struct TestServer: Sendable {
  let port: Int
  let client: HTTPClient
  let folder: URL

  var base: String { "http://127.0.0.1:\(port)" }

  /// Starts a server on a free port, and stops it when the body ends.
  static func with(
    folder given: URL? = nil, _ change: (inout ServerSettings, URL) throws -> Void = { _, _ in },
    _ body: @escaping @Sendable (TestServer) async throws -> Void
  ) async throws {
    let folder = try given ?? makeFolder()
    defer { if given == nil { try? FileManager.default.removeItem(at: folder) } }
    var settings = Served.settings(folder)
    try change(&settings, folder)
    let server = try NosceServer([try Served.organism()], settings) { _ in }
    let (ports, feed) = AsyncStream.makeStream(of: Int.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { feed.finish() }
        try await server.run { feed.yield($0) }
      }
      var iterator = ports.makeAsyncIterator()
      let port = try #require(await iterator.next())
      var configuration = HTTPClient.Configuration()
      configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
      configuration.redirectConfiguration = .disallow
      try await HTTPClient.withHTTPClient(configuration: configuration) { client in
        try await body(TestServer(port: port, client: client, folder: folder))
      }
      group.cancelAll()
      do {
        while try await group.next() != nil {}
      } catch is CancellationError {}
    }
  }

  func ask(
    _ method: HTTPMethod, _ path: String, _ body: Data? = nil, headers: [(String, String)] = []
  ) async throws -> Answered {
    let response = try await client.execute(
      request(method, path, body, headers), timeout: .seconds(120))
    let data = try await response.body.collect(upTo: 64 << 20)
    return Answered(
      status: Int(response.status.code), headers: response.headers,
      body: Data(data.readableBytesView))
  }

  func request(
    _ method: HTTPMethod, _ path: String, _ body: Data?, _ headers: [(String, String)]
  ) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: base + path)
    request.method = method
    for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
    if let body {
      if request.headers["content-type"].isEmpty {
        request.headers.add(name: "content-type", value: "application/json")
      }
      request.body = .bytes(ByteBuffer(bytes: body))
    }
    return request
  }

  func get(_ path: String) async throws -> Answered { try await ask(.GET, path) }

  func post(
    _ path: String, _ body: [(key: String, value: JSON)], headers: [(String, String)] = []
  ) async throws -> Answered {
    try await ask(
      .POST, path, Data(JSON.object(body).text(indent: 0).utf8), headers: headers)
  }

  /// The data of each event of a stream, and how many pieces the body came in.
  func events(
    _ path: String, _ body: [(key: String, value: JSON)]
  ) async throws -> (events: [String], pieces: Int) {
    let data = Data(JSON.object(body + [("stream", .bool(true))]).text(indent: 0).utf8)
    let response = try await client.execute(
      request(.POST, path, data, []), timeout: .seconds(120))
    #expect(response.status == .ok)
    #expect(response.headers.first(name: "content-type") == "text/event-stream")
    var text = ""
    var pieces = 0
    for try await piece in response.body {
      pieces += 1
      text += String(buffer: piece)
    }
    let events = text.components(separatedBy: "\n\n").filter { $0.hasPrefix("data: ") }
      .map { String($0.dropFirst(6)) }
    return (events, pieces)
  }

  /// Uploads rows for a fine-tuning, and returns the file's id.
  func upload(_ rows: String) async throws -> String {
    let answered = try await ask(
      .POST, "/v1/files", Self.form(purpose: "fine-tune", file: rows),
      headers: [("content-type", "multipart/form-data; boundary=xyz")])
    #expect(answered.status == 200, "\(answered.text)")
    return try #require(try answered.json()["id"]?.string)
  }

  static func form(purpose: String?, file: String?) -> Data {
    var text = ""
    if let purpose {
      text += "--xyz\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\n\(purpose)\r\n"
    }
    if let file {
      text += "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"rows.jsonl\"\r\n"
      text += "Content-Type: application/octet-stream\r\n\r\n\(file)\r\n"
    }
    return Data((text + "--xyz--\r\n").utf8)
  }

  /// Waits until a job is over, and returns it.
  func finished(_ id: String) async throws -> JSON {
    let end = ContinuousClock.now + .seconds(120)
    while .now < end {
      let job = try await get("/v1/fine_tuning/jobs/\(id)").json()
      if ["succeeded", "failed", "cancelled"].contains(job["status"]?.string) { return job }
      try await Task.sleep(for: .milliseconds(50))
    }
    throw Overdue()
  }

  struct Overdue: Error {}
}

/// A chat with the organism.
func chatBody(
  _ question: String, _ more: [(key: String, value: JSON)] = []
) -> [(key: String, value: JSON)] {
  [
    ("model", .string("organism")),
    (
      "messages",
      .array([
        .object([("role", .string("system")), ("content", .string("You are nova."))]),
        .object([("role", .string("user")), ("content", .string(question))]),
      ])
    ),
  ] + more
}
#endif
