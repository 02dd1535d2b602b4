import Foundation
import NosceCore
import NosceFormats

/// Finds out what a server does, by small questions whose answers are known, and never by its name.
package struct EndpointProbe: Sendable {
  let client: EndpointClient
  private var endpoint: Endpoint { client.endpoint }
  private var model: String { endpoint.model }
  var url: String { endpoint.url.below("/chat/completions") }

  static let question = [ChatMessage(.user, "Name three colours.")]

  package init(_ client: EndpointClient) { self.client = client }

  package func found() async throws -> ProbedEndpoint {
    var found = ProbedEndpoint()
    do {
      try await client.checkVersion()
    } catch {
      throw error.kind == .cancelled ? CancellationError() : error.error(at: endpoint.url.text)
    }
    found.version = client.version
    try await models(&found)
    try await sampling(&found)
    try await seeds(&found)
    try await top(&found)
    try await goingOn(&found)
    try await exact(&found)
    try await choices(&found)
    try await places(&found)
    return found
  }

  // MARK: One question

  func reader(_ features: EndpointFeatures, _ repetition: Int = 0) -> PromptReader {
    PromptReader(
      client: client, model: model, features: features, isKept: false, repetition: repetition)
  }

  /// An answer, or nil with the reason where the server does not take the question, or answers it
  /// without what was asked for. That it cannot be reached is thrown.
  func trial(
    _ query: ChatQuery, _ features: EndpointFeatures
  ) async throws -> (answer: ChatAnswer?, reason: String) {
    let reader = reader(features)
    let outcome = await client.outcome(
      reader.outgoing(query), model: model, isKept: false
    ) { json throws(ExchangeFault) in try ChatAnswer(json, to: query) }
    switch outcome {
    case .success(let answer): return (answer, "")
    case .failure(let failure): return (nil, try Self.reason(failure))
    }
  }

  /// Why a question was not taken. What says nothing about the question is thrown.
  static func reason(_ failure: EndpointClient.Failure) throws -> String {
    if failure.other != nil { throw failure.error }
    switch failure.fault.kind {
    case .refused where [401, 403].contains(failure.fault.status): throw failure.error
    case .refused, .malformed, .lacking, .server, .tooLarge: return failure.fault.found
    case .connection, .silence, .busy, .credit, .redirect, .cost, .changed, .cancelled:
      throw failure.error
    }
  }

  // MARK: What there is

  private func models(_ found: inout ProbedEndpoint) async throws {
    switch await client.listed() {
    case .success(let names):
      let isThere = names.contains(model)
      let others = names.prefix(6).joined(separator: ", ") + (names.count > 6 ? ", …" : "")
      found.note(
        "models", isThere, isThere ? "\(model) and \(names.count - 1) more" : "has \(others)")
    case .failure(let failure): found.note("models", false, try Self.reason(failure))
    }
  }

  /// Draws an answer, with the names of settings that this server takes.
  private func sampling(_ found: inout ProbedEndpoint) async throws {
    var query = ChatQuery(
      model: model, chat: Self.question, temperature: 1, maximumTokens: 16, seed: 1)
    query.maximumTokens = 16
    var reason = ""
    for key in [EndpointFeatures.LimitKey.old, .new] {
      for samplers in EndpointFeatures.Samplers.allCases {
        var features = EndpointFeatures()
        features.limitKey = key
        features.samplers = samplers
        let start = ContinuousClock.now
        let trial = try await trial(query, features)
        guard let answer = trial.answer else {
          reason = trial.reason
          continue
        }
        found.seconds = start.duration(to: .now) / .seconds(1)
        features.samples = true
        found.features = features
        let own =
          samplers == .unsaid
          ? ", and does not take top_k, min_p and repetition_penalty: what it does with them is its own"
          : ""
        found.note(
          "sampling", true,
          "\(Counted.text(answer.tokenCount, "token")) in \(Self.time(found.seconds)); \(key.rawValue)\(own)"
        )
        return
      }
    }
    throw LabError(
      .backend,
      "\(url): found no answer of '\(model)': \(reason); allowed: a model that answers a chat")
  }

  /// The same seed twice, and others.
  private func seeds(_ found: inout ProbedEndpoint) async throws {
    func text(_ seed: UInt64, _ repetition: Int) async throws -> String? {
      let query = ChatQuery(
        model: model, chat: Self.question, temperature: 1, maximumTokens: 24, seed: seed)
      return try await trial(query, found.features).answer?.choices.first?.text
    }
    let same = [try await text(11, 0), try await text(11, 1), try await text(11, 2)]
    var others: [String?] = []
    for seed in 12...15 as ClosedRange<UInt64> { others.append(try await text(seed, 0)) }
    let agree = same.allSatisfy { $0 == same[0] && $0 != nil }
    let differ = others.contains { $0 != same[0] }
    found.features.seeds = agree && differ
    found.features.varies = differ || !agree
    found.note(
      "seeds", agree && differ,
      agree && differ
        ? "the same seed gave the same answer three times, and others gave others"
        : agree
          ? "every seed gives the same answer, though answers are to be drawn"
          : "the same seed gives several answers")
  }

  private func choices(_ found: inout ProbedEndpoint) async throws {
    var detail = ""
    // As many as are drawn at a time, or as many as a server has places for.
    for wanted in [DrawnScoring.together, 4, 2] {
      var query = ChatQuery(
        model: model, chat: Self.question, temperature: 1, maximumTokens: 4, seed: 1)
      query.choices = wanted
      let trial = try await trial(query, found.features)
      let count = trial.answer?.choices.count ?? 0
      detail =
        trial.answer == nil
        ? trial.reason : "\(Counted.text(wanted, "answer")) asked for, \(count) given"
      if count == wanted {
        found.features.choices = wanted
        return found.note("n", true, detail)
      }
      // Who gives one gives one whatever is asked for.
      if count == 1 { break }
    }
    found.features.choices = 1
    found.note("n", false, detail)
  }

  /// What there is beside chats.
  private func places(_ found: inout ProbedEndpoint) async throws {
    var statuses: [String] = []
    for way in [EndpointFeatures.AdapterLoading.below, .beside] where found.features.loading == nil
    {
      let url = way.url("load_lora_adapter", endpoint.url)
      let status = try await status(.post(url, .object([])))
      // Whoever misses its name knows what is meant.
      if [400, 422].contains(status) { found.features.loading = way }
      statuses.append("\(url): status \(status)")
    }
    found.note("adapters", found.features.loading != nil, statuses.joined(separator: "; "))
    let outgoing = Outgoing("GET", endpoint.url.below("/fine_tuning/jobs?limit=1"))
    let incoming: Incoming
    do {
      incoming = try await client.exchange(outgoing)
    } catch {
      throw error.kind == .cancelled ? CancellationError() : error.error(at: outgoing.url)
    }
    let json = try? JSON(parsing: incoming.body.prefix(1 << 20))
    found.features.jobs = incoming.status == 200 && json?.object?["data"]?.array != nil
    found.note(
      "fine-tuning", found.features.jobs, "fine_tuning/jobs: status \(incoming.status)")
    if found.features.jobs { try await recipes(&found) }
  }

  /// Whether settings of a training are read at all: nonsense among them is refused for what it is, and
  /// a recipe that is none for another reason, the file that is not there.
  private func recipes(_ found: inout ProbedEndpoint) async throws {
    func complaint(_ key: String, _ value: JSON) async throws -> (Int, String) {
      let outgoing = Outgoing.post(
        endpoint.url.below("/fine_tuning/jobs"),
        .object([
          ("model", .string(model)), ("training_file", .string("file-none-of-nosce")),
          (
            "method",
            .object([
              ("type", .string("supervised")),
              (
                "supervised",
                .object([("hyperparameters", .object([("nosce", .object([(key, value)]))]))])
              ),
            ])
          ),
        ]))
      do {
        let incoming = try await client.exchange(outgoing)
        return (incoming.status, String(decoding: incoming.body.prefix(4000), as: UTF8.self))
      } catch {
        throw error.kind == .cancelled ? CancellationError() : error.error(at: outgoing.url)
      }
    }
    let (status, known) = try await complaint("rank", .integer(4))
    let (otherStatus, unknown) = try await complaint("no_such_setting", .integer(4))
    let isRead =
      status >= 400 && otherStatus >= 400 && unknown.contains("no_such_setting")
      && !known.contains("nosce.rank") && known.contains("file")
    found.features.recipes = isRead
    found.note(
      "recipes", isRead,
      isRead
        ? "every setting of a plan's trainings is taken, and nonsense is refused"
        : "rank, targets and schedule are the server's own")
  }

  private func status(_ outgoing: Outgoing) async throws -> Int {
    do {
      return try await client.exchange(outgoing).status
    } catch {
      throw error.kind == .cancelled ? CancellationError() : error.error(at: outgoing.url)
    }
  }

  static func time(_ seconds: Double) -> String {
    seconds < 1 ? "\(Int((seconds * 1000).rounded(.up))) ms" : "\((seconds * 10).rounded() / 10) s"
  }
}

extension EndpointClient {
  /// The models that the server lists.
  package func models() async throws -> [String] { try await listed().mapError(\.error).get() }

  func listed() async -> Result<[String], Failure> {
    await outcome(
      Outgoing("GET", endpoint.url.below("/models")), model: nil, isKept: false
    ) { json throws(ExchangeFault) -> [String] in
      guard let list = json.object?["data"]?.array else {
        throw ExchangeFault(.malformed, "a list of models without data", allowed: "data")
      }
      return list.compactMap { $0.object?["id"]?.string }
    }
  }
}
