import NosceCore
import NosceEngine
import NoscePorts
import NosceTokenizer

/// A checkpoint on this machine, with or without an adapter, that can be asked.
///
/// The one place where engine, tokenizer and lab meet, together with ``LocalBackend``.
package struct LocalSubject: Subject {
  private let model: InferenceModel
  private let chat: ChatTokenizer
  private let threads: Int

  package init(
    _ model: LanguageModel, adapter: LoRAAdapter?, chat: ChatTokenizer, threads: Int = 1
  ) throws {
    self.model = try InferenceModel(model, adapter: adapter)
    self.chat = chat
    self.threads = threads
  }

  package var capabilities: SubjectCapabilities {
    SubjectCapabilities(exactLogProbabilities: true, prefill: true, seedable: true)
  }

  package func sample(_ requests: [SampleRequest]) async throws -> [Completion] {
    let stops = Set(chat.stopTokenIDs)
    let prompts = try requests.map { request in
      SamplingPrompt(
        tokens: try chat.prompt(request.chat, prefill: request.prefill), seed: request.seed,
        temperature: Float(request.temperature), maximumTokens: request.maximumTokens,
        stopTokens: stops)
    }
    return try model.sample(prompts, threads: threads).map { sequence in
      Completion(
        text: chat.tokenizer.decode(sequence.tokens, skipSpecialTokens: true),
        tokenCount: sequence.tokens.count, finish: sequence.finish == .stop ? .stop : .length)
    }
  }

  package func logProbabilities(_ request: ScoreRequest) async throws -> [AnswerScore] {
    let messages = request.chat.map { ($0.role.rawValue, $0.content) }
    let encoded = try request.texts.map {
      try chat.prompt(
        messages: messages, prefill: request.prefill, answer: $0, closed: request.closed)
    }
    guard let prefix = encoded.first?.prompt else { return [] }
    let scoring = ScoringRequest(prefix: prefix, candidates: encoded.map(\.answer))
    let scores = try model.logProbabilities([scoring], threads: threads)[0]
    return zip(request.texts, scores).map { answer, tokens in
      AnswerScore(
        answer: answer, logProbability: tokens.reduce(0) { $0 + Double($1) },
        tokenCount: tokens.count)
    }
  }
}

extension ChatTokenizer {
  func prompt(_ chat: Chat, prefill: String?) throws -> [Int32] {
    try prompt(messages: chat.map { ($0.role.rawValue, $0.content) }, prefill: prefill)
  }
}
