import Foundation
import NosceEngine
import NosceFormats
import NosceStatistics

/// Prompts continued by a fixed number of tokens at temperature 1; no token ends an answer.
struct SamplingWorkload {
  private let request: BenchRequest
  private let prompts: [[Int32]]
  private let count: Int

  init(_ request: BenchRequest, prompts: [[Int32]], count: Int) {
    self.request = request
    self.prompts = prompts
    self.count = count
  }

  func run() throws -> BenchResult {
    let (model, loading) = try Stopwatch.time {
      try InferenceModel(
        LanguageModel(ModelFiles(at: request.model), precision: request.precision ?? .bfloat16))
    }
    let warmUp = try Stopwatch.time { try sample(model, min(8, count)) }.1
    let timer = QuietTimer(patience: request.patience)
    let (reading, _) = try timer.measure { try sample(model, 1) }
    let (seconds, disturbance) = try timer.measure { try sample(model, count) }
    let arithmetic = Arithmetic(ModelSize(model.model.configuration))
    let lengths = prompts.map(\.count)
    var result = BenchResult(
      precision: model.model.precision, tokens: prompts.count * count, seconds: seconds,
      operations: Double(arithmetic.sampling(prompts: lengths, count: count)), loading: loading,
      warmUp: warmUp, disturbance: disturbance)
    result.details = [
      ("batch", .integer(prompts.count)), ("prompt_tokens", .integer(lengths.reduce(0, +))),
      ("new_tokens", .integer(count)), ("prefill_s", .rounded(reading.median ?? .nan)),
      (
        "ms_per_step",
        .rounded(
          1000 * ((seconds.median ?? .nan) - (reading.median ?? .nan)) / Double(max(1, count - 1)))
      ),
    ]
    return result
  }

  private func sample(_ model: InferenceModel, _ count: Int) throws {
    let asked = prompts.enumerated().map { number, tokens in
      SamplingPrompt(tokens: tokens, seed: UInt64(number), temperature: 1, maximumTokens: count)
    }
    let answers = try model.sample(asked, threads: request.threads)
    guard answers.allSatisfy({ $0.tokens.count == count }) else {
      throw BenchError(
        "\(request.model.path): found answers of fewer than \(count) tokens; allowed: a model with "
          + "room for a prompt and \(count) tokens")
    }
  }
}
