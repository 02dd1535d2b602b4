#if HTTP
import Foundation
import NosceCore
import NosceEngine
import NosceFormats
import NosceLocal
import NosceServe
import NosceTestSupport
import Testing

@Suite("Adapters at run time")
struct AdapterTests {
  /// An adapter that changes the organism.
  private static func write(to folder: URL, seed: UInt64) throws {
    let model = try Served.organism().weights.configuration
    let fresh = try LoRAAdapter(
      AdapterConfiguration(rank: 4, alpha: 64, targets: .allLinear), model: model, seed: seed)
    var generator = SeededGenerator(seed: seed, labStream: "adapter")
    var checkpoint = fresh.checkpoint
    for path in checkpoint.modules.keys.sorted() {
      guard let factors = checkpoint.modules[path] else { continue }
      checkpoint.modules[path] = AdapterFactors(
        rank: factors.rank, inputSize: factors.inputSize, outputSize: factors.outputSize,
        a: factors.a, b: factors.b.map { _ in Float(generator.uniform() - 0.5) * 0.02 })
    }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try checkpoint.write(to: folder)
  }

  private static func server(
    _ body: @escaping @Sendable (TestServer) async throws -> Void
  ) async throws {
    try await TestServer.with(
      { settings, folder in
        let adapters = folder.appending(path: "adapters")
        try Self.write(to: adapters.appending(path: "one"), seed: 1)
        try Self.write(to: adapters.appending(path: "deep/two"), seed: 2)
        try Self.write(to: folder.appending(path: "outside"), seed: 3)
        try FileManager.default.createDirectory(
          at: adapters.appending(path: "empty"), withIntermediateDirectories: true)
        for (name, target) in [("link", "../outside"), ("inner", "one")] {
          try FileManager.default.createSymbolicLink(
            atPath: adapters.appending(path: name).path, withDestinationPath: target)
        }
        settings.adapters = adapters
      }, body)
  }

  private static func load(
    _ server: TestServer, _ name: String, _ path: String
  ) async throws -> Answered {
    try await server.post(
      "/v1/load_lora_adapter", [("lora_name", .string(name)), ("lora_path", .string(path))])
  }

  @Test("One is loaded, answers under its name, is listed with its base, and is unloaded")
  func whole() async throws {
    try await Self.server { server in
      let loaded = try await Self.load(server, "mine", "deep/two")
      #expect(loaded.status == 200, "\(loaded.text)")
      #expect(loaded.header("content-type")?.hasPrefix("text/plain") == true)
      #expect(loaded.text.hasPrefix("Success"))
      #expect(try await Self.load(server, "mine", "one").status == 400)
      #expect(try await Self.load(server, "organism", "one").status == 400)
      #expect(try await Self.load(server, "inner", "inner").status == 200)
      let model = try await server.get("/v1/models/mine").json()
      #expect(model["parent"]?.string == "organism")
      #expect(model["root"]?.string == "two")
      func answer(_ name: String) async throws -> JSON {
        var body = chatBody(
          "Write about bread.",
          [("temperature", .integer(0)), ("max_tokens", .integer(12)), ("logprobs", .bool(true))])
        body[0].value = .string(name)
        return try await server.post("/v1/chat/completions", body).json()
      }
      let (base, mine) = (try await answer("organism"), try await answer("mine"))
      #expect(base["choices"] != mine["choices"])
      #expect(base["system_fingerprint"] != mine["system_fingerprint"])
      // Asked side by side each stays itself.
      let together = try await withThrowingTaskGroup(of: (String, JSON?).self) { group in
        for _ in 0..<8 {
          for name in ["organism", "mine"] {
            group.addTask { (name, try await answer(name)["choices"]) }
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      for (name, choices) in together {
        #expect(choices == (name == "mine" ? mine : base)["choices"])
      }
      let gone = try await server.post("/v1/unload_lora_adapter", [("lora_name", .string("mine"))])
      #expect(gone.status == 200)
      #expect(try await server.get("/v1/models/mine").status == 404)
      let again = try await server.post("/v1/unload_lora_adapter", [("lora_name", .string("mine"))])
      #expect(again.status == 404)
      #expect(try again.code() == "adapter_not_found")
    }
  }

  @Test("Paths that lead out of the folder are not found, by whatever way")
  func escapes() async throws {
    try await Self.server { server in
      let outside = server.folder.appending(path: "outside").path
      for path in [
        "../outside", outside, "link", "one/../../outside", "./../adapters/../outside", "/", "..",
        ".",
        "", "nothing", "\(server.folder.path)/adapters-not", "/etc",
      ] {
        let answered = try await Self.load(server, "escape", path)
        #expect([400, 404].contains(answered.status), "\(path): \(answered.text)")
        #expect(answered.status == (path.isEmpty ? 400 : 404), "\(path)")
      }
      let empty = try await Self.load(server, "escape", "empty")
      #expect(empty.status == 400)
      #expect(try empty.code() == "invalid_adapter")
      for name in ["", "a b", "../x", "x\u{0}", "é", String(repeating: "a", count: 129)] {
        #expect(try await Self.load(server, name, "one").status == 400, "\(name)")
      }
      let absolute = try await Self.load(
        server, "whole", server.folder.appending(path: "adapters/one").path)
      #expect(absolute.status == 200, "\(absolute.text)")
    }
  }

  @Test("Without a folder for them none is loaded")
  func disabled() async throws {
    try await TestServer.with { server in
      let answered = try await Self.load(server, "mine", "one")
      #expect(answered.status == 403)
      #expect(try answered.code() == "adapters_disabled")
    }
  }
}
#endif
