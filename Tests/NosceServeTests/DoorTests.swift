#if HTTP
import AsyncHTTPClient
import Foundation
import NIOHTTP1
import NosceCore
import NosceFormats
import NosceServe
import NosceTestSupport
import Testing

@Suite("Who may ask")
struct DoorTests {
  private static let token = "a-token-of-some-length"

  @Test("On loopback a name that leads here from elsewhere is 403, and so is another page")
  func loopback() async throws {
    try await TestServer.with { server in
      for host in ["evil.example", "127.0.0.1.evil.example", "localhost:1", "[::2]", "127.0.0.1:"] {
        let answered = try await server.ask(.GET, "/v1/models", headers: [("host", host)])
        #expect(answered.status == 403, "\(host)")
        #expect(try answered.code() == "forbidden_host")
      }
      for host in ["localhost", "127.0.0.1:\(server.port)", "[::1]:\(server.port)", "LocalHost"] {
        #expect(try await server.ask(.GET, "/v1/models", headers: [("host", host)]).status == 200)
      }
      for origin in ["https://evil.example", "null", "http://localhost:1", "http://127.0.0.1"] {
        let answered = try await server.ask(.GET, "/v1/models", headers: [("origin", origin)])
        #expect(answered.status == 403, "\(origin)")
        #expect(try answered.code() == "forbidden_origin")
      }
      let own = try await server.ask(.GET, "/v1/models", headers: [("origin", server.base)])
      #expect(own.status == 200)
      // What a page can send without asking first.
      for type in ["text/plain", "application/x-www-form-urlencoded", ""] {
        let answered = try await server.ask(
          .POST, "/v1/unload_lora_adapter", Data("{}".utf8), headers: [("content-type", type)])
        #expect(answered.status == 415, "\(type)")
      }
    }
  }

  @Test("With a token whoever has none, or another, is 401; health is for everybody")
  func tokens() async throws {
    try await TestServer.with({ settings, _ in settings.token = Self.token }) { server in
      for header in [nil, "Bearer", "Bearer x", "Basic \(Self.token)", "Bearer \(Self.token)x"] {
        let answered = try await server.ask(
          .GET, "/v1/models", headers: header.map { [("authorization", $0)] } ?? [])
        #expect(answered.status == 401)
        #expect(try answered.code() == "invalid_api_key")
        #expect(!answered.text.contains(Self.token))
      }
      let right = [("authorization", "Bearer \(Self.token)")]
      #expect(try await server.ask(.GET, "/v1/models", headers: right).status == 200)
      #expect(try await server.get("/health").status == 200)
      #expect(try await server.get("/metrics").status == 401)
    }
  }

  @Test("An address that others can reach needs a token of some length")
  func needed() throws {
    var settings = ServerSettings(state: URL(filePath: "/nowhere"), seed: 1, version: "test")
    try settings.check()
    for host in ["0.0.0.0", "192.168.1.2", "::", "example.org"] {
      settings.host = host
      #expect(throws: LabError.self) { try settings.check() }
    }
    settings.token = "short"
    #expect(throws: LabError.self) { try settings.check() }
    settings.token = "with blanks in it, and long"
    #expect(throws: LabError.self) { try settings.check() }
    settings.token = Self.token
    try settings.check()
  }

  @Test("The server says what it is")
  func about() async throws {
    try await TestServer.with { server in
      #expect(try await server.get("/version").json()["version"]?.string == "test")
      let models = try await server.get("/v1/models").json()
      #expect(models["data"]?.array?.compactMap { $0["id"]?.string } == ["organism"])
      #expect(try await server.get("/v1/models/organism").json()["parent"] == nil)
      let metrics = try await server.get("/metrics")
      #expect(
        metrics.header("content-type")?.hasPrefix("text/plain; version=0.0.4") == true)
      #expect(
        metrics.text.contains("nosce_requests_total{operation=\"listModels\",status=\"200\"} 1"))
      let document = try await server.get("/openapi.json").json()
      #expect(document["openapi"]?.string == "3.1.0")
      // Whatever is referred to is there.
      let schemas = Set(try #require(document["components"]?["schemas"]?.object).keys)
      let text = document.text(indent: 0)
      let named = text.components(separatedBy: "#/components/schemas/").dropFirst()
        .compactMap { $0.split(separator: "\"").first.map(String.init) }
      #expect(named.count > 30)
      #expect(Set(named).subtracting(schemas) == [])
    }
  }
}
#endif
