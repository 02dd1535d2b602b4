import Foundation

/// What a subject gave back for one ask.
package enum RawAnswer: Sendable {
  case completion(Completion)
  /// The log-probability of each candidate, less the base model's where that was asked for.
  case scores([Double])
  /// There was nothing to continue.
  case none
}

/// Puts asks to subjects and grades what comes back.
package struct Asker: Sendable {
  package var probe: Probe
  package var subject: any Subject
  package var base: any Subject

  package init(probe: Probe, subject: any Subject, base: any Subject) {
    self.probe = probe
    self.subject = subject
    self.base = base
  }

  /// The answers, in the order of the asks.
  package func answers(to asks: [Ask]) async throws -> [RawAnswer] {
    var answers = [RawAnswer](repeating: .none, count: asks.count)
    var sampled: [(place: Int, request: SampleRequest)] = []
    for (place, ask) in asks.enumerated() {
      switch ask.form {
      case .sample(_, let temperature, let tokens, let seed):
        let request = SampleRequest(
          chat: ask.chat, prefill: ask.prefill, temperature: temperature, maximumTokens: tokens,
          seed: seed)
        sampled.append((place, request))
      case .choose(_, let texts, let closed, let minusBase, _):
        var scores = try await self.scores(subject, texts, ask, closed)
        if minusBase {
          let floor = try await self.scores(base, texts, ask, closed)
          scores = zip(scores, floor).map { $0 - $1 }
        }
        answers[place] = .scores(scores)
      }
    }
    if !sampled.isEmpty {
      let completions = try await subject.sample(sampled.map(\.request))
      guard completions.count == sampled.count else {
        throw LabError(
          .backend,
          "\(probe.name): found \(completions.count) completions; allowed: \(sampled.count), one "
            + "for each request")
      }
      for ((place, _), completion) in zip(sampled, completions) {
        answers[place] = .completion(completion)
      }
    }
    return answers
  }

  private func scores(
    _ subject: any Subject, _ texts: [String], _ ask: Ask, _ closed: Bool
  ) async throws -> [Double] {
    let scores = try await subject.logProbabilities(
      of: texts, after: ask.chat, prefill: ask.prefill, closed: closed
    ).map(\.logProbability)
    guard scores.count == texts.count, scores.allSatisfy(\.isFinite) else {
      throw LabError(
        .backend,
        "\(probe.name): found \(scores.count) log-probabilities, of which "
          + "\(scores.count { !$0.isFinite }) are not finite; allowed: \(texts.count) finite ones")
    }
    return scores
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
      guard let answer = source.first(where: { $0.item == ask.item })?.answer,
        case .sample(let grader, _, _, _) = ask.form
      else { continue }
      let cut: String
      if case .names(let word, _) = grader, let place = WordFinder.position(of: word, in: answer) {
        cut = String(answer.prefix(place))
      } else {
        let words = answer.split(separator: " ", omittingEmptySubsequences: false)
        cut = words.prefix(words.count / 2).joined(separator: " ")
      }
      // The seam takes an empty prefill as none: the reader then starts where the subject did.
      let whole = (ask.prefill ?? "") + cut
      result[index].prefill = whole.isEmpty ? nil : whole
      hasText[index] = true
    }
    return (result, hasText)
  }

  /// What one answer is worth.
  package func grade(_ answer: RawAnswer, to ask: Ask) -> (text: String?, grade: Grade) {
    switch (answer, ask.form) {
    case (.completion(let completion), .sample(let grader, _, _, _)):
      let grade = probe.grade(completion, prefill: ask.prefill, by: grader)
      return (completion.text, grade)
    case (.scores(let scores), .choose(let candidates, _, _, _, let scoring)):
      return Self.choice(scores, candidates, scoring)
    default:
      return (nil, Grade(.missing, "there was nothing to continue"))
    }
  }

  private static func choice(
    _ scores: [Double], _ candidates: Candidates, _ scoring: Choices.Scoring
  ) -> (text: String?, grade: Grade) {
    let own = scores[candidates.answer]
    let ranked = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
    guard let first = ranked.first else { return (nil, Grade(.missing, "there was no choice")) }
    let best = scores[first]
    let score: Double
    switch scoring {
    case .top:
      score = own == best ? 1 / Double(scores.count { $0 == best }) : 0
    case .share:
      score = exp(own - best) / scores.reduce(0) { $0 + exp($1 - best) }
    }
    let rank = 1 + scores.count { $0 > own }
    let shown = ranked.prefix(5).map { index in
      "\(candidates.names[index]) \(String(format: "%.3f", scores[index]))"
    }
    let detail = "rank \(rank) of \(scores.count); \(shown.joined(separator: ", "))"
    return (candidates.names[first], Grade(.scored(score), detail))
  }
}
