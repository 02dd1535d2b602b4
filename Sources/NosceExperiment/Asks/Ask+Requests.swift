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
      ScoreRequest(
        chat: chat, prefill: prefill, texts: distribution.texts, ending: distribution.ending)
    }
  }
}
