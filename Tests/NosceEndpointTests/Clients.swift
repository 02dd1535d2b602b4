#if HTTP
import Foundation
import NosceCore
import NosceEndpoint
import NosceFormats
import NosceTestSupport

/// Waits that a test has time for.
func quickSettings(_ change: (inout EndpointSettings) -> Void = { _ in }) -> EndpointSettings {
  var settings = EndpointSettings()
  settings.waits.connecting = 600
  // A machine may have other things to do.
  settings.waits.firstByte = 3600
  settings.waits.silence = 3600
  settings.waits.first = 0.01
  change(&settings)
  return settings
}

func endpoint(
  _ server: ScriptedServer, model: String = "toy", key: String? = nil,
  settings: EndpointSettings = quickSettings()
) throws -> Endpoint {
  Endpoint(
    url: try EndpointURL(server.url, place: "test"), model: model,
    key: try key.flatMap { try EndpointKey(variable: "TEST_KEY", in: ["TEST_KEY": $0]) },
    settings: settings)
}

func client(
  _ server: ScriptedServer, model: String = "toy", key: String? = nil,
  settings: EndpointSettings = quickSettings(), journal: AnswerJournal? = nil
) throws -> EndpointClient {
  let endpoint = try endpoint(server, model: model, key: key, settings: settings)
  return EndpointClient(endpoint, over: HTTPCarrier(endpoint), journal: journal)
}

/// Asks something small and returns the text of the answer.
func say(
  _ text: String, _ client: EndpointClient, model: String = "toy", output: Int = 4
) async throws -> String {
  try await client.ask(
    .post(
      client.endpoint.url.below("/chat/completions"),
      .object([("model", .string(model)), ("say", .string(text))]), output: output),
    model: model
  ) { json throws(ExchangeFault) in
    guard let said = json.object?["said"]?.string else {
      throw ExchangeFault(.malformed, "nothing said", allowed: "said")
    }
    return said
  }
}

/// The answer that such a question is to have.
func saying(_ seen: SeenRequest, model: String? = nil, fingerprint: String? = nil) -> JSON {
  let asked = seen.json?["say"]?.string ?? ""
  var members: [(key: String, value: JSON)] = [
    ("model", .string(model ?? seen.json?["model"]?.string ?? "")),
    ("said", .string("echo of \(asked)")),
    ("usage", .object([("prompt_tokens", .integer(3)), ("completion_tokens", .integer(2))])),
  ]
  if let fingerprint { members.append(("system_fingerprint", .string(fingerprint))) }
  return .object(members)
}

/// The error that a body throws, in words.
func words(_ body: () async throws -> Void) async -> String {
  do {
    try await body()
    return "no error"
  } catch {
    return "\(error)"
  }
}
#endif
