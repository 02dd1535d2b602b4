import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows

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
    let completions = try await sample(requests)
    var result = asks
    for (place, completion) in zip(places, completions) {
      guard let first = asks[place].first else { continue }
      result[place].prefill = first.then.prefill(
        after: asks[place].prefill, first: completion.text)
      result[place].first = nil
    }
    return result
  }

  private func sample(_ requests: [SampleRequest]) async throws -> [Completion] {
    let completions = try await subject.sample(requests)
    guard completions.count == requests.count else {
      throw LabError(
        .backend,
        "\(probe.name): found \(completions.count) completions; allowed: \(requests.count), one "
          + "for each request")
    }
    return completions
  }

  /// The answers, in the order of the asks, which are ``prepared(_:)``.
  package func answers(to asks: [Ask]) async throws -> [RawAnswer] {
    var answers = [RawAnswer](repeating: .none, count: asks.count)
    var sampled: [(place: Int, request: SampleRequest)] = []
    for (place, ask) in asks.enumerated() {
      try Task.checkCancellation()
      if let request = ask.sampleRequest { sampled.append((place, request)) }
      guard let request = ask.scoreRequest else { continue }
      var scores = try await self.scores(subject, request)
      if case .choose(_, _, _, minusBase: true, _) = ask.form {
        let floor = try await self.scores(base, request)
        scores = zip(scores, floor).map { $0 - $1 }
      }
      answers[place] = .scores(scores)
    }
    if !sampled.isEmpty {
      let completions = try await sample(sampled.map(\.request))
      for ((place, _), completion) in zip(sampled, completions) {
        answers[place] = .completion(completion)
      }
    }
    return answers
  }

  private func scores(
    _ subject: any Subject, _ request: ScoreRequest
  ) async throws -> [Double] {
    let scores = try await subject.logProbabilities(request).map(\.logProbability)
    guard scores.count == request.texts.count, scores.allSatisfy(\.isFinite) else {
      throw LabError(
        .backend,
        "\(probe.name): found \(scores.count) log-probabilities, of which "
          + "\(scores.count { !$0.isFinite }) are not finite; allowed: \(request.texts.count) finite ones"
      )
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
      guard let row = source.first(where: { $0.item == ask.item }), let answer = row.answer,
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
      let whole = (row.prefill ?? "") + cut
      result[index].prefill = whole.isEmpty ? nil : whole
      hasText[index] = true
    }
    return (result, hasText)
  }
}
