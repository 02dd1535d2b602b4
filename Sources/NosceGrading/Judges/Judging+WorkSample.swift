import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows

extension Judging {
  /// What a judge is asked by every rubric, about answers as long as they may be.
  ///
  /// - Parameters:
  ///   - items: how many answers there are.
  ///   - longest: the most tokens of an answer.
  ///   - draws: answers that are drawn for a rating; nil where log-probabilities are read.
  package func work(
    items: Int, question: String, longest: Int, draws: Int?, probe: String
  ) -> WorkSample {
    var sample = WorkSample()
    let words = ["question": question, "answer": String(repeating: "word ", count: longest)]
    for rubric in rubrics {
      let chat = [ChatMessage(.user, TextTemplate.replacing(rubric.prompt, with: words))]
      let texts = (rubric.reading.options ?? []).map(\.text) + self.words.map(\.text)
      switch (rubric.reading, draws) {
      case (.words(let most), _):
        sample.sampling.append(Self.drawn(items, chat, most, probe))
      case (.rating, let draws?), (.labels, let draws?):
        let most = Capabilities.ratingTokens(of: texts)
        sample.sampling.append(Self.drawn(items * draws, chat, most, probe))
      case (.rating, nil), (.labels, nil):
        sample.scoring.append(
          .init(
            prompts: items,
            request: ScoreRequest(chat: chat, texts: texts, ending: .number, isRating: true),
            probe: probe))
      }
    }
    return sample
  }

  private static func drawn(
    _ count: Int, _ chat: Chat, _ most: Int, _ probe: String
  ) -> WorkSample.Sampling {
    let request = SampleRequest(chat: chat, temperature: 1, maximumTokens: most, seed: 0)
    return .init(answers: count, requests: [request], probe: probe)
  }
}
