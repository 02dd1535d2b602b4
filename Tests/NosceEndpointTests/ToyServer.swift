#if HTTP
import Foundation
import NosceCore
import NosceEndpoint
import NosceFormats
import Synchronization

/// What a server of some kind does and does not do, and how it lies.
struct Dialect: Sendable {
  var models = ["toy"]
  var version: String? = "1.0"
  var takesSamplers = true
  var seeds = true
  var top = 20
  var continues = true
  var promptScores = true
  /// How many answers a request may ask for; who gives one ignores what is asked for.
  var choices = 128
  var tokenizes = false
  var echoes = false
  var loading: EndpointFeatures.AdapterLoading?
  /// Where adapters must lie to be found.
  var adapterRoot = "/"
  /// Refuses `max_tokens`.
  var newLimitKey = false
  /// Log-probabilities of the likeliest tokens are higher than they are by so much.
  var inflation = 0.0
  /// Prompt log-probabilities are those of an earlier prompt.
  var isStale = false
  /// Of so many echoed prompts one has no log-probability for its last token; zero for none.
  var nullEvery = 0
  /// Adapters are answered by the base model.
  var ignoresAdapters = false
  var fingerprint = "fp-toy"
  /// Other weights under the same names.
  var weights = ""
  var jobs = false
  /// Whether a job takes every setting by its name.
  var recipes = false
  /// Jobs that fail, from the first on.
  var failingJobs = 0

  static let vLLM = Dialect(tokenizes: true, echoes: true, loading: .below)
  /// No continuing, no prompt log-probabilities.
  static let hosted = Dialect(
    version: nil, takesSamplers: false, continues: false, promptScores: false, newLimitKey: true)
  static let sglang = Dialect(version: nil, promptScores: false, loading: .beside)
  /// `echo` is ignored, answers are continued.
  static let llamaServer = Dialect(version: nil, promptScores: false, choices: 1)
  static let ollama = Dialect(
    continues: false, promptScores: false, choices: 1)
  /// No log-probabilities at all.
  static let transformers = Dialect(
    version: nil, top: 0, continues: false, promptScores: false, choices: 1)
}

/// Plays a server of some kind on top of a toy model, and remembers what it was asked.
final class ToyServer: Sendable {
  private struct State {
    var dialect: Dialect
    var chats = 0
    var bodies: [Data: Int] = [:]
    var keys: Set<String> = []
    var stale: [(JSON)]?
    var loads: [(name: String, path: String)] = []
    var unloads: [String] = []
    var echoes = 0
  }

  private let state: Mutex<State>
  let jobs = ToyJobs()

  init(_ dialect: Dialect) { state = Mutex(State(dialect: dialect)) }

  var dialect: Dialect { state.withLock(\.dialect) }
  /// Chats that were answered.
  var chats: Int { state.withLock(\.chats) }
  /// How often each body came.
  var bodies: [Data: Int] { state.withLock(\.bodies) }
  /// The adapters that were loaded, and those that were put away.
  var loads: [(name: String, path: String)] { state.withLock(\.loads) }
  var unloads: [String] { state.withLock(\.unloads) }
  /// What came as Authorization.
  var authorizations: Set<String> { state.withLock(\.keys) }

  func change(_ change: (inout Dialect) -> Void) { state.withLock { change(&$0.dialect) } }

  @Sendable func act(_ seen: SeenRequest) async -> ServerAct {
    let dialect = dialect
    state.withLock { state in
      if let key = seen.headers["authorization"] { state.keys.insert(key) }
    }
    switch (seen.method, seen.path) {
    case ("GET", "/version"):
      return dialect.version.map { .json(.object([("version", .string($0))])) }
        ?? .error(404, "Not Found")
    case ("GET", "/v1/models"):
      return .json(
        .object([
          ("object", .string("list")),
          ("data", .array(dialect.models.map { .object([("id", .string($0))]) })),
        ]))
    case ("POST", "/v1/chat/completions"): return chat(seen, dialect)
    case ("POST", "/tokenize") where dialect.tokenizes: return tokenize(seen)
    case ("POST", "/v1/completions") where dialect.echoes: return complete(seen)
    case ("POST", "/v1/load_lora_adapter") where dialect.loading == .below,
      ("POST", "/load_lora_adapter") where dialect.loading == .beside:
      return load(seen, dialect)
    case ("POST", "/v1/unload_lora_adapter") where dialect.loading == .below,
      ("POST", "/unload_lora_adapter") where dialect.loading == .beside:
      let name = seen.json?["lora_name"]?.string ?? ""
      change { $0.models.removeAll { $0.hasSuffix(name) } }
      state.withLock { $0.unloads.append(name) }
      return .reply(200, [:], Data("Success".utf8))
    case (_, let path) where dialect.jobs && ToyJobs.handles(path):
      let act = jobs.act(seen, dialect)
      for name in jobs.models { change { if !$0.models.contains(name) { $0.models.append(name) } } }
      return act
    default: return .error(404, "Not Found")
    }
  }

  private func load(_ seen: SeenRequest, _ dialect: Dialect) -> ServerAct {
    guard let name = seen.json?["lora_name"]?.string, let path = seen.json?["lora_path"]?.string
    else { return .error(400, "no lora_name") }
    let model = dialect.loading == .below ? name : "\(dialect.models[0]):\(name)"
    guard !dialect.models.contains(model) else {
      return .error(400, "The lora adapter '\(name)' has already been loaded.")
    }
    guard path.hasPrefix(dialect.adapterRoot) else { return .error(404, "no such folder") }
    change { $0.models.append(model) }
    state.withLock { $0.loads.append((name, path)) }
    return .reply(200, [:], Data("Success".utf8))
  }

  // MARK: Chats

  private static func chat(_ object: JSONObject) -> Chat {
    (object["messages"]?.array ?? []).compactMap { message in
      guard let role = message.object?["role"]?.string.flatMap(ChatMessage.Role.init),
        let content = message.object?["content"]?.string
      else { return nil }
      return ChatMessage(role, content)
    }
  }

  private func chat(_ seen: SeenRequest, _ dialect: Dialect) -> ServerAct {
    guard let object = seen.json, let model = object["model"]?.string else {
      return .error(400, "no JSON")
    }
    guard dialect.models.contains(model) else { return .error(404, "no model '\(model)'") }
    if object["top_k"] != nil, !dialect.takesSamplers {
      return .error(400, "Unrecognized request argument supplied: top_k")
    }
    let limitKey = dialect.newLimitKey ? "max_completion_tokens" : "max_tokens"
    guard let limit = object[limitKey]?.integer else {
      return .error(400, "Unsupported parameter: use '\(limitKey)'")
    }
    let wanted = object["top_logprobs"]?.integer ?? 0
    guard wanted <= dialect.top else { return .error(400, "top_logprobs: at most \(dialect.top)") }
    let wantsPrompt = object["prompt_logprobs"] != nil
    if wantsPrompt, !dialect.promptScores { return .error(400, "unknown: prompt_logprobs") }
    let goesOn = dialect.continues && object["continue_final_message"]?.bool == true
    let invites = dialect.continues ? object["add_generation_prompt"]?.bool ?? true : true
    state.withLock { state in
      state.chats += 1
      state.bodies[seen.body, default: 0] += 1
    }
    let toy = ToyModel(
      name: (dialect.ignoresAdapters ? dialect.models[0] : model) + dialect.weights)
    let prompt = ToyModel.render(Self.chat(object), goesOn: goesOn, invites: invites)
    let temperature = object["temperature"]?.number ?? 1
    let several = object["n"]?.integer ?? 1
    guard several <= dialect.choices || dialect.choices == 1 else {
      return .error(400, "n: at most \(dialect.choices)")
    }
    let count = min(several, dialect.choices)
    var written = 0
    let choices = (0..<count).map { index -> JSON in
      let seed =
        dialect.seeds
        ? UInt64(object["seed"]?.integer ?? 0) &+ UInt64(index)
        : UInt64.random(in: 0...UInt64.max)
      let answer = toy.answer(to: prompt, temperature: temperature, limit: limit, seed: seed)
      written += answer.tokens.count
      var members: [(key: String, value: JSON)] = [
        ("index", .integer(index)),
        (
          "message",
          .object([
            ("role", .string("assistant")), ("content", .string(ToyModel.text(answer.tokens))),
          ])
        ),
        ("finish_reason", .string(answer.isEnded ? "stop" : "length")),
      ]
      if wanted > 0 {
        let tokens = answer.tokens.isEmpty ? [ToyModel.end] : answer.tokens
        members.append(
          ("logprobs", .object([("content", .array(top(tokens, prompt, toy, wanted, dialect)))])))
      }
      return .object(members)
    }
    var members: [(key: String, value: JSON)] = [
      ("id", .string("chat-1")), ("object", .string("chat.completion")),
      ("model", .string(dialect.ignoresAdapters ? dialect.models[0] : model)),
      ("choices", .array(choices)),
      (
        "usage",
        .object([
          ("prompt_tokens", .integer(prompt.count)), ("completion_tokens", .integer(written)),
        ])
      ), ("system_fingerprint", .string(dialect.fingerprint)),
    ]
    if wantsPrompt { members.append(("prompt_logprobs", .array(scores(prompt, toy, dialect)))) }
    return .json(.object(members))
  }

  private func top(
    _ tokens: [Int], _ prompt: [Int], _ toy: ToyModel, _ count: Int, _ dialect: Dialect
  ) -> [JSON] {
    tokens.indices.map { place in
      let list = toy.next(prompt + tokens[..<place])
      func entry(_ token: Int) -> [(key: String, value: JSON)] {
        [
          ("token", .string(ToyModel.pieces[token])),
          ("logprob", .number(min(0, list[token] + dialect.inflation))),
          ("bytes", .array(ToyModel.pieces[token].utf8.map { .integer(Int($0)) })),
        ]
      }
      let likeliest = list.indices.sorted { list[$0] > list[$1] }.prefix(count)
      return .object(
        entry(tokens[place]) + [("top_logprobs", .array(likeliest.map { .object(entry($0)) }))])
    }
  }

  private func scores(_ prompt: [Int], _ toy: ToyModel, _ dialect: Dialect) -> [JSON] {
    let values = toy.scores(prompt)
    let list = zip(prompt, values).map { token, value -> JSON in
      guard let value else { return .null }
      return .object([
        (
          "\(token)",
          .object([
            ("logprob", .number(value)), ("rank", .integer(1)),
            ("decoded_token", .string(ToyModel.pieces[token])),
          ])
        )
      ])
    }
    guard dialect.isStale else { return list }
    // Of the last tokens it says what it said of some others before.
    return state.withLock { state in
      let old = state.stale ?? list
      state.stale = old
      return zip(prompt, list).enumerated().map { place, entry in
        let back = prompt.count - place
        guard back <= 4, old.count >= back,
          let value = old[old.count - back].object?.members.first?.value
        else { return entry.1 }
        return .object([("\(entry.0)", value)])
      }
    }
  }

  // MARK: Other places

  private func tokenize(_ seen: SeenRequest) -> ServerAct {
    guard let object = seen.json else { return .error(400, "no JSON") }
    let tokens = ToyModel.render(
      Self.chat(object), goesOn: object["continue_final_message"]?.bool ?? false,
      invites: object["add_generation_prompt"]?.bool ?? true)
    return .json(.object([("tokens", .array(tokens.map { .integer($0) }))]))
  }

  private func complete(_ seen: SeenRequest) -> ServerAct {
    guard let object = seen.json, let model = object["model"]?.string,
      let ids = object["prompt"]?.array?.compactMap(\.integer)
    else { return .error(400, "a prompt in tokens") }
    let toy = ToyModel(name: model)
    var values = toy.scores(ids)
    let every = dialect.nullEvery
    let isNull = state.withLock { state in
      state.echoes += 1
      return every > 0 && state.echoes.isMultiple(of: every)
    }
    if isNull { values[values.count - 1] = nil }
    return .json(
      .object([
        ("model", .string(model)),
        (
          "choices",
          .array([
            .object([
              ("text", .string("")), ("finish_reason", .string("length")),
              (
                "logprobs",
                .object([
                  ("tokens", .array(ids.map { .string(ToyModel.pieces[$0]) })),
                  ("token_logprobs", .array(values.map { $0.map { .number($0) } ?? .null })),
                ])
              ),
            ])
          ])
        ),
      ]))
  }
}
#endif
