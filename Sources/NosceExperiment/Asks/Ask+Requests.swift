import NosceCore
import NoscePorts

extension Ask {
  /// The answer that is sampled; nil where given texts are scored.
  package var sampleRequest: SampleRequest? {
    guard case .sample(_, let temperature, let tokens, let seed) = form else { return nil }
    return SampleRequest(
      chat: chat, prefill: prefill, temperature: temperature, maximumTokens: tokens, seed: seed)
  }

  /// The given texts that are scored; nil where an answer is sampled.
  package var scoreRequest: ScoreRequest? {
    switch form {
    case .sample: nil
    case .choose(_, let texts, let choosing):
      ScoreRequest(chat: chat, prefill: prefill, texts: texts, ending: choosing.ending)
    case .read(let distribution):
      // Where the texts are questions, what is scored is an answer (``topicRequests``).
      ScoreRequest(
        chat: chat, prefill: prefill, texts: distribution.texts, ending: distribution.ending)
    }
  }

  /// The answer that the ask looks at, under its own question and under the others; nil of other asks.
  package var topicRequests: [ScoreRequest]? {
    guard case .read(let distribution) = form, case .ownQuestion = distribution.reading
    else { return nil }
    return distribution.texts.map { question in
      ScoreRequest(
        chat: chat.dropLast() + [ChatMessage(.user, question)], texts: [prefill ?? ""],
        ending: distribution.ending)
    }
  }
}
