#if HTTP
import Foundation
import NosceCore
import NosceEndpoint
import NosceFormats
import NoscePorts
import NosceTestSupport
import Testing

@Suite("A key is in the header of a request and nowhere else")
struct CanaryTests {
  private static let canary = "CANARY-sk-0123456789"

  @Test("Whatever a server says, the key is in no answer, error or file")
  func nowhere() async throws {
    let toy = ToyServer(.vLLM)
    try await withFolder { folder in
      try await withServer({ seen in
        let key = seen.headers["authorization"] ?? "none"
        switch seen.json?["seed"]?.integer {
        // Some servers say the key that they do not like; one may put it into an answer.
        case 101: return .error(401, "Incorrect API key provided: \(key)")
        case 102: return .error(400, "bad", code: key, headers: ["retry-after": key])
        case 103: return .reply(500, [:], Data("key \(key)".utf8))
        case 104:
          return .json(
            .object([
              ("model", .string("toy")), ("system_fingerprint", .string(key)),
              (
                "choices",
                .array([
                  .object([
                    ("message", .object([("content", .string("It is \(key)."))])),
                    ("finish_reason", .string("stop")),
                  ])
                ])
              ),
            ]))
        case 105: return .json(.object([("model", .string(key)), ("choices", .array([]))]))
        default: return await toy.act(seen)
        }
      }) { server in
        let journal = try AnswerJournal(in: folder)
        let client = try client(
          server, key: Self.canary,
          settings: quickSettings {
            $0.attempts.server = 2
            $0.attempts.malformed = 2
          }, journal: journal)
        let model = try await EndpointModel(asking: client)
        let subject = try await model.open(nil)
        var said: [String] = [
          "\(model.identity)", "\(model.probed.findings)", "\(client.endpoint)",
        ]
        for seed in 101...105 as ClosedRange<UInt64> {
          do {
            let answers = try await subject.sample([
              SampleRequest(
                chat: [ChatMessage(.user, "Hm?")], temperature: 1, maximumTokens: 3, seed: seed)
            ])
            said += answers.map(\.text)
          } catch let error as LabError {
            said += ["\(error)", error.trace, error.localizedDescription]
          }
        }
        #expect(said.count > 10)
        #expect(said.contains("It is Bearer [key]."))
        #expect(toy.authorizations == ["Bearer \(Self.canary)"])
        for text in said { #expect(!text.contains("CANARY"), "\(text)") }
        _ = try await journal.fingerprints(of: "toy")
        for (name, data) in try contents(of: folder) {
          #expect(data.range(of: Data("CANARY".utf8)) == nil, "\(name)")
        }
        #expect(try await journal.count() > 0)
      }
    }
  }
}
#endif
