import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows

/// Puts asks to subjects.
package struct Asker: Sendable {
  /// One answer, as it came.
  package struct Answered: Sendable {
    /// The place of the ask among those that were put.
    package var place: Int
    package var answer: RawAnswer
    package var evidence: Evidence
    /// The log-probabilities of which the answer is made; nil where none were asked for.
    package var scored: ScoredTexts?
  }

  package var probe: Probe
  package var subject: any Subject
  package var base: any Subject

  package init(probe: Probe, subject: any Subject, base: any Subject) {
    self.probe = probe
    self.subject = subject
    self.base = base
  }

  /// The asks once the subject has written the first parts of its answers, where they have one.
  package func prepared(_ asks: [Ask]) async throws -> [Ask] {
    let places = asks.indices.filter { asks[$0].first != nil }
    if places.isEmpty { return asks }
    let requests = places.compactMap { place in
      asks[place].first.map { first in
        SampleRequest(
          chat: asks[place].chat, prefill: asks[place].prefill, temperature: first.temperature,
          maximumTokens: first.then.maximumTokens, seed: first.seed)
      }
    }
    let completions = try await subject.sample(requests)
    var result = asks
    for (place, completion) in zip(places, completions) {
      guard let first = asks[place].first else { continue }
      result[place].prefill = first.then.prefill(
        after: asks[place].prefill, first: completion.text)
      result[place].first = nil
    }
    return result
  }

  /// Puts the asks, which are ``prepared(_:)``, and hands over each answer as it comes.
  ///
  /// What came before a failure has been handed over.
  package func ask(
    _ asks: [Ask], each: (Answered) async throws -> Void
  ) async throws {
    let topics = asks.compactMap(\.topicRequests)
    if !topics.isEmpty, topics.count == asks.count {
      return try await compare(asks, topics, each: each)
    }
    let requests = asks.compactMap(\.request)
    guard requests.count == asks.count else {
      throw LabError(.backend, "\(probe.name): found an ask that asks nothing; allowed: none")
    }
    let floors = try await floors(of: asks)
    var answered: Set<Int> = []
    for try await reply in subject.answer(requests) {
      guard asks.indices.contains(reply.index), answered.insert(reply.index).inserted else {
        throw LabError(
          .backend,
          "\(probe.name): found a reply to request \(reply.index + 1), or a second one; allowed: one "
            + "to each of \(asks.count)")
      }
      let scored = try scored(in: reply, to: asks[reply.index], less: floors[reply.index])
      try await each(
        Answered(
          place: reply.index, answer: try scored?.rawAnswer ?? completion(in: reply),
          evidence: reply.evidence, scored: scored))
    }
    // A stream whose reader was cancelled ends as one that has nothing more to say.
    try Task.checkCancellation()
    guard answered.count == asks.count else {
      throw LabError(
        .backend,
        "\(probe.name): found \(answered.count) replies; allowed: \(asks.count), one for each "
          + "request")
    }
  }

  /// Shows each answer under its own question and under others, of which nothing comes before all are
  /// known.
  private func compare(
    _ asks: [Ask], _ requests: [[ScoreRequest]], each: (Answered) async throws -> Void
  ) async throws {
    for (place, shown) in requests.enumerated() {
      let replies = try await subject.replies(to: shown.map(SubjectRequest.score))
      try Task.checkCancellation()
      var scored = ScoredTexts(asks[place].form)
      scored?.logProbabilities = try zip(replies, shown).map { reply, request in
        guard case .scores(let scores) = reply.content else { throw otherKind }
        try check(scores, request)
        return scores.first?.logProbability
      }
      guard let scored, let evidence = replies.first?.evidence, replies.count == shown.count else {
        throw LabError(
          .backend,
          "\(probe.name): found \(replies.count) replies; allowed: \(shown.count), one for each "
            + "question")
      }
      try await each(
        Answered(place: place, answer: scored.rawAnswer, evidence: evidence, scored: scored))
    }
  }

  /// Base's log-probabilities for the asks that take them away, by the place of the ask.
  private func floors(of asks: [Ask]) async throws -> [Int: [AnswerScore]] {
    let places = asks.indices.filter { place in
      switch asks[place].form {
      case .choose(_, _, let choosing): choosing.minusBase
      case .read(let distribution): distribution.isBesideBase
      case .sample: false
      }
    }
    if places.isEmpty { return [:] }
    let replies = try await base.replies(to: places.compactMap { asks[$0].request })
    var floors: [Int: [AnswerScore]] = [:]
    for (place, reply) in zip(places, replies) {
      if case .scores(let scores) = reply.content { floors[place] = scores }
    }
    return floors
  }

  /// The log-probabilities in a reply; nil where the ask is for a completion.
  private func scored(
    in reply: Reply, to ask: Ask, less floor: [AnswerScore]?
  ) throws -> ScoredTexts? {
    guard let request = ask.scoreRequest else { return nil }
    guard case .scores(let scores) = reply.content else { throw otherKind }
    try check(scores, request)
    if let floor { try check(floor, request) }
    var scored = ScoredTexts(ask.form)
    scored?.logProbabilities = scores.map(\.logProbability)
    scored?.base = floor?.map(\.logProbability)
    return scored
  }

  private func completion(in reply: Reply) throws -> RawAnswer {
    guard case .completion(let completion) = reply.content else { throw otherKind }
    return .completion(completion)
  }

  private var otherKind: LabError {
    LabError(
      .backend,
      "\(probe.name): found a reply of another kind than was asked for; allowed: one "
        + "completion, or the scores of the given texts")
  }

  private func check(_ scores: [AnswerScore], _ request: ScoreRequest) throws {
    let odd = scores.compactMap(\.logProbability).count { !$0.isFinite }
    guard scores.count == request.texts.count, odd == 0 else {
      throw LabError(
        .backend,
        "\(probe.name): found \(scores.count) log-probabilities, of which "
          + "\(odd) are not finite; allowed: \(request.texts.count) finite ones")
    }
  }

  /// The base model's asks that continue unfinished answers of a subject.
  ///
  /// An answer is cut where it first names what it is graded for, and at half its words
  /// otherwise. Answers that are missing leave nothing to continue.
  package static func continuing(
    _ source: [GradedAnswer], asks: [Ask]
  ) -> (asks: [Ask], hasText: [Bool]) {
    var result = asks
    var hasText = [Bool](repeating: false, count: asks.count)
    for (index, ask) in asks.enumerated() {
      guard let row = source.first(where: { $0.item == ask.item }), let answer = row.answer
      else { continue }
      if ask.topicRequests != nil {
        let whole = (row.prefill ?? "") + answer
        let isText = whole.contains { !$0.isWhitespace }
        result[index].prefill = isText ? whole : nil
        hasText[index] = isText
        continue
      }
      guard case .sample(let grader, _, _, _) = ask.form else { continue }
      let cut: String
      if case .names(let word, _) = grader, let place = WordFinder.position(of: word, in: answer) {
        cut = String(answer.prefix(place))
      } else {
        let words = answer.split(separator: " ", omittingEmptySubsequences: false)
        cut = words.prefix(words.count / 2).joined(separator: " ")
      }
      // The seam takes an empty prefill as none: the reader then starts where the subject did.
      let whole = (row.prefill ?? "") + cut
      result[index].prefill = whole.isEmpty ? nil : whole
      hasText[index] = true
    }
    return (result, hasText)
  }
}

extension Ask {
  /// What a subject is asked for.
  fileprivate var request: SubjectRequest? {
    sampleRequest.map(SubjectRequest.sample) ?? scoreRequest.map(SubjectRequest.score)
  }
}
