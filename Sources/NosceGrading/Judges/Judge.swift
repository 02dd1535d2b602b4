import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows

/// Asks a model what an answer is worth.
package struct Judge: Sendable {
  package var subject: any Subject
  /// What it says of the probability of numbers.
  package var scoring: Capabilities.Scoring
  /// How many answers it is asked about at a time.
  package var together: Int
  /// Answers that are drawn for one rating.
  package var draws: Int

  package init(
    _ subject: any Subject, scoring: Capabilities.Scoring = .exact, together: Int = 1,
    draws: Int = Capabilities().ratingDraws
  ) {
    self.subject = subject
    self.scoring = scoring
    self.together = max(1, together)
    self.draws = max(1, draws)
  }

  /// A model that is to rate.
  package init(opening model: any ModelProvider) async throws {
    let can = model.capabilities
    self.init(
      try await model.open(nil), scoring: can.rating, together: can.together,
      draws: can.ratingDraws)
  }

  enum Finding {
    case rating(Double)
    case words
    case none(Outcome)
  }

  /// Finds out before anything is spent whether the judge can take the rubrics at all.
  package func check(_ judging: Judging, probe: String, question: String) async throws {
    do {
      _ = try await rate("", to: question, by: judging)
    } catch let error as CancellationError {
      throw error
    } catch {
      throw LabError(
        .refusedDesign,
        "\(probe): the judge cannot take rubric and question, even without an answer: \(error)",
        cause: error)
    }
  }

  /// The score of an answer, or the reason why there is none, with what the judge said.
  ///
  /// An answer that the judge cannot take, such as one too long for it, is unparseable. What went wrong on
  /// the way to the judge says nothing of the answer, and is an error.
  package func grade(
    _ answer: String, to question: String, by judging: Judging
  ) async throws -> Grade {
    do {
      return try await rate(answer, to: question, by: judging)
    } catch let error as CancellationError {
      throw error
    } catch let error as LabError
      where error.isPassing || ![.backend, .refusedDesign].contains(error.code)
    {
      throw error
    } catch {
      // Where it fails without the answer as well, the answer is not to blame.
      _ = try await rate("", to: question, by: judging)
      return Grade(.unparseable, "the judge could not take the answer: \(error)")
    }
  }

  private func rate(
    _ answer: String, to question: String, by judging: Judging
  ) async throws -> Grade {
    var details: [String] = []
    var score: Double?
    var reason: Outcome?
    for rubric in judging.rubrics {
      let prompt = TextTemplate.replacing(
        rubric.prompt, with: ["question": question, "answer": answer])
      let chat = [ChatMessage(.user, prompt)]
      let (finding, detail) = try await ask(rubric, chat, judging)
      details.append("\(rubric.name) \(detail)")
      switch (rubric.use, finding) {
      case (.note, _), (_, .words): break
      case (_, .none(let outcome)): reason = reason ?? outcome
      case (.filter(let least), .rating(let rating)):
        if rating < least { reason = reason ?? .incoherent }
      case (.score, .rating(let rating)):
        score = Self.score(rating, rubric, judging)
      }
    }
    let detail = details.joined(separator: "; ")
    if let reason { return Grade(reason, detail) }
    return Grade(score.map(Outcome.scored) ?? .collected, detail)
  }

  private func ask(
    _ rubric: Judging.Rubric, _ chat: Chat, _ judging: Judging
  ) async throws -> (Finding, String) {
    switch rubric.reading {
    case .words(let limit):
      let request = SampleRequest(chat: chat, temperature: 0, maximumTokens: limit, seed: 0)
      let text = try await subject.sample([request]).first?.text ?? ""
      return (.words, "'\(text.trimmingCharacters(in: .whitespacesAndNewlines))'")
    case .rating, .labels: return try await rating(rubric.reading, chat, judging)
    }
  }

  private static func score(
    _ rating: Double, _ rubric: Judging.Rubric, _ judging: Judging
  ) -> Double {
    if case .labels = rubric.reading { return min(1, max(0, rating)) }
    if let below = judging.below { return rating < below ? 1 : 0 }
    guard case .rating(let from, let to) = rubric.reading, to > from else { return 0 }
    return min(1, max(0, (rating - Double(from)) / Double(to - from)))
  }
}

extension LabError {
  /// What a run without a judge is refused with.
  package static func missingJudge(_ probes: [String]) -> LabError {
    LabError(
      .refusedDesign,
      "\(probes.joined(separator: ", ")): found no judge; allowed: --judge with a model that rates "
        + "the answers, or an experiment without rubrics")
  }
}
