import Foundation
import NosceCore
import NoscePorts

/// A model behind HTTP, or an adapter of it that the server has under a name of its own.
struct EndpointSubject: Subject {
  let client: EndpointClient
  /// The name by which the server knows it.
  let model: String
  let features: EndpointFeatures
  let scoring: Capabilities.Scoring

  private var reader: PromptReader {
    PromptReader(client: client, model: model, features: features)
  }

  func answer(_ requests: [SubjectRequest]) -> AsyncThrowingStream<Reply, any Error> {
    AsyncThrowingStream { replies in
      let task = Task {
        do {
          try await answer(requests) { replies.yield($0) }
          replies.finish()
        } catch {
          replies.finish(throwing: error)
        }
      }
      replies.onTermination = { _ in task.cancel() }
    }
  }

  /// As many at a time as the endpoint may ever be asked; how many are under way is decided behind.
  private func answer(
    _ requests: [SubjectRequest], reply: @escaping @Sendable (Reply) -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      var waiting = requests.enumerated().makeIterator()
      func startNext() {
        guard let (index, request) = waiting.next() else { return }
        group.addTask { reply(try await self.reply(index, to: request)) }
      }
      for _ in 0..<client.endpoint.settings.concurrency.most { startNext() }
      while try await group.next() != nil {
        try Task.checkCancellation()
        startNext()
      }
    }
  }

  private func reply(_ index: Int, to request: SubjectRequest) async throws -> Reply {
    switch request {
    case .sample(let request): .sampled(index, try await complete(request))
    case .score(let request):
      switch scoring {
      case .exact where Self.isLongScale(request, features):
        try await likeliest(features.top, request, index)
      case .exact: try await exactly(request, index)
      case .top(let count): try await likeliest(count, request, index)
      case .drawn(let count): try await drawn(count, request, index)
      case .none: throw unable("given texts to be scored")
      }
    }
  }

  /// Whether a request for each text would be sent for next to nothing: the numbers of a judge's scale
  /// that is longer than the list of the likeliest.
  static func isLongScale(_ request: ScoreRequest, _ features: EndpointFeatures) -> Bool {
    request.isRating && request.texts.count > Capabilities.longScale
      && features.top >= Capabilities.longScale
  }

  /// By what the server says of each text. Of a judge's texts one that it says nothing of would count as
  /// nothing beside the others, so that the likeliest tokens are asked for instead.
  private func exactly(_ request: ScoreRequest, _ index: Int) async throws -> Reply {
    let scores = try await ExactScoring(reader: reader).scores(request)
    if request.isRating, features.top > 0, scores.contains(where: { $0.logProbability == nil }) {
      return try await likeliest(features.top, request, index)
    }
    return Reply(index: index, content: .scores(scores), evidence: .exact)
  }

  /// By the likeliest tokens, and where one of the texts is not among them by drawn answers, all of them.
  private func likeliest(
    _ count: Int, _ request: ScoreRequest, _ index: Int
  ) async throws -> Reply {
    let scores = try await TopScoring(reader: reader).scores(request)
    let draws = features.varies ? client.endpoint.settings.draws : 0
    // Of the numbers of a judge's scale most are never likely, and it draws by itself where none is.
    if draws > 0, !request.isRating, scores.contains(where: { $0.logProbability == nil }) {
      return try await drawn(draws, request, index)
    }
    return Reply(index: index, content: .scores(scores), evidence: .top(count))
  }

  private func drawn(
    _ count: Int, _ request: ScoreRequest, _ index: Int
  ) async throws -> Reply {
    let scores = try await DrawnScoring(reader: reader, count: count).scores(request)
    return Reply(index: index, content: .scores(scores), evidence: .sampled)
  }

  private func unable(_ found: String) -> LabError {
    LabError(
      .backend,
      "\(client.endpoint.url.text): found \(found); allowed: none, by what the server was found to do"
    )
  }

  private func complete(_ request: SampleRequest) async throws -> Completion {
    guard features.samples else { throw unable("an answer to be drawn") }
    guard request.starts == nil else { throw unable("lines that begin with given letters") }
    var query = ChatQuery(
      model: model, chat: request.chat, temperature: request.temperature,
      maximumTokens: request.maximumTokens, seed: request.seed)
    if let prefill = request.prefill, !prefill.isEmpty {
      guard features.goesOn else { throw unable("an answer with a given beginning") }
      query.end = .going(on: prefill)
    }
    let answer = try await reader.answer(to: query)
    guard let choice = answer.choices.first else { throw unable("no answer") }
    let text = client.endpoint.key?.scrubbed(choice.text) ?? choice.text
    return Completion(text: text, tokenCount: answer.tokenCount, finish: choice.finish)
  }
}
