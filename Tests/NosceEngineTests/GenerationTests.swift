import Foundation
import NosceEngine
import Testing

@Suite("Generation and scoring")
struct GenerationTests {
  @Test("greedy continuations", arguments: Golden.models)
  func greedy(_ path: String) throws {
    let golden = try Golden(path)
    let model = try InferenceModel(golden.model())
    for entry in golden.objects("greedy") {
      let expected = integers(entry["new_ids"])
      let prompt = SamplingPrompt(
        tokens: integers(entry["prompt_ids"]), seed: 1, temperature: 0,
        maximumTokens: expected.count)
      #expect(try model.sample([prompt])[0].tokens == expected)
    }
  }

  @Test(
    "a continuation across the length where angles change",
    arguments: ["families/models/llama-dynamic", "families/models/phi3-longrope"])
  func crossing(_ path: String) throws {
    let golden = try Golden(path)
    let crossing = golden.root["crossing"] as? [String: Any] ?? [:]
    let expected = integers(crossing["transformers_generate"])
    #expect(!expected.isEmpty)
    let prompt = SamplingPrompt(
      tokens: integers(crossing["prompt_ids"]), seed: 1, temperature: 0,
      maximumTokens: expected.count)
    #expect(try InferenceModel(golden.model()).sample([prompt])[0].tokens == expected)
  }

  @Test("scores behind a prefix are those of the whole sequence", arguments: Golden.models)
  func scoresAgree(_ path: String) throws {
    let golden = try Golden(path)
    let model = try golden.model()
    for sequence in golden.objects("sequences") {
      let ids = integers(sequence["ids"])
      guard ids.count > 2 else { continue }
      let half = ids.count / 2
      let found = try InferenceModel(model).logProbabilities(
        prefix: Array(ids[..<half]), candidates: [Array(ids[half...])])
      let expected = floats(sequence["logprobs"])
      #expect(distance(found[0], Array(expected[(half - 1)...])) <= golden.tolerance)
    }
  }

  @Test("scores of given answers", arguments: Golden.models)
  func score(_ path: String) throws {
    let golden = try Golden(path)
    let model = try InferenceModel(golden.model())
    for entry in golden.objects("score") {
      let found = try model.logProbabilities(
        prefix: integers(entry["prompt_ids"]), candidates: [integers(entry["completion_ids"])])
      #expect(distance(found[0], floats(entry["token_logprobs"])) <= golden.tolerance)
    }
  }

  @Test("greedy with an adapter", arguments: Golden.adapters)
  func adapted(_ path: String) throws {
    let golden = try Golden(path)
    let base = try golden.base()
    let adapter = try LoRAAdapter(directory: golden.directory, model: base.configuration)
    let model = try InferenceModel(base, adapter: adapter)
    for entry in golden.objects("greedy") {
      let expected = integers(entry["new_ids"])
      let prompt = SamplingPrompt(
        tokens: integers(entry["prompt_ids"]), seed: 1, temperature: 0,
        maximumTokens: expected.count)
      #expect(try model.sample([prompt])[0].tokens == expected)
    }
  }

  @Test("An end that is no token of its own is asked for after each, and counts before the limit")
  func ends() throws {
    let model = try InferenceModel(Golden("models/llama").model())
    func sample(_ limit: Int, _ isEnded: (@Sendable ([Int32]) -> Bool)?) throws -> SampledSequence {
      try model.sample(
        [
          SamplingPrompt(
            tokens: [10, 20, 30], seed: 1, temperature: 0, maximumTokens: limit, isEnded: isEnded)
        ])[0]
    }
    let free = try sample(8, nil)
    #expect(free.tokens.count == 8 && free.finish == .length)
    #expect(try sample(8) { _ in false } == free)
    let third = Array(free.tokens.prefix(3))
    for limit in [8, 3] {
      let ended = try sample(limit) { $0 == third }
      #expect(ended.tokens == third && ended.finish == .stop)
    }
    #expect(try sample(2) { $0 == third }.finish == .length)
  }

  @Test("results do not depend on what shares the batch", arguments: Precision.allCases)
  func batchInvariance(_ precision: Precision) throws {
    let model = try InferenceModel(Golden("models/llama").model(precision))
    // Neighbours share their prompt, which is then read once.
    let prompts = (0..<70).map { index in
      let pair = index / 2
      let tokens = (0...pair % 13).map { place in Int32((place * 31 + pair * 7) % 384) }
      return SamplingPrompt(
        tokens: tokens, seed: UInt64(index), temperature: index % 5 == 0 ? 0 : 1,
        maximumTokens: 5 + index % 17, stopTokens: [Int32(index)])
    }
    let together = try model.sample(prompts, threads: 2)
    for index in stride(from: 0, to: prompts.count, by: 3) {
      #expect(try model.sample([prompts[index]])[0] == together[index])
    }
    #expect(try model.sample(prompts, threads: 1) == together)
    let candidates = (1..<60).map { count in (0..<count % 9).map { Int32(($0 * 17 + count) % 384) }
    }
    let all = try model.logProbabilities(prefix: [3, 1, 4, 1, 5], candidates: candidates)
    for (index, candidate) in candidates.enumerated() {
      let alone = try model.logProbabilities(prefix: [3, 1, 4, 1, 5], candidates: [candidate])
      #expect(alone[0] == all[index])
      #expect(alone[0].count == candidate.count)
    }
  }

  @Test(
    "What a prompt has in common with the one before changes no bit of what comes behind it",
    arguments: Golden.models, Precision.allCases)
  func commonBeginnings(_ path: String, _ precision: Precision) throws {
    let language = try Golden(path).model(precision)
    let model = try InferenceModel(language)
    let vocabulary = language.configuration.vocabularySize
    // Across the length at which the angles of some families change, where it is near.
    let most = min(language.configuration.longestSequence - 8, 90)
    func tokens(_ shared: Int, _ length: Int, _ own: Int) -> [Int32] {
      (0..<length).map { Int32(($0 < shared ? 7 + 5 * $0 : own + 3 * $0) % vocabulary) }
    }
    let prompts = [
      (0, most), (5, 20), (16, 40), (17, most), (33, most - 3), (40, 50), (most, most),
    ]
    .enumerated().map { tokens($1.0, max(2, min($1.1, most)), 11 + $0) }
    let requests = prompts.map {
      ScoringRequest(prefix: $0, candidates: [[1, 2, 3], [2], [3, 1, 1, 2]])
    }
    let together = try model.logProbabilities(requests)
    for (request, found) in zip(requests, together) {
      #expect(try model.logProbabilities([request])[0] == found)
    }
    let drawn = prompts.enumerated().map { number, prompt in
      SamplingPrompt(
        tokens: prompt, seed: UInt64(number), temperature: 1, maximumTokens: 6, likeliest: 3)
    }
    let sampled = try model.sample(drawn).map(\.tokens)
    for (prompt, found) in zip(drawn, sampled) {
      #expect(try model.sample([prompt])[0].tokens == found)
    }
  }

  @Test("scoring behind a prefix agrees with the whole sequence")
  func prefixAgrees() throws {
    let base = try Golden("models/llama").model()
    let model = try InferenceModel(base)
    let prefix: [Int32] = (0..<37).map { Int32($0 * 29 % 384) }
    let candidate: [Int32] = (0..<21).map { Int32($0 * 53 % 384) }
    let whole = try base.logProbabilities(prefix + candidate)
    let behind = try model.logProbabilities(prefix: prefix, candidates: [candidate, [], [7]])
    #expect(distance(Array(whole.suffix(candidate.count)), behind[0]) <= 2e-4)
    #expect(behind[1].isEmpty && behind[2].count == 1)
  }

  @Test("a seed gives the same tokens, temperature 1 draws from the softmax")
  func distribution() throws {
    let base = try Golden("models/llama").model()
    let model = try InferenceModel(base)
    let prompt: [Int32] = [10, 20, 30]
    let logits = try base.logits(prompt).last ?? []
    let most = logits.max() ?? 0
    let weights = logits.map { Double(exp($0 - most)) }
    let sum = weights.reduce(0, +)
    let draws = 4000
    let samples = try model.sample(
      (0..<draws).map {
        SamplingPrompt(tokens: prompt, seed: UInt64($0), maximumTokens: 1)
      }, threads: 2)
    var counts = [Double](repeating: 0, count: logits.count)
    for sample in samples { counts[Int(sample.tokens[0])] += 1 }
    // Each count is binomial; 5 standard deviations leave about 384 * 6e-7 of false alarms.
    for (count, weight) in zip(counts, weights) {
      let mean = Double(draws) * weight / sum
      #expect(abs(count - mean) <= 5 * mean.squareRoot() + 3)
    }
  }
}
