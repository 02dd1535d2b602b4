import NosceCore

/// A language model that can be asked: a base checkpoint, or a base checkpoint with an adapter.
package protocol Subject: Sendable {
  /// Answers a batch of requests; each reply comes as soon as it is there, in any order.
  ///
  /// A reply never depends on what shares its batch. The stream fails where one request cannot be
  /// answered; what came before holds. Work stops where nobody reads the stream any longer.
  func answer(_ requests: [SubjectRequest]) -> AsyncThrowingStream<Reply, any Error>
}

extension Subject {
  /// One completion per request, in the order of the requests.
  package func sample(_ requests: [SampleRequest]) async throws -> [Completion] {
    try await replies(to: requests.map(SubjectRequest.sample)).map { reply in
      guard case .completion(let completion) = reply.content else {
        throw Self.misfit("log-probabilities", allowed: "a completion")
      }
      return completion
    }
  }

  /// The scores of given texts, in their order, each of which must be known and finite.
  package func logProbabilities(_ request: ScoreRequest) async throws -> [Double] {
    guard case .scores(let scores)? = try await replies(to: [.score(request)]).first?.content else {
      throw Self.misfit("a completion", allowed: "log-probabilities")
    }
    let known = scores.compactMap(\.logProbability).filter(\.isFinite)
    guard known.count == scores.count, scores.count == request.texts.count else {
      throw Self.misfit(
        "\(scores.count) log-probabilities, of which \(scores.count - known.count) are unknown or "
          + "not finite",
        allowed: "\(request.texts.count) finite ones")
    }
    return known
  }

  /// Every reply, in the order of the requests.
  package func replies(to requests: [SubjectRequest]) async throws -> [Reply] {
    var found = [Reply?](repeating: nil, count: requests.count)
    for try await reply in answer(requests) {
      guard found.indices.contains(reply.index), found[reply.index] == nil else {
        throw Self.misfit(
          "a reply to request \(reply.index + 1)",
          allowed: "one for each of \(requests.count) requests")
      }
      found[reply.index] = reply
    }
    try Task.checkCancellation()
    let replies = found.compactMap(\.self)
    guard replies.count == requests.count else {
      throw Self.misfit(
        "\(replies.count) replies", allowed: "\(requests.count), one for each request")
    }
    return replies
  }

  private static func misfit(_ found: String, allowed: String) -> LabError {
    LabError(.backend, "the model's reply: found \(found); allowed: \(allowed)")
  }
}
