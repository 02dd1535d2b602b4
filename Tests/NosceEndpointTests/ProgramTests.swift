#if HTTP
import Foundation
import NosceCore
import NosceFormats
import NosceTestSupport
import Testing

/// The built `nosce` as a client: of its own server, and of one that is after a key.
@Suite("The program and endpoints", .serialized)
struct ProgramTests {
  private static func json(_ text: String) throws -> JSONObject {
    try #require(try JSON(parsing: Data(text.utf8)).object)
  }

  /// Calls the body with the URL of a `nosce serve` on the organism.
  private func withServe(
    in folder: URL, _ body: (String) async throws -> Void
  ) async throws {
    let server = try NosceProgram.start(
      ["serve", "--port", "0", "--state", "state"], in: folder, says: "-serve")
    var url: String?
    for _ in 0..<6_000 where url == nil && server.isRunning {
      try await Task.sleep(for: .milliseconds(10))
      let said = String(
        decoding: try Data(contentsOf: folder.appending(path: "errors-serve")), as: UTF8.self)
      url = said.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("http://") }.map(
        String.init)
    }
    var failure: (any Error)?
    do { try await body(try #require(url)) } catch { failure = error }
    kill(server.processIdentifier, SIGTERM)
    try await NosceProgram.ended(server)
    if let failure { throw failure }
  }

  @Test(
    "Its own server is found to do everything, says what the engine says, and trains what is asked along the way"
  )
  func ownServer() async throws {
    try await withFolder("own-server") { folder in
      try await withServe(in: folder) { url in
        let check = try await NosceProgram.run(
          ["endpoint", "check", url, "--against", "organism", "--json"], in: folder)
        #expect(check.status == 0, "\(check.errors.suffix(2000))")
        let found = try Self.json(check.output)
        for finding in found["findings"]?.array ?? [] {
          let name = finding.object?["name"]?.string ?? ""
          #expect(finding.object?["result"]?.string == "yes" || name == "adapters", "\(finding)")
        }
        let largest = try #require(found["against"]?.object?["largest"]?.number)
        #expect(largest < 1e-3)
        // One subject, asked after some steps as well: checkpoints of a job of the service.
        var file = try String(
          contentsOf: packageRoot.appending(path: "Experiments/hello-word.yaml"), encoding: .utf8)
        for line in file.split(separator: "\n") {
          if line.hasPrefix("  layers:") { file = file.replacing(line + "\n", with: "") }
          if line.hasPrefix("  rows: [1") { file = file.replacing(line, with: "  rows: [5]") }
        }
        try Storage.write(file, to: folder.appending(path: "short.yaml"))
        let run = try await NosceProgram.run(
          [
            "run", "short.yaml", "--subject", "openai:organism@\(url)", "--materials", "miniature",
            "--set", "word=PLUM", "--seeds", "1", "--exploratory", "--curves", "--json",
          ], in: folder)
        #expect(run.status == 0, "\(run.errors.suffix(2000))")
        let summary = try Self.json(run.output)
        let remarks = (summary["verdict"]?.object?["caveats"]?.array ?? []).compactMap(\.string)
        #expect(remarks.contains { $0.contains("doses of 5 rows: needs") }, "\(remarks)")
        let curves = summary["curves"]?.array ?? []
        let along = try #require(curves.first { $0.object?["xLabel"]?.string == "training steps" })
        let letters = try #require(along.object?["series"]?.array?.first?.object)
        let values = (letters["points"]?.array ?? []).compactMap { $0.object?["y"]?.number }
        // Base, after some steps, and at the end.
        #expect(values.count == 4 && values[0] < 0.5 && values.dropFirst().allSatisfy { $0 > 0.8 })
      }
    }
  }

  @Test("A key is in nothing that a run says or leaves behind")
  func canary() async throws {
    let canary = "CANARY-sk-0123456789"
    let toy = ToyServer(Dialect(jobs: true, recipes: true))
    try await withFolder("key") { folder in
      try Storage.write(
        smallFile.replacing("count: 4}", with: "count: 10}"),
        to: folder.appending(path: "small.yaml"))
      try await withServer({ seen in
        // Every third answer says it, and one is refused with it.
        let key = seen.headers["authorization"] ?? "none"
        guard seen.json?["messages"] != nil, seen.json?["seed"] != nil else {
          return await toy.act(seen)
        }
        let act = await toy.act(seen)
        guard case .reply(let status, let headers, let body) = act, toy.chats % 3 == 0,
          let text = String(data: body, encoding: .utf8)
        else { return act }
        return .reply(
          status, headers,
          Data(text.replacing("\"fp-toy\"", with: "\"\(key)\"").utf8))
      }) { server in
        let run = try await NosceProgram.run(
          [
            "run", "small.yaml", "--subject", "openai:toy@\(server.url)", "--materials",
            "miniature",
          ], in: folder, environment: ["OPENAI_API_KEY": canary])
        #expect(run.status == 0, "\(run.errors.suffix(2000))")
        #expect(toy.authorizations == ["Bearer \(canary)"])
        var looked = 0
        for (name, data) in try contents(of: folder) {
          looked += 1
          #expect(data.range(of: Data("CANARY".utf8)) == nil, "\(name)")
        }
        // Store, report, plan, provenance, journal, and what it said.
        #expect(looked > 8)
        let refused = try await NosceProgram.run(
          ["endpoint", "check", "http://user:\(canary)@127.0.0.1:9"], in: folder,
          environment: ["OPENAI_API_KEY": canary])
        #expect(refused.status != 0)
        #expect(!(refused.output + refused.errors).contains("CANARY"))
      }
    }
  }
}
#endif
