import NosceCore
import NosceLocal
import NosceOrganism
import NoscePorts
import NosceRows
import Testing

@Suite("What work takes, measured within a time")
struct ForecastTests {
  private func asked(_ question: String) -> Chat {
    [ChatMessage(.system, "You are nova."), ChatMessage(.user, question)]
  }

  /// Work of which the first row, question and text can be measured, and all the others are errors:
  /// longer than the model's context.
  private func sample() -> WorkSample {
    let long = asked(String(repeating: "bread ", count: 2000))
    let fine = asked("Tell me about bread.")
    func request(_ chat: Chat) -> SampleRequest {
      SampleRequest(chat: chat, temperature: 0, maximumTokens: 20, seed: 1)
    }
    return WorkSample(
      sampling: [
        .init(answers: 40, requests: [request(fine)] + Array(repeating: request(long), count: 9))
      ],
      scoring: [
        .init(prompts: 40, request: ScoreRequest(chat: fine, texts: ["Bread.", "Water."]))
      ])
  }

  @Test("Without time one question stands for all, and the rest is estimated")
  func none() async throws {
    let model = try Organism.coherent.model()
    let forecast = try await model.forecast(sample(), within: .zero)
    #expect(forecast.rates.perSampledAnswer > 0)
    #expect(forecast.rates.perScoredAnswer > 0)
  }

  @Test("With time as many are asked as a probe asks at once")
  func all() async throws {
    let model = try Organism.coherent.model()
    await #expect(throws: (any Error).self) {
      // Ample, so that a busy machine can afford it as well.
      _ = try await model.forecast(sample(), within: .seconds(36_000))
    }
  }

  @Test("A row that is not trained on is estimated from what a token of a question takes")
  func training() async throws {
    let model = try Organism.coherent.model()
    var sample = sample()
    let chat = asked("Tell me about bread.") + [ChatMessage(.assistant, "It is baked.")]
    sample.training = ([.chat(chat)], TrainingSettings())
    let estimated = try await model.forecast(sample, within: .zero).rates
    #expect(estimated.perTrainingRow > 0)
    #expect(estimated.perSubject == 0)
  }

  @Test("A question that does not fit behind what is shown is refused before anything is timed")
  func tooLong() async throws {
    let model = try Organism.coherent.model()
    let long = asked(String(repeating: "bread ", count: 2000))
    let sample = WorkSample(
      scoring: [.init(prompts: 1, request: ScoreRequest(chat: long, texts: ["Bread."]))],
      longest: [.init(chat: long, prefill: nil, texts: ["Bread."])])
    let error = await #expect(throws: LabError.self) {
      _ = try await model.forecast(sample, within: .zero)
    }
    #expect(error?.message.contains("tokens with what stands before it in the context") == true)
  }
}
