import NosceEngine
import NosceTokenizer

/// Follows the answers of one request until all of them have ended.
enum AnswerFollowing {
  enum Told {
    case prompt(Int, [ReadToken])
    /// Text of an answer that is certain, with its tokens; never without either.
    case part(Int, AnswerReader.Part)
    case ended(Int, reason: String)
    case silence
  }

  /// - Parameter tell: hears of each answer in the order of its own text.
  /// - Returns: how many tokens were written.
  static func follow(
    _ answers: OpenAnswers, of plan: AnswerPlan, _ tokenizer: Tokenizer,
    _ tell: (Told) async throws -> Void
  ) async throws -> Int {
    defer { answers.close() }
    var readers = (0..<plan.answerCount).map { answer in
      let prompt = plan.prompt(of: answer)
      return AnswerReader(
        tokenizer, stops: prompt.stops, behind: prompt.context, dropsBlank: prompt.dropsBlank)
    }
    var hasEnded = readers.map { _ in false }
    var open = readers.count
    var written = 0
    for await event in answers.events {
      // On a busy machine the event that says so may come late itself.
      if .now >= answers.end { throw APIError.timeout() }
      switch event {
      case .read(let answer, let reports):
        let tokens = plan.prompt(of: answer).tokens
        let first = ReadToken(token: tokens[0], offset: 0)
        try await tell(
          .prompt(
            answer,
            [first] + reports.map { ReadToken(token: $0.token, offset: 0, report: $0) }))
      case .drew(let answer, let token, let report):
        if hasEnded[answer] { continue }
        written += 1
        try await pass(readers[answer].append(token, report), of: answer, tell)
        guard readers[answer].isEnded else { continue }
        answers.leave(answer)
        hasEnded[answer] = true
        open -= 1
        try await tell(.ended(answer, reason: "stop"))
      case .ended(let answer, let finish, let stop):
        if hasEnded[answer] { continue }
        hasEnded[answer] = true
        open -= 1
        try await pass(readers[answer].finish(stop), of: answer, tell)
        let isStop = finish == .stop || readers[answer].isEnded
        try await tell(.ended(answer, reason: isStop ? "stop" : "length"))
      case .failed(let error):
        throw APIError(500, "\(error)", type: "server_error", code: "numbers_not_finite")
      case .late: throw APIError.timeout()
      case .silence: try await tell(.silence)
      }
      if open == 0 { return written }
    }
    // Nothing else ends the events before the answers.
    throw CancellationError()
  }

  private static func pass(
    _ part: AnswerReader.Part, of answer: Int, _ tell: (Told) async throws -> Void
  ) async throws {
    if part.text.isEmpty, part.tokens.isEmpty { return }
    try await tell(.part(answer, part))
  }
}

/// How many tokens a request took.
struct TokenUsage: Sendable {
  var prompt: Int
  var completion: Int
}
