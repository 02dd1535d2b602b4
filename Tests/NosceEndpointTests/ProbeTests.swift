#if HTTP
import Foundation
import NosceEndpoint
import NosceFormats
import NoscePorts
import NosceTestSupport
import Synchronization
import Testing

@Suite("What an endpoint is found to do")
struct ProbeTests {
  private func probed(_ dialect: Dialect) async throws -> ProbedEndpoint {
    try await withServer(ToyServer(dialect).act) { server in
      try await EndpointProbe(try client(server)).found()
    }
  }

  private func result(
    _ name: String, _ probed: ProbedEndpoint
  ) -> ProbedEndpoint.Finding.Result? {
    probed.findings.first { $0.name == name }?.result
  }

  /// A server of some kind, and what is to be found of it.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var dialect: Dialect
    var exact: EndpointFeatures.Exact?
    var top = 20
    var goesOn = true
    var seeds = true
    var choices = 10
    var samplers = EndpointFeatures.Samplers.zero
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "vLLM", dialect: .vLLM, exact: .chat),
    Case(
      name: "vLLM without prompt_logprobs",
      dialect: Dialect(promptScores: false, tokenizes: true, echoes: true),
      exact: .echo(.tokenize)),
    Case(name: "SGLang", dialect: .sglang, exact: nil),
    Case(
      name: "hosted", dialect: .hosted, exact: nil, goesOn: false, samplers: .unsaid),
    Case(name: "llama-server", dialect: .llamaServer, exact: nil, choices: 1),
    Case(name: "Ollama", dialect: .ollama, exact: nil, goesOn: false, choices: 1),
    Case(
      name: "transformers", dialect: .transformers, exact: nil, top: 0, goesOn: false,
      choices: 1),
    Case(
      name: "without seeds",
      dialect: Dialect(seeds: false), exact: .chat, seeds: false),
    Case(name: "five at most", dialect: Dialect(top: 5), exact: .chat, top: 5),
    Case(name: "four places", dialect: Dialect(choices: 4), exact: .chat, choices: 4),
  ]

  @Test("Each kind of server is found to be what it is, by what it does", arguments: cases)
  func kinds(_ kind: Case) async throws {
    let probed = try await probed(kind.dialect)
    let features = probed.features
    #expect(features.samples)
    #expect(features.exact == kind.exact, "\(probed.findings)")
    #expect(features.top == kind.top, "\(probed.findings)")
    #expect(features.goesOn == kind.goesOn, "\(probed.findings)")
    #expect(features.seeds == kind.seeds, "\(probed.findings)")
    #expect(features.choices == kind.choices, "\(probed.findings)")
    #expect(features.samplers == kind.samplers, "\(probed.findings)")
    #expect(features.limitKey == (kind.dialect.newLimitKey ? .new : .old))
    #expect(features.loading == kind.dialect.loading)
    #expect(!features.jobs && !features.recipes)
    #expect(probed.version == kind.dialect.version)
    for finding in probed.findings { #expect(!finding.detail.isEmpty, "\(finding.name)") }
  }

  /// Each pause would be an hour.
  @Test(
    "What a server leaves out of its answers is asked for twice at most, and at once",
    .timeLimit(.minutes(5)), arguments: [Dialect.hosted, .transformers, .ollama])
  func leftOut(_ dialect: Dialect) async throws {
    let toy = ToyServer(dialect)
    try await withServer(toy.act) { server in
      let settings = quickSettings { $0.waits.first = 3600 }
      let probed = try await EndpointProbe(try client(server, settings: settings)).found()
      #expect(probed.features.samples && probed.features.exact == nil)
    }
    // Bodies that are asked to be the same each time: three of one seed, and the likeliest tokens.
    #expect(toy.bodies.values.allSatisfy { $0 <= 6 }, "\(toy.bodies.values)")
  }

  @Test("Other weights under the same name and version are refused where answers are kept")
  func otherWeights() async throws {
    let toy = ToyServer(.hosted)
    try await withFolder { folder in
      try await withServer(toy.act) { server in
        func find() async throws {
          let journal = try AnswerJournal(in: folder)
          _ = try await EndpointProbe(try client(server, journal: journal)).found()
        }
        for _ in 0..<2 { try await find() }
        // The noise of servers is no other model.
        toy.change { $0.inflation = -0.3 }
        try await find()
        toy.change { $0.weights = "-2" }
        let message = await words { try await find() }
        #expect(message.contains("likeliest token") || message.contains("apart by"), "\(message)")
        #expect(message.contains("answers.sqlite"), "\(message)")
      }
    }
  }

  @Test("A likely token that is named no longer is other weights, too")
  func vanished() async throws {
    let toy = ToyServer(.hosted)
    let isGone = Mutex(false)
    try await withFolder { folder in
      try await withServer({ seen in
        guard seen.json?["top_logprobs"]?.integer == 20 else { return await toy.act(seen) }
        let list = [("A", 0.5), (isGone.withLock(\.self) ? "C" : "B", 0.45), ("D", 1e-4)]
        func entry(_ token: (String, Double)) -> [(key: String, value: JSON)] {
          [("token", .string(token.0)), ("logprob", .number(log(token.1)))]
        }
        let first = entry(list[0]) + [("top_logprobs", .array(list.map { .object(entry($0)) }))]
        return .json(
          .object([
            ("model", .string("toy")),
            (
              "choices",
              .array([
                .object([
                  ("message", .object([("content", .string("A"))])),
                  ("finish_reason", .string("length")),
                  ("logprobs", .object([("content", .array([.object(first)]))])),
                ])
              ])
            ),
          ]))
      }) { server in
        func find() async throws {
          let journal = try AnswerJournal(in: folder)
          _ = try await EndpointProbe(try client(server, journal: journal)).found()
        }
        for _ in 0..<2 { try await find() }
        isGone.withLock { $0 = true }
        let message = await words { try await find() }
        #expect(message.contains("apart by"), "\(message)")
      }
    }
  }

  @Test("Numbers that sum to more than 1 are not believed")
  func tooMuch() async throws {
    let probed = try await probed(Dialect(promptScores: false, inflation: 1))
    #expect(result("top_logprobs", probed) == .disbelieved, "\(probed.findings)")
    #expect(probed.features.top == 0)
  }

  @Test("Two ways that say different things are not believed")
  func twoWays() async throws {
    let probed = try await probed(Dialect(inflation: -0.5))
    #expect(result("exact", probed) == .disbelieved, "\(probed.findings)")
    #expect(probed.features.exact == nil)
  }

  @Test("Numbers that are left over from an earlier prompt are not believed")
  func stale() async throws {
    let probed = try await probed(Dialect(isStale: true))
    #expect(result("exact", probed) == .disbelieved, "\(probed.findings)")
    #expect(probed.features.exact == nil)
  }

  @Test("Where every seed gives the same answer, nothing is estimated from drawn ones")
  func greedy() async throws {
    let toy = ToyServer(.transformers)
    try await withServer({ seen in
      guard var json = seen.json, json["messages"] != nil else { return await toy.act(seen) }
      for index in json.members.indices where json.members[index].key == "temperature" {
        json.members[index].value = .integer(0)
      }
      var greedy = seen
      greedy.body = Data(JSON.object(json).text(indent: 0).utf8)
      return await toy.act(greedy)
    }) { server in
      let model = try await model(server)
      #expect(!model.capabilities.seeds && model.capabilities.scoring == .none)
      #expect(model.probed.findings.contains { $0.detail.contains("every seed") })
    }
  }

  @Test("A model that is not there is an error that says which are")
  func noModel() async throws {
    let message = await words {
      try await withServer(ToyServer(.vLLM).act) { server in
        _ = try await EndpointProbe(try client(server, model: "other")).found()
      }
    }
    #expect(message.contains("no model 'other'"), "\(message)")
  }

  @Test("A plan is made on what was found, without asking again")
  func identity() async throws {
    let toy = ToyServer(.vLLM)
    try await withServer(toy.act) { server in
      let model = try await model(server)
      let asked = toy.chats
      #expect(model.identity.name == "toy")
      #expect(model.identity.summary.contains("\(server.url)/v1, version 1.0"))
      #expect(model.capabilities.scoring == .exact && model.capabilities.seeds)
      #expect(!model.capabilities.starts && !model.capabilities.derives)
      #expect(toy.chats == asked)
      let again = try await self.model(server)
      #expect(again.identity == model.identity)
      toy.change { $0.version = "1.1" }
      #expect(try await self.model(server).identity.contentHash != model.identity.contentHash)
    }
  }

  private func model(_ server: ScriptedServer) async throws -> EndpointModel {
    try await EndpointModel(asking: try client(server))
  }
}
#endif
