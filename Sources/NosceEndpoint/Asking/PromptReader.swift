import Foundation
import NosceCore
import NosceFormats

/// Has conversations rendered and scored by a server, as far as it does that.
struct PromptReader: Sendable {
  /// A conversation with the log-probabilities of its tokens.
  struct Reading: Sendable {
    var prompt: PromptScores
    /// The likeliest tokens behind it, where they were asked for.
    var next: [TokenScore]?
  }

  let client: EndpointClient
  let model: String
  let features: EndpointFeatures
  /// Whether answers are kept; what a server can do is asked anew every time.
  var isKept = true
  var repetition = 0

  var url: String { client.endpoint.url.below("/chat/completions") }

  func answer(to query: ChatQuery) async throws -> ChatAnswer {
    try await client.ask(outgoing(query), model: model, isKept: isKept) {
      json throws(ExchangeFault) in
      try ChatAnswer(json, to: query)
    }
  }

  func outgoing(_ query: ChatQuery) -> Outgoing {
    .post(
      url, query.json(features), output: query.maximumTokens * query.choices,
      repetition: repetition)
  }

  /// The tokens of a conversation, and of its end what they are worth.
  ///
  /// - Parameter wantsNext: whether the likeliest tokens behind it are wanted, too.
  func reading(
    _ chat: Chat, _ end: ChatQuery.End, wantsNext: Bool = false
  ) async throws -> Reading {
    guard let exact = features.exact else {
      throw LabError(
        .backend, "\(url): found no log-probabilities of given texts; allowed: a server with them")
    }
    var query = ChatQuery(model: model, chat: chat, end: end)
    if wantsNext { query.top = features.top }
    switch exact {
    case .chat:
      query.wantsPromptScores = true
      let answer = try await answer(to: query)
      guard let prompt = answer.prompt else { throw unread }
      return Reading(prompt: prompt, next: answer.choices.first?.top?.first)
    case .echo(let rendering):
      let ids = try await ids(chat, end, rendering)
      let next = wantsNext ? try await answer(to: query).choices.first?.top?.first : nil
      return Reading(prompt: try await echo(ids), next: next)
    }
  }

  private var unread: LabError {
    LabError(.backend, "\(url): found no scores of the prompt; allowed: what was asked for")
  }

  /// The tokens of a conversation alone.
  func ids(_ chat: Chat, _ end: ChatQuery.End) async throws -> [Int] {
    guard case .echo(let rendering)? = features.exact else {
      return try await reading(chat, end).prompt.ids
    }
    return try await ids(chat, end, rendering)
  }

  private func ids(
    _ chat: Chat, _ end: ChatQuery.End, _ rendering: EndpointFeatures.Rendering
  ) async throws -> [Int] {
    switch rendering {
    case .tokenize:
      return try await client.ask(tokenizing(chat, end), model: model, isKept: isKept) {
        json throws(ExchangeFault) in try Self.tokens(json)
      }
    case .returned(let key):
      var query = ChatQuery(model: model, chat: chat, end: end)
      query.tokenIDs = key
      let answer = try await answer(to: query)
      guard let ids = answer.promptIDs, !ids.isEmpty else { throw unread }
      return ids
    }
  }

  func tokenizing(_ chat: Chat, _ end: ChatQuery.End) -> Outgoing {
    var messages = chat
    var goesOn = false
    var invites = false
    switch end {
    case .answer: invites = true
    case .going(let words):
      messages.append(ChatMessage(.assistant, words))
      goesOn = true
    case .closed(let words): messages.append(ChatMessage(.assistant, words))
    }
    return .post(
      client.endpoint.url.beside("/tokenize"),
      .object([
        ("model", .string(model)), ("messages", .array(messages.map(ChatQuery.json))),
        ("add_generation_prompt", .bool(invites)), ("continue_final_message", .bool(goesOn)),
      ]), repetition: repetition)
  }

  static func tokens(_ json: JSON) throws(ExchangeFault) -> [Int] {
    guard let list = json.object?["tokens"]?.array, !list.isEmpty else {
      throw ExchangeFault(.malformed, "a reply without tokens", allowed: "token ids")
    }
    let ids = list.compactMap(\.integer)
    guard ids.count == list.count else {
      throw ExchangeFault(.malformed, "tokens that are no numbers", allowed: "token ids")
    }
    return ids
  }

  private func echo(_ ids: [Int]) async throws -> PromptScores {
    let outgoing = Outgoing.post(
      client.endpoint.url.below("/completions"),
      EchoAnswer.query(model: model, ids: ids, most: 1, features), output: 1, repetition: repetition
    )
    return try await client.ask(outgoing, model: model, isKept: isKept) {
      json throws(ExchangeFault) in
      try EchoAnswer.scores(json, of: ids)
    }
  }
}
