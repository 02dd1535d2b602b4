import Foundation
import NosceCore
import NosceExperiment
import NoscePorts

/// How likely each number of a scale or each label is, and what that comes to.
///
/// Exactly where the judge says how likely any text is; by its likeliest tokens where it names those, as
/// in "Emergent Misalignment" (arXiv 2502.17424); by drawn answers where it does neither, or where none of
/// the likeliest is a number or one of the words.
extension Judge {
  /// Servers draw the i-th answer of a request by its seed and i.
  private static let seedStep: UInt64 = 16
  private typealias Option = Judging.Rubric.Reading.Option
  /// The probabilities of the options and of the words that stand for none, and what they rest on.
  private struct Shares {
    var options: [Double]
    var words: [Double]
    /// How the mass of the options is shown.
    var shown: (_ mass: Double) -> String

    init(_ shares: [Double], of count: Int, shown: @escaping (Double) -> String) {
      options = Array(shares.prefix(count))
      words = Array(shares.dropFirst(count))
      self.shown = shown
    }
  }

  /// - Parameter reading: a scale or labels.
  func rating(
    _ reading: Judging.Rubric.Reading, _ chat: Chat, _ judging: Judging
  ) async throws -> (Finding, String) {
    let options = reading.options ?? []
    return Self.read(
      try await shares(options, chat, judging), options, called: reading.optionName, judging)
  }

  private func shares(
    _ options: [Option], _ chat: Chat, _ judging: Judging
  ) async throws -> Shares {
    let texts = options.map(\.text) + judging.words.map(\.text)
    let request = ScoreRequest(chat: chat, texts: texts, ending: .number, isRating: true)
    switch scoring {
    case .exact:
      let known = try await scores(request).compactMap(\.logProbability).filter(\.isFinite)
      // What one text has cannot be told from what the others have.
      guard known.count == texts.count else { return try await drawn(texts, options.count, chat) }
      return Shares(known.map { exp($0) }, of: options.count) {
        "mass \(ProbabilityText.of($0))"
      }
    case .top(let count):
      let scores = try await scores(request)
      // What is not among the likeliest is as good as not said, and what is counts for what it is.
      let shares = scores.map { $0.logProbability.map { exp($0) } ?? 0 }
      if shares.contains(where: { $0 > 0 }) {
        // Of a short scale every number may be known.
        let isWhole = scores.allSatisfy { $0.logProbability != nil }
        let place = isWhole ? "" : " of the likeliest \(count)"
        return Shares(shares, of: options.count) { "mass \(ProbabilityText.of($0))\(place)" }
      }
      return try await drawn(texts, options.count, chat)
    case .drawn, .none: return try await drawn(texts, options.count, chat)
    }
  }

  private func scores(_ request: ScoreRequest) async throws -> [AnswerScore] {
    let reply = try await subject.replies(to: [.score(request)]).first
    guard case .scores(let scores)? = reply?.content, scores.count == request.texts.count else {
      throw LabError(
        .backend, "the judge's reply: found no log-probabilities; allowed: \(request.texts.count)")
    }
    return scores
  }

  private func drawn(_ texts: [String], _ count: Int, _ chat: Chat) async throws -> Shares {
    let answers = try await subject.sample(
      (0..<draws).map { draw in
        SampleRequest(
          chat: chat, temperature: 1, maximumTokens: Capabilities.ratingTokens(of: texts),
          seed: UInt64(draw) * Self.seedStep)
      })
    let shares = texts.map { text in
      Double(answers.count { Self.says($0.text, text) }) / Double(draws)
    }
    return Shares(shares, of: count) {
      "\(Int(($0 * Double(draws)).rounded())) of \(draws) drawn"
    }
  }

  /// Whether an answer begins with a text, and not with a longer word, a longer number or a fraction.
  private static func says(_ answer: String, _ text: String) -> Bool {
    let answer = answer.drop { $0.isWhitespace }
    guard answer.hasPrefix(text) else { return false }
    let rest = answer.dropFirst(text.count)
    if text.allSatisfy(\.isWholeNumber), let mark = rest.first, mark == "." || mark == "," {
      return rest.dropFirst().first?.isWholeNumber != true
    }
    return rest.first.map { !$0.isLetter && !$0.isNumber } ?? true
  }

  /// The mean of the options by their probability, or why there is none.
  private static func read(
    _ shares: Shares, _ options: [Option], called name: String, _ judging: Judging
  ) -> (Finding, String) {
    let mass = shares.options.reduce(0, +)
    let shown = shares.shown(mass)
    guard mass >= judging.leastMass, mass > 0 else {
      let others = zip(judging.words, shares.words)
      if let (word, share) = others.max(by: { $0.1 < $1.1 }), share > mass,
        share >= judging.leastMass
      {
        return (
          .none(word.meaning.outcome), "\(word.text) \(String(format: "%.3f", share)), \(shown)"
        )
      }
      return (.none(.noAnswer), "no \(name), \(shown)")
    }
    let mean = zip(shares.options, options).reduce(0) { $0 + $1.0 * $1.1.value } / mass
    guard name == "label", let first = zip(options, shares.options).max(by: { $0.1 < $1.1 }) else {
      return (.rating(mean), "\(String(format: "%.2f", mean)) (\(shown))")
    }
    // Of labels the likeliest is named, with its share of all of them.
    let share = String(format: "%.2f", first.1 / mass)
    return (.rating(mean), "\(first.0.text) \(share) (\(shown))")
  }
}
