import NosceCore

/// One answer to be sampled from a subject.
package struct SampleRequest: Sendable, Hashable {
  package var chat: Chat
  /// Text that the answer must begin with, already written on the subject's behalf.
  package var prefill: String?
  /// Zero means greedy decoding.
  package var temperature: Double
  package var maximumTokens: Int
  package var seed: UInt64

  package init(
    chat: Chat, prefill: String? = nil, temperature: Double, maximumTokens: Int, seed: UInt64
  ) {
    self.chat = chat
    self.prefill = prefill
    self.temperature = temperature
    self.maximumTokens = maximumTokens
    self.seed = seed
  }
}

/// Given texts to be scored behind one prompt.
package struct ScoreRequest: Sendable, Hashable {
  package var chat: Chat
  package var prefill: String?
  package var texts: [String]
  /// Whether the end-of-turn token after each text counts, too.
  package var closed: Bool

  package init(chat: Chat, prefill: String? = nil, texts: [String], closed: Bool = false) {
    self.chat = chat
    self.prefill = prefill
    self.texts = texts
    self.closed = closed
  }
}

/// Why a completion ended.
package enum FinishReason: String, Codable, Sendable {
  case stop, length, refusal
}

/// What a subject wrote in answer to a request, without the prefill.
package struct Completion: Sendable, Hashable {
  package var text: String
  package var tokenCount: Int
  package var finish: FinishReason

  package init(text: String, tokenCount: Int, finish: FinishReason) {
    self.text = text
    self.tokenCount = tokenCount
    self.finish = finish
  }
}

/// How likely a subject finds one given answer.
package struct AnswerScore: Sendable, Hashable {
  package var answer: String
  /// The sum over the answer's tokens, in nats.
  package var logProbability: Double
  package var tokenCount: Int

  package init(answer: String, logProbability: Double, tokenCount: Int) {
    self.answer = answer
    self.logProbability = logProbability
    self.tokenCount = tokenCount
  }
}

/// What a subject can be asked for.
package struct SubjectCapabilities: Sendable, Hashable {
  package var exactLogProbabilities: Bool
  package var prefill: Bool
  package var seedable: Bool

  package init(exactLogProbabilities: Bool, prefill: Bool, seedable: Bool) {
    self.exactLogProbabilities = exactLogProbabilities
    self.prefill = prefill
    self.seedable = seedable
  }
}

/// A language model that can be asked: a base checkpoint, or a base checkpoint with an adapter.
package protocol Subject: Sendable {
  var capabilities: SubjectCapabilities { get }

  /// Samples one completion per request, in the order of the requests.
  ///
  /// A result never depends on what shares the batch.
  func sample(_ requests: [SampleRequest]) async throws -> [Completion]

  /// Scores given texts, each following the chat, the generation prompt and the prefill; in the
  /// order of the texts.
  func logProbabilities(_ request: ScoreRequest) async throws -> [AnswerScore]
}
