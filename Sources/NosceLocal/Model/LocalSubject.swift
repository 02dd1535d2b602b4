import NosceCore
import NosceEngine
import NoscePorts
import NosceTokenizer

/// A checkpoint on this machine, with or without an adapter, that can be asked.
///
/// The one place where engine, tokenizer and lab meet, together with ``LocalModel``.
struct LocalSubject: Subject {
  private let model: InferenceModel
  private let chat: ChatTokenizer
  private let threads: Int
  private let engine: EngineThreads
  /// The tokens that begin with a digit.
  private let digits: [Int32]
  private let lines: LineWriting

  init(
    _ model: LanguageModel, adapter: LoRAAdapter?, chat: ChatTokenizer, digits: [Int32],
    lines: LineWriting, threads: Int = 1, engine: EngineThreads
  ) throws {
    self.model = try InferenceModel(model, adapter: adapter)
    self.chat = chat
    self.threads = threads
    self.engine = engine
    self.digits = digits
    self.lines = lines
  }

  func answer(_ requests: [SubjectRequest]) -> AsyncThrowingStream<Reply, any Error> {
    engine.stream { replies in
      var session: ScoringSession?
      for (index, request) in requests.enumerated() {
        guard case .score(let request) = request else { continue }
        try Task.checkCancellation()
        let scoring =
          session ?? ScoringSession(model, threads: model.model.sharesProducts ? threads : 1)
        session = scoring
        replies.yield(
          Reply(index: index, content: .scores(try scores(request, scoring)), evidence: .exact))
      }
      try sample(requests) { replies.yield($0) }
    }
  }

  /// Samples those of the requests that ask for it, side by side.
  private func sample(
    _ requests: [SubjectRequest], reply: @escaping @Sendable (Reply) -> Void
  ) throws {
    let places = requests.indices.filter { if case .sample = requests[$0] { true } else { false } }
    if places.isEmpty { return }
    try Task.checkCancellation()
    let stops = Set(chat.stopTokenIDs)
    let isEnded = chat.endsAnswer
    let prompts = try places.compactMap { place -> SamplingPrompt? in
      guard case .sample(let request) = requests[place] else { return nil }
      let constraint = try request.starts.map {
        try lines.constraint(
          $0, isAnswer: true, prefill: request.prefill,
          question: request.chat.last { $0.role == .user }?.content ?? "")
      }
      return SamplingPrompt(
        tokens: try chat.prompt(messages: request.chat.messages, prefill: request.prefill),
        seed: request.seed, temperature: Float(request.temperature),
        maximumTokens: request.maximumTokens, stopTokens: stops,
        isEnded: constraint == nil ? isEnded : nil, constraint: constraint)
    }
    try model.sample(prompts, threads: threads) { number, sequence in
      guard case .sample(let request) = requests[places[number]] else { return true }
      if request.starts != nil {
        let text = lines.lines(in: sequence.tokens, isAnswer: true, prefill: request.prefill)
        let completion = Completion(
          text: text, tokenCount: sequence.tokens.count,
          finish: sequence.finish == .stop ? .stop : .length)
        reply(.sampled(places[number], completion))
        return !Task.isCancelled
      }
      let answer = chat.answer(in: sequence.tokens, prefill: request.prefill)
      let completion = Completion(
        text: answer.text, tokenCount: answer.tokens.count,
        finish: sequence.finish == .stop || answer.isEnded ? .stop : .length)
      reply(.sampled(places[number], completion))
      return !Task.isCancelled
    }
    try Task.checkCancellation()
  }

  private func scores(
    _ request: ScoreRequest, _ session: ScoringSession
  ) throws -> [AnswerScore] {
    if request.texts.isEmpty { return [] }
    let (prefix, answers) = try chat.prompt(
      messages: request.chat.messages, prefill: request.prefill, answers: request.texts,
      closed: request.ending == .turn)
    // The probability of nothing is 1, whatever the question.
    for (text, tokens) in zip(request.texts, answers) where tokens.isEmpty {
      throw LabError(
        .backend,
        "the answer '\(text)' to be scored: found no tokens; allowed: at least one")
    }
    let scoring = ScoringRequest(
      prefix: prefix, candidates: answers, barred: request.ending == .number ? digits : [])
    let scores = try session.logProbabilities(scoring)
    return zip(request.texts, scores).map { answer, tokens in
      AnswerScore(
        answer: answer, logProbability: tokens.reduce(0) { $0 + Double($1) },
        tokenCount: scoring.barred.isEmpty ? tokens.count : tokens.count - 1)
    }
  }
}

extension Chat {
  var messages: [ChatTokenizer.Message] { map { ($0.role.rawValue, $0.content) } }
}
