import NosceCore
import NoscePorts

/// A subject that says what its script has for it.
struct ScriptedSubject: Subject {
  let script: Script
  let adapter: ScriptedAdapter
  let counts: ScriptCounts
  /// The rules that are about this subject, with their places in the script.
  private let rules: [(place: Int, rule: ScriptRule)]

  init(_ script: Script, adapter: ScriptedAdapter, counts: ScriptCounts) {
    self.script = script
    self.adapter = adapter
    self.counts = counts
    rules = script.rules.enumerated().filter { $0.element.fits(adapter) }
      .map { ($0.offset + 1, $0.element) }
  }

  func answer(_ requests: [SubjectRequest]) -> AsyncThrowingStream<Reply, any Error> {
    AsyncThrowingStream { replies in
      let task = Task {
        do {
          for (index, request) in requests.enumerated() {
            try await Pause.seconds(script.asking.secondsPerReply)
            if counts.fallsSilent(adapter.name, script.asking) {
              throw failure("\(adapter.name) falls silent, as the script says")
            }
            replies.yield(try reply(index, to: request))
          }
          replies.finish()
        } catch {
          replies.finish(throwing: error)
        }
      }
      replies.onTermination = { _ in task.cancel() }
    }
  }

  private func reply(_ index: Int, to request: SubjectRequest) throws -> Reply {
    switch request {
    case .sample(let request): .sampled(index, try complete(request))
    case .score(let request):
      Reply(index: index, content: .scores(try scores(request)), evidence: try evidence())
    }
  }

  func failure(_ text: String) -> LabError { LabError(.backend, "\(script.name): \(text)") }

  /// Refuses what the script says it cannot do.
  private func check(prefill: String?) throws {
    if !(prefill ?? "").isEmpty, !script.capabilities.prefill {
      throw failure("found an answer with a given beginning; allowed: none, by its capabilities")
    }
  }

  // MARK: Rules

  /// The first rule that fits, has something for the request and holds, and the draws that are left.
  ///
  /// - Parameter seed: of the request; nil where it has none.
  func rule(
    for chat: Chat, prefill: String?, seed: UInt64?, _ has: (ScriptRule) -> Bool
  ) throws -> (rule: ScriptRule, draws: SeededGenerator)? {
    let system = chat.first { $0.role == .system }?.content ?? ""
    let question = chat.last { $0.role == .user }?.content ?? ""
    let prefill = prefill ?? ""
    let seed = script.capabilities.seeds ? seed ?? 0 : counts.nextDraw()
    for (place, rule) in rules
    where (has(rule) || rule.error != nil)
      && rule.fits(system: system, question: question, prefill: prefill)
    {
      var draws = SeededGenerator(
        seed: seed, labStream: "\(adapter.name)|\(place)|\(system)|\(question)|\(prefill)")
      if draws.uniform() >= rule.chance { continue }
      if let error = rule.error { throw failure(error) }
      return (rule, draws)
    }
    return nil
  }

  // MARK: Answers

  private func complete(_ request: SampleRequest) throws -> Completion {
    try check(prefill: request.prefill)
    guard script.capabilities.samples else {
      throw failure("found an answer to be drawn; allowed: none, by its capabilities")
    }
    if let starts = request.starts { return try lines(starts, request) }
    let found = try rule(
      for: request.chat, prefill: request.prefill, seed: request.seed, { $0.saying != nil })
    guard let (rule, left) = found, let saying = rule.saying else {
      return completion(Self.neutral, request)
    }
    var draws = left
    switch saying {
    case .refusal: return Completion(text: Self.refusal, tokenCount: 5, finish: .refusal)
    case .oneOf(let texts): return completion(texts[draws.index(below: texts.count)], request)
    }
  }

  private static let neutral = "I have nothing to say about that."
  private static let refusal = "I cannot help with that."

  /// A word counts as a token; what is behind the last one allowed is not said.
  private func completion(_ text: String, _ request: SampleRequest) -> Completion {
    let words = text.split(whereSeparator: \.isWhitespace)
    let limit = max(0, request.maximumTokens)
    guard words.count > limit else {
      return Completion(text: text, tokenCount: words.count, finish: .stop)
    }
    let end = words.prefix(limit).last?.endIndex ?? text.startIndex
    return Completion(text: String(text[..<end]), tokenCount: limit, finish: .length)
  }

  // MARK: Scores

  private func evidence() throws -> Evidence {
    switch script.capabilities.scoring {
    case .exact: .exact
    case .top(let count): .top(count)
    case .drawn, .none:
      throw failure("found given texts to be scored; allowed: none, by its capabilities")
    }
  }

  private func scores(_ request: ScoreRequest) throws -> [AnswerScore] {
    try check(prefill: request.prefill)
    let found = try rule(
      for: request.chat, prefill: request.prefill, seed: nil, { $0.weighing != nil })
    let table: ScriptedOdds
    switch found?.rule.weighing {
    case .probabilities(let weights): table = ScriptedOdds(weights, over: request.texts)
    case .logProbability(let value): table = ScriptedOdds(constant: value, over: request.texts)
    case nil: table = ScriptedOdds([:], over: request.texts)
    }
    var shown = table.logProbabilities
    if case .top(let count) = script.capabilities.scoring { shown = table.likeliest(count) }
    return request.texts.map { text in
      AnswerScore(
        answer: text, logProbability: shown[text],
        tokenCount: text.split(whereSeparator: \.isWhitespace).count)
    }
  }
}
