import Foundation
import NosceEngine
import Testing

/// Sampling that is held to something.
@Suite("Constraints on what is drawn")
struct TokenConstraintTests {
  /// Anything of a set, for so many tokens.
  private struct Some: TokenConstraint {
    var set: TokenSet
    var left: Int

    func allowed() -> TokenSet { set }

    mutating func take(_ token: Int32) -> ConstraintStep {
      left -= 1
      return left == 0 ? .ends : .goesOn
    }
  }

  /// Goes back once, to so many tokens, after so many.
  private struct Back: TokenConstraint {
    var set: TokenSet
    var taken = 0
    var after: Int
    var to: Int
    var isBack = false

    func allowed() -> TokenSet { set }

    mutating func take(_ token: Int32) -> ConstraintStep {
      taken += 1
      guard taken == after, !isBack else { return .goesOn }
      isBack = true
      taken = to
      return .goesBack(to: to)
    }
  }

  private func model() throws -> (LanguageModel, [Int32]) {
    let golden = try Golden(try #require(Golden.models.first))
    return (try golden.model(), integers(golden.objects("greedy")[0]["prompt_ids"]))
  }

  @Test("a set of tokens is what it was made of")
  func sets() {
    let tokens: [Int32] = [0, 1, 2, 5, 9, 10]
    let set = TokenSet(ascending: tokens)
    #expect(set.tokens == tokens && set.count == 6 && set.highest == 10)
    for token in Int32(0)..<12 { #expect(set.contains(token) == tokens.contains(token)) }
    #expect(TokenSet(ascending: []).isEmpty)
  }

  @Test("draws are those of the model among what is allowed")
  func distribution() throws {
    let (model, prompt) = try model()
    let logits = try #require(try model.logits(prompt).last)
    // Every third token, and so likely and unlikely ones.
    let allowed = stride(from: 1, to: Int32(logits.count), by: 3).map { $0 }
    let set = TokenSet(ascending: allowed)
    let temperature = 0.8
    let weights = allowed.map { exp(Double(logits[Int($0)]) / temperature) }
    let total = weights.reduce(0, +)
    let draws = 6000
    let prompts = (0..<draws).map {
      SamplingPrompt(
        tokens: prompt, seed: UInt64($0), temperature: Float(temperature), maximumTokens: 4,
        constraint: Some(set: set, left: 1))
    }
    var counts: [Int32: Int] = [:]
    for sequence in try InferenceModel(model).sample(prompts) {
      #expect(sequence.tokens.count == 1 && sequence.finish == .stop)
      counts[sequence.tokens[0], default: 0] += 1
    }
    #expect(Set(counts.keys).isSubset(of: allowed))
    for (token, weight) in zip(allowed, weights) {
      let p = weight / total
      let deviation = (Double(draws) * p * (1 - p)).squareRoot()
      // Five standard deviations, and two draws for those that hardly ever come.
      #expect(abs(Double(counts[token] ?? 0) - Double(draws) * p) <= 5 * deviation + 2)
    }
  }

  @Test("what is drawn after going back is what would have been drawn there")
  func back() throws {
    let (model, prompt) = try model()
    let subject = try InferenceModel(model)
    let all = TokenSet(ascending: 0..<Int32(model.configuration.vocabularySize))
    let plain = try subject.sample([
      SamplingPrompt(tokens: prompt, seed: 1, temperature: 0, maximumTokens: 8)
    ])[0]
    for to in 0..<5 {
      let found = try subject.sample([
        SamplingPrompt(
          tokens: prompt, seed: 1, temperature: 0, maximumTokens: 8,
          constraint: Back(set: all, after: 6, to: to))
      ])[0]
      #expect(found == plain)
    }
  }

  @Test("one answer hangs on its own seed, whatever is drawn beside it")
  func batches() throws {
    let (model, prompt) = try model()
    let subject = try InferenceModel(model)
    let set = TokenSet(
      ascending: stride(from: 0, to: Int32(model.configuration.vocabularySize), by: 2))
    let held = SamplingPrompt(
      tokens: prompt, seed: 5, temperature: 1, maximumTokens: 12,
      constraint: Back(set: set, after: 7, to: 2))
    let alone = try subject.sample([held])[0]
    let free = SamplingPrompt(tokens: prompt, seed: 6, temperature: 1, maximumTokens: 20)
    let together = try subject.sample([free, held, free, held], threads: 2)
    #expect(together[1] == alone && together[3] == alone)
    #expect(alone.tokens.count == 12 && alone.tokens.allSatisfy { $0 % 2 == 0 })
    // The others are not held to anything.
    #expect(try subject.sample([free])[0] == together[0])
  }

  @Test("a constraint that allows nothing the model has is an error")
  func nothing() throws {
    let (model, prompt) = try model()
    for tokens in [[], [Int32(model.configuration.vocabularySize)]] {
      let held = SamplingPrompt(
        tokens: prompt, seed: 5, temperature: 1, maximumTokens: 12,
        constraint: Some(set: TokenSet(ascending: tokens), left: 2))
      #expect(throws: EngineError.self) { try InferenceModel(model).sample([held]) }
    }
  }
}
